"""Show the main job: sandbox | tap | DuckDB, with every row counted on the way.

`make demo` runs this. What it makes is in ``demo/``; run it again and the tap goes on from its
state, which adds nothing. ``make demo API=sp_api`` asks SP-API, in the same way: after a run over
MWS it goes on in the same tables, as a seller does who moves.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from counting import Sent, missing

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "demo"
BIN = ROOT / ".venv" / "bin"
TARGET_BIN = ROOT / ".venv-target" / "bin"
DATABASE = DEMO / "amazon.duckdb"
STATE = DEMO / "state.json"
CONFIG = DEMO / "config.json"
SEED = "7"
SERVICES = {"mws": "MWS", "sp_api": "SP-API"}
QUESTION = """
    select sku, any_value(product_name) as product, sum(quantity)::int as units,
           printf('%.2f', sum(item_price)) as revenue, any_value(currency) as currency
    from flat_file_all_orders_data_by_last_update
    where order_status = 'Shipped'
    group by sku order by sum(item_price) desc limit 5
"""
# Every record gets a time from the target: README says what happens without.
TARGET = {"path": str(DATABASE), "default_target_schema": "main", "add_metadata_columns": True}


def main(api: str) -> int:
    """Run the demo over a service and return the exit code."""
    DEMO.mkdir(exist_ok=True)
    again = STATE.exists() and DATABASE.exists()
    started = time.monotonic()
    with sandbox(api) as settings:
        start = whence(api) if again else ""
        write_private(CONFIG, pinned(settings))
        say(f"1. Sandbox: Amazon's {SERVICES[api]} at {settings['endpoint_url']}")
        before = rows_in_tables()
        say(f"2. Run:     tap-mws-reports | target-duckdb{start}")
        sent = run(again=again)
    seconds = time.monotonic() - started
    lost = [key for stream in sent.streams for key in missing(stream, sent, keys_in(stream, sent))]
    after = rows_in_tables()
    say(f"3. Loaded in {seconds:.1f} s:\n")
    report(sent, before, after)
    if lost:
        say(f"\nFAILED: {len(lost)} rows were sent and are not in their table, such as {lost[0]}")
        return 1
    added = sum(after.values()) - sum(before.values())
    say(f"\nEvery row that was sent is in its table; this run added {added} rows.")
    show_answer()
    say(f"\nThe database: {DATABASE.relative_to(ROOT)}")
    if not again:
        say(f"Run `make demo API={api}` again: the tap goes on from its state and adds nothing.")
    return 0


@contextmanager
def sandbox(api: str) -> Iterator[dict[str, Any]]:
    """Serve the sandbox; gives the settings it prints for a service."""
    with (
        (DEMO / "sandbox.log").open("w") as log,
        subprocess.Popen(
            [BIN / "mws-reports", "sandbox", "--seed", SEED, "--api", api],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def pinned(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the tap's settings: the same 60 days in every run."""
    if CONFIG.exists():
        earlier = json.loads(CONFIG.read_text())
        days = {name: earlier[name] for name in ("start_date", "end_date")}
    else:
        days = {"end_date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:00Z}"}
    return {**settings, **days}


def whence(api: str) -> str:
    """Return what a run starts from, and over which other service that came about."""
    earlier: str = json.loads(CONFIG.read_text())["api"]
    return f" (from its state{'' if earlier == api else f' over {SERVICES[earlier]}'})"


def run(*, again: bool) -> Sent:
    """Run tap and target, and return what went from one to the other."""
    write_private(DEMO / "target.json", TARGET)
    tap_command = [BIN / "tap-mws-reports", "--config", CONFIG]
    tap_command += ["--state", STATE] if again else []
    target_command = [TARGET_BIN / "target-duckdb", "--config", DEMO / "target.json"]
    sent = Sent()
    with (
        (DEMO / "tap.log").open("w") as tap_log,
        (DEMO / "target.log").open("w") as target_log,
        (DEMO / "states.jsonl").open("w") as states,
        subprocess.Popen(
            tap_command, stdout=subprocess.PIPE, stderr=tap_log, text=True, encoding="utf-8"
        ) as tap,
        subprocess.Popen(
            target_command,
            stdin=subprocess.PIPE,
            stdout=states,
            stderr=target_log,
            text=True,
            encoding="utf-8",
        ) as target,
    ):
        assert tap.stdout is not None
        assert target.stdin is not None
        for line in tap.stdout:
            sent.count(json.loads(line))
            target.stdin.write(line)
        target.stdin.close()
    for name, process in (("tap", tap), ("target", target)):
        if process.returncode:
            sys.exit(f"the {name} failed with {process.returncode}; see demo/{name}.log")
    loaded = (DEMO / "states.jsonl").read_text().splitlines()
    if loaded:
        STATE.write_text(loaded[-1])
    return sent


def ask(sql: str) -> list[list[Any]]:
    """Return the rows of a query, asked by the target's own DuckDB."""
    command = [TARGET_BIN / "python", Path(__file__).with_name("query.py"), DATABASE, sql]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    rows: list[list[Any]] = json.loads(answer.stdout)
    return rows


def rows_in_tables() -> dict[str, int]:
    """Return how many rows each table has."""
    if not DATABASE.exists():
        return {}
    tables = [name for (name,) in ask("select table_name from duckdb_tables() order by 1")]
    counts = " union all ".join(f"select '{name}', count(*) from main.{name}" for name in tables)
    return dict(ask(counts)) if tables else {}


def keys_in(stream: str, sent: Sent) -> set[tuple[str, ...]]:
    """Return the keys that are in a stream's table."""
    columns = ", ".join(f'"{column}"' for column in sent.keys[stream])
    return {tuple(map(str, row)) for row in ask(f"select {columns} from main.{stream}")}


def report(sent: Sent, before: dict[str, int], after: dict[str, int]) -> None:
    """Print the tables: rows sent, rows there, rows added."""
    say(f"   {'table':<45}{'sent':>7}{'in table':>10}{'added':>7}")
    for table, count in after.items():
        rows = len(sent.rows.get(table, ()))
        say(f"   {table:<45}{rows:>7}{count:>10}{count - before.get(table, 0):>7}")


def show_answer() -> None:
    """Print one query and its answer."""
    say("\nWhat sold best:")
    say("   " + QUESTION.strip().replace("\n    ", "\n   "))
    say("")
    for sku, product, units, revenue, currency in ask(QUESTION):
        say(f"   {sku}  {product:<34}{units:>5} units{revenue:>10} {currency}")


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write settings where nobody else reads them."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2) + "\n")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api", choices=SERVICES, default="mws", help="the service to ask")
    try:
        sys.exit(main(parser.parse_args().api))
    except KeyboardInterrupt:
        sys.exit(130)
