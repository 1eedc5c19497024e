"""Write the terminal recording that opens the README: the demo's own output as an SVG.

`make recording` runs this. The demo runs in a new folder; its lines are put into
the picture as they were printed, without the paths and times of this machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "demo.svg"
COMMAND = [sys.executable, ROOT / "scripts" / "demo.py", "--api", "sp_api"]
WIDTH = 92
"""Characters of the picture; a longer line is cut."""

PORT = re.compile(r"127\.0\.0\.1:\d+")
QUERY = re.compile(r"^ {3,}(select|any_value|sum|from|where|group|case)\b|^What sold best")


def main() -> int:
    """Run the demo from the start, write the picture and return the demo's exit code."""
    shutil.rmtree(ROOT / "demo", ignore_errors=True)
    done = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    if done.returncode == 0:
        FILE.write_text(picture(done.stdout), "utf-8")
        print(f"Wrote {FILE.relative_to(ROOT)} ({FILE.stat().st_size // 1024} KiB).")
    return done.returncode


def picture(output: str) -> str:
    """Return a terminal with the command and its output as SVG."""
    # Only the record is wanted: the file takes what a terminal would show.
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text("$ make demo", style="bold"))
    for line in PORT.sub("127.0.0.1:8080", output).splitlines():
        console.print(Text(line[:WIDTH], style=style(line)), no_wrap=True)
    svg = console.export_svg(title="tap-mws-reports", theme=DIMMED_MONOKAI, unique_id="demo")
    # A picture of a repository reaches for no font on the network.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def style(line: str) -> str:
    """Return how a line is shown."""
    if re.match(r"\d\. |The |Every row", line):
        return "green"
    return "dim" if QUERY.match(line) else ""


if __name__ == "__main__":
    sys.exit(main())
