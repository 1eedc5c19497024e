"""Show the main job: sandbox | tap | DuckDB, with every row counted.

`make demo` runs this. Its files are in ``demo/``; when it is run again, the tap continues from its
state, which adds nothing. It uses SP-API; ``make demo API=mws`` uses MWS. A run over SP-API after
one over MWS continues in the same tables, as after a migration. ``make demo TARGET=postgres``
loads a PostgreSQL server that the demo starts and stops; its files are in ``demo/postgres/``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from counting import Sent, missing
from demo_warehouses import SCHEMA, DemoWarehouse, warehouse

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "demo"
DIRECTORIES = {"duckdb": DEMO, "postgres": DEMO / "postgres"}
"""The targets, and where the demo keeps state, settings and logs of each."""

LOGGING = ROOT / "docs" / "recipes" / "logging.yml"
"""Makes the tap write tap.jsonl into its working directory; the page uses it to show the run."""

BIN = ROOT / ".venv" / "bin"
SEED = "7"
SERVICES = {"sp_api": "SP-API", "mws": "MWS"}
QUESTION = """
    select sku, any_value(product_name) as product, sum(quantity)::int as units,
           sum(item_price)::decimal(18, 2) as revenue, any_value(currency) as currency
    from flat_file_all_orders_data_by_last_update
    where order_status = 'Shipped'
    group by sku order by sum(item_price) desc limit 5
"""


def main(api: str, target: str) -> int:
    """Run the demo over a service into a target and return the exit code."""
    directory = DIRECTORIES[target]
    directory.mkdir(parents=True, exist_ok=True)
    with warehouse(target, directory) as database:
        return Demo(api, target, directory, database).run()


class Demo:
    """One run of the demo, from the sandbox of a service into a warehouse.

    Args:
        api: the service.
        target: the target's name.
        directory: for state, settings and logs.
        database: what is loaded into.
    """

    def __init__(self, api: str, target: str, directory: Path, database: DemoWarehouse) -> None:
        self._api = api
        self._target = target
        self._directory = directory
        self._database = database
        self._state = directory / "state.json"
        self._config = directory / "config.json"

    def run(self) -> int:
        """Load, count and show; return the exit code."""
        again = self._state.exists() and self._database.loaded
        started = time.monotonic()
        with sandbox(self._api, self._directory / "sandbox.log") as settings:
            start = self._whence() if again else ""
            write_private(self._config, self._pinned(settings))
            say(f"1. Sandbox: Amazon's {SERVICES[self._api]} at {settings['endpoint_url']}")
            before = self._rows_in_tables()
            say(f"2. Run:     tap-mws-reports | target-{self._target}{start}")
            sent = self._load(again=again)
        seconds = time.monotonic() - started
        lost = [
            key
            for stream in sent.streams
            for key in missing(stream, sent, self._keys_in(stream, sent))
        ]
        after = self._rows_in_tables()
        say(f"3. Loaded in {seconds:.1f} s:\n")
        report(sent, before, after)
        if lost:
            say(f"\nFAILED: {len(lost)} rows were sent and are not in their table: {lost[0]}, ...")
            return 1
        added = sum(after.values()) - sum(before.values())
        say(f"\nEvery row that was sent is in its table; this run added {added} rows.")
        self._show_answer()
        self._make_page()
        say(f"Ask more:     {self._database.shell}")
        say("Your account: fill in sample_config.json, then run")
        say("              .venv/bin/tap-mws-reports --config sample_config.json --test")
        if not again:
            command = "make demo" + (" API=mws" if self._api == "mws" else "")
            command += "" if self._target == "duckdb" else f" TARGET={self._target}"
            say(f"Run `{command}` again: the tap goes on from its state and adds nothing.")
        return 0

    def _pinned(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the tap's settings: the same 60 days in every run."""
        if self._config.exists():
            earlier = json.loads(self._config.read_text())
            days = {name: earlier[name] for name in ("start_date", "end_date")}
        else:
            days = {"end_date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:00Z}"}
        return {**settings, **days}

    def _whence(self) -> str:
        """Return the start of a run: a state, and the service of the earlier run if it differs."""
        earlier: str = json.loads(self._config.read_text())["api"]
        return f" (from its state{'' if earlier == self._api else f' over {SERVICES[earlier]}'})"

    def _load(self, *, again: bool) -> Sent:
        """Run tap and target, and return what went from one to the other."""
        target_config = self._directory / "target.json"
        write_private(target_config, self._database.settings)
        tap_command = [BIN / "tap-mws-reports", "--config", self._config]
        tap_command += ["--state", self._state] if again else []
        states_file = self._directory / "states.jsonl"
        # The page shows the last run; the log's handler would add to an earlier one.
        (self._directory / "tap.jsonl").unlink(missing_ok=True)
        sent = Sent()
        with (
            (self._directory / "tap.log").open("w") as tap_log,
            (self._directory / "target.log").open("w") as target_log,
            states_file.open("w") as states,
            subprocess.Popen(
                tap_command,
                stdout=subprocess.PIPE,
                stderr=tap_log,
                text=True,
                encoding="utf-8",
                cwd=self._directory,
                env={**os.environ, "SINGER_SDK_LOG_CONFIG": str(LOGGING)},
            ) as tap,
            subprocess.Popen(
                [self._database.program, "--config", target_config],
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
        self._check("tap", tap.returncode)
        self._check("target", target.returncode)
        self._keep_state(states_file)
        return sent

    def _check(self, name: str, code: int) -> None:
        """End the demo if a program of it failed."""
        if code:
            log = (self._directory / f"{name}.log").relative_to(ROOT)
            sys.exit(f"the {name} failed with {code}; see {log}")

    def _keep_state(self, states: Path) -> None:
        """Keep the last state that the target printed, if it printed one."""
        if loaded := states.read_text().splitlines():
            self._state.write_text(loaded[-1])

    def _rows_in_tables(self) -> dict[str, int]:
        """Return how many rows each table has."""
        query = "select table_name from information_schema.tables where table_schema = 'main'"
        tables = [name for (name,) in self._database.ask(f"{query} order by 1")]
        counts = [f"select '{name}' as name, count(*) as n from main.{name}" for name in tables]
        return dict(self._database.ask(" union all ".join(counts))) if counts else {}

    def _keys_in(self, stream: str, sent: Sent) -> set[tuple[str, ...]]:
        """Return the keys that are in a stream's table, as text."""
        keys = sent.keys[stream]
        columns = ", ".join(f'cast("{name}" as varchar) as k{i}' for i, name in enumerate(keys))
        rows = self._database.ask(f"select {columns} from main.{stream}")
        return {tuple(map(str, row)) for row in rows}

    def _make_page(self) -> None:
        """Write the page about the database and the run, and say where both are."""
        page = self._directory / "amazon.html"
        command = [BIN / "mws-reports", "page", self._database.url, "--schema", SCHEMA]
        command += ["--log", self._directory / "tap.jsonl", "--output", page]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        say(f"\nThe page:     {page.relative_to(ROOT)} (for a browser; offline)")
        say(f"The database: {self._database.address}")

    def _show_answer(self) -> None:
        """Print one query and its answer."""
        say("\nWhat sold best:")
        say("   " + QUESTION.strip().replace("\n    ", "\n   "))
        say("")
        question = QUESTION.replace("from flat", "from main.flat")
        for sku, product, units, revenue, currency in self._database.ask(question):
            say(f"   {sku}  {product:<34}{units:>5} units{revenue:>10} {currency}")


@contextmanager
def sandbox(api: str, log_file: Path) -> Iterator[dict[str, Any]]:
    """Serve the sandbox; yields the settings that it prints for a service."""
    with (
        log_file.open("w") as log,
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


def report(sent: Sent, before: dict[str, int], after: dict[str, int]) -> None:
    """Print the tables: rows sent, rows there, rows added."""
    say(f"   {'table':<45}{'sent':>7}{'in table':>10}{'added':>7}")
    for table, count in after.items():
        rows = len(sent.rows.get(table, ()))
        say(f"   {table:<45}{rows:>7}{count:>10}{count - before.get(table, 0):>7}")


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write settings to a file that only the user can read."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2) + "\n")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api", choices=SERVICES, default="sp_api", help="the service to use")
    parser.add_argument(
        "--target", choices=DIRECTORIES, default="duckdb", help="the target to load into"
    )
    try:
        given = parser.parse_args()
        sys.exit(main(given.api, given.target))
    except KeyboardInterrupt:
        sys.exit(130)
