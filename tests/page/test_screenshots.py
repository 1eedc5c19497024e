"""The page in a browser, light and dark, on a phone and on a desk; `make page-test` runs these.

A script measures what a reader would notice: whether anything is cut off, which background is
behind the text, and whether each drawing has a size. The pictures stay in ``demo/screenshots``.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports.cli import main
from tests.page.conftest import REPORTS

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = next(filter(None, map(shutil.which, PROGRAMS)), None)
FOLDER = Path(__file__).parents[2] / "demo" / "screenshots"
SCHEMES = {"dark": 0, "light": 1}  # Blink's numbers of the schemes that a reader may prefer
BACKGROUNDS = {"dark": "rgb(16, 20, 26)", "light": "rgb(246, 247, 249)"}
SPAN = {"start_date": "2020-05-20T00:00:00Z", "end_date": "2020-06-01T00:00:00Z"}
MEASURE = """<script>
const all = [...document.querySelectorAll("svg")];
const shown = all.filter(each => each.getBoundingClientRect().width);
parent.document.documentElement.dataset.measured = JSON.stringify({
  needed: document.documentElement.scrollWidth,
  given: document.documentElement.clientWidth,
  background: getComputedStyle(document.body).backgroundColor,
  drawings: shown.length,
  cut: shown.filter(each => each.getBBox().x + each.getBBox().width > each.viewBox.baseVal.width + 4
    || each.getBBox().x < -4).length,
});
</script>"""

pytestmark = [
    pytest.mark.api("sp_api", reason="the page is the same over both services"),
    pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium at hand"),
]


@pytest.fixture
def page(make_harness, load, tmp_path) -> Path:
    path = tmp_path / "page.html"
    assert main(["page", load(make_harness().run(*REPORTS, **SPAN)), "-o", str(path)]) == 0
    return path


def browse(*arguments: str) -> str:
    command = [str(PROGRAM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


def framed(page: Path, width: int) -> Path:
    """Return a file that shows a page in a frame: windows of Chromium have a least width."""
    # The policy of the page forbids scripts, also the one that measures.
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
    inner = html.escape(text.replace("</body>", f"{MEASURE}</body>"))
    frame = page.with_name(f"framed-{width}.html")
    style = f"width: {width}px; height: 3000px; border: 0"
    frame.write_text(f'<body style="margin: 0"><iframe style="{style}" srcdoc="{inner}"></iframe>')
    return frame


def measured(dom: str) -> dict[str, Any]:
    found = re.search(r'data-measured="([^"]*)"', dom)
    assert found
    return dict(json.loads(html.unescape(found[1])))


def test_nothing_is_cut_off_on_any_screen(page) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for width in (400, 1200):
        for name, number in SCHEMES.items():
            scheme = f"--blink-settings=preferredColorScheme={number}"
            address = framed(page, width).as_uri()
            picture = FOLDER / f"{width}-{name}.png"
            size = f"--window-size={max(500, width)},3000"
            found = measured(browse(scheme, size, "--dump-dom", address))
            browse(scheme, size, f"--screenshot={picture}", address)
            assert found["needed"] <= found["given"] == width
            assert found["background"] == BACKGROUNDS[name]
            assert (found["drawings"], found["cut"]) == (8, 0)
            assert picture.stat().st_size > 20_000
