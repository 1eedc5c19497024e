"""`mws-reports page`: one offline HTML page about a database that this tap loaded."""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import urlsplit

import click

from tap_mws_reports.errors import SettingsError
from tap_mws_reports.page import open_database, render_page
from tap_mws_reports.page.run_log import RunLog, read_log

_DESCRIPTION = """\
Make one HTML page of a database that this tap loaded: what the last run did, quota used, rows and
unparsed cells, orders and revenue by day, units by marketplace, best sellers, returns, stock and
the latest settlement. The page needs no network and no script. The database is only read.
"""
_EXAMPLES = """\
examples:
  mws-reports page amazon.duckdb
  mws-reports page postgresql://reader@db/shop --schema amazon -o amazon.html
  mws-reports page amazon.duckdb --log tap.jsonl

Give PostgreSQL's password in PGPASSWORD or ~/.pgpass: other programs on this machine can see
arguments. --log adds when reports were downloaded, why they failed and what was waited for.
"""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    page = commands.add_parser(
        "page",
        help="make an HTML page of a database",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    page.add_argument("database", metavar="DATABASE", help="a DuckDB file, or postgresql://...")
    page.add_argument("-o", "--output", metavar="FILE", help="default: amazon.html; - is stdout")
    page.add_argument("--schema", metavar="NAME", help="of the tables; default: the only one")
    page.add_argument("--log", metavar="FILE", help="the tap's log as JSON lines")
    page.set_defaults(run=_page, output="amazon.html")


def _page(given: argparse.Namespace) -> int:
    log = _read_log(given.log) if given.log else RunLog()
    with open_database(given.database, given.schema) as database:
        html = render_page(database, log, _title(given.database))
    if given.output == "-":
        click.echo(html)
        return 0
    try:
        Path(given.output).write_text(html, "utf-8")
    except OSError as error:
        what = f"{given.output} cannot be written: {error.strerror}"
        raise SettingsError(what, where="--output") from error
    click.echo(f"Wrote {given.output} ({len(html.encode()) // 1024} KiB).", err=True)
    return 0


def _read_log(path: str) -> RunLog:
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as lines:
            return read_log(lines)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", where="--log") from error


def _title(address: str) -> str:
    """Return the name of a database: never its address, which may have a password."""
    if "://" in address:
        return urlsplit(address).path.strip("/") or "postgres"
    return Path(address).stem
