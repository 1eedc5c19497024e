"""`mws-reports page`: one offline HTML page about a database that this tap loaded."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.output_file import write_text
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.page import open_database, render_page
from tap_mws_reports.page.run_log import RunLog, read_log


@declare(
    "page",
    "mws-reports page amazon.duckdb",
    "mws-reports page postgresql://reader@db/shop --schema amazon -o amazon.html",
    "mws-reports page amazon.duckdb --log tap.jsonl",
)
@click.argument("database")
@click.option(
    *("--output", "-o"),
    default="amazon.html",
    metavar="FILE",
    help="Default: amazon.html; - is stdout.",
)
@click.option("--schema", metavar="NAME", help="The schema of the tables; default: the only one.")
@click.option(
    "--log",
    "log_path",
    metavar="FILE",
    help="The tap's log as JSON lines: when reports were downloaded, and why they failed.",
)
def command(database: str, output: str, schema: str | None, log_path: str | None) -> int:
    """Make one HTML page of a database that this tap loaded.

    It shows what the last run did, quota used, rows and unparsed cells, orders and revenue by day,
    units by marketplace, best sellers, returns, stock and the latest settlement. The page needs no
    network and no script. The database is only read.

    DATABASE is a DuckDB file, or postgresql://... Give PostgreSQL's password in PGPASSWORD or
    ~/.pgpass: other programs on this machine can see arguments.
    """
    log = _read_log(log_path) if log_path else RunLog()
    with open_database(database, schema) as opened:
        html = render_page(opened, log, _title(database))
    if output == "-":
        click.echo(html)
        return 0
    write_text(Path(output), html)
    click.echo(f"Wrote {output} ({len(html.encode()) // 1024} KiB).", err=True)
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
