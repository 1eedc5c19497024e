"""`mws-reports load`: bulk-load reports into a warehouse without a Singer target."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tap_mws_reports.config import input_files
from tap_mws_reports.errors import Incomplete, SettingsError

if TYPE_CHECKING:
    from tap_mws_reports.dlt import Summary

_DESCRIPTION = """\
Load everything that the tap reads into a warehouse: the same rows and keys as through Singer, with
typed columns, merged by key. The next run continues where this one ended. Loading uses dlt.

DESTINATION is duckdb, postgres, filesystem (parquet files), or another one of dlt's: snowflake,
bigquery, redshift, databricks, clickhouse, ... (https://dlthub.com/docs/dlt-ecosystem/destinations).
"""
_EXAMPLES = """\
examples:
  mws-reports load duckdb --to amazon.duckdb --config config.json
  mws-reports load filesystem --to s3://bucket/amazon --config config.json
  DESTINATION__POSTGRES__CREDENTIALS=postgresql://loader:...@db/shop \\
    mws-reports load postgres --config config.json --dataset amazon --json

Other programs on this machine can see the address given by --to and any password in it. dlt also
reads credentials from the environment and from .dlt/secrets.toml.

Exit codes: 0 all reports are loaded; 1 some reports or the destination failed; 2 settings;
3 Amazon credentials; 130 stopped by Ctrl-C or SIGTERM, and all rows read are loaded.
"""
_NAME = "amazon_reports"
_EXTRA = ("dlt", "pyarrow")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    loading = commands.add_parser(
        "load",
        help="load reports into a warehouse in bulk",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = loading.add_argument
    add("destination", metavar="DESTINATION", help="duckdb, postgres, filesystem, ...")
    add("--config", nargs="+", action="extend", required=True, metavar="FILE")
    add("--catalog", metavar="FILE", help="selects streams and columns; default: all")
    add("--to", metavar="WHERE", help="file, URL or folder; default: as dlt is configured")
    add("--dataset", default=_NAME, help="schema or folder of the tables; default: %(default)s")
    add("--pipeline", default=_NAME, help="name of dlt's pipeline; default: %(default)s")
    add(
        "--pipelines-dir", metavar="FOLDER", help="working folder of dlt; default: ~/.dlt/pipelines"
    )
    add(
        "--package-rows",
        type=_positive,
        metavar="N",
        default=1_000_000,
        help="rows per load package; default: %(default)s",
    )
    add(
        "--package-minutes",
        type=_positive,
        metavar="N",
        default=10,
        help="minutes per load package; default: %(default)s",
    )
    add("--json", action="store_true", help="print one JSON object instead of text")
    loading.set_defaults(run=_load)


def _load(given: argparse.Namespace) -> int:
    """Load, print a summary, and return the exit code.

    Raises:
        Incomplete: some windows could not be retrieved.
        SettingsError: a setting is wrong, or dlt is not installed.
        LoadFailed: the destination rejected the rows.
    """
    config: dict[str, Any] = {}
    for path in given.config:
        config.update(input_files.read(path, "--config"))
    catalog = input_files.read(given.catalog, "--catalog") if given.catalog else None
    # Connect only to the destination and Amazon, unless the user configures more.
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    bulk = _bulk()
    signal.signal(signal.SIGTERM, _interrupt)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    limits = bulk.Limits(given.package_rows, timedelta(minutes=given.package_minutes))
    pipeline = bulk.make_pipeline(
        given.destination,
        given.to,
        dataset=given.dataset,
        name=given.pipeline,
        directory=Path(given.pipelines_dir) if given.pipelines_dir else None,
    )
    try:
        summary = bulk.load(pipeline, config, catalog=catalog, limits=limits)
    except KeyboardInterrupt:
        click.echo("Stopped at once. Run again: what was not loaded is loaded or read.", err=True)
        raise
    click.echo(json.dumps(_as_json(summary)) if given.json else _as_text(summary))
    if isinstance(summary.stopped_by, KeyboardInterrupt):
        click.echo("Stopped; what was read is loaded. Run again to continue.", err=True)
    if summary.stopped_by is not None:
        raise summary.stopped_by
    if summary.failures:
        raise Incomplete(
            f"{len(summary.failures)} reports could not be retrieved",
            hint="the other rows are loaded; run again to retry",
        )
    return 0


def _bulk() -> Any:  # noqa: ANN401 - a module that most users do not need
    try:
        for name in _EXTRA:
            importlib.import_module(name)
    except ImportError as error:
        raise SettingsError(
            f"`mws-reports load` needs {error.name}, which is not installed",
            hint="install `tap-mws-reports[dlt]`",
        ) from error
    return importlib.import_module("tap_mws_reports.dlt")


def _as_json(summary: Summary) -> dict[str, Any]:
    return {
        "streams": {
            name: {"rows": rows, "new_columns": summary.new_columns.get(name, [])}
            for name, rows in summary.rows.items()
        },
        "rows": sum(summary.rows.values()),
        "failed_windows": summary.failures,
        "packages": summary.packages,
        "interrupted": summary.stopped_by is not None,
    }


def _as_text(summary: Summary) -> str:
    width = max(map(len, summary.rows), default=0)
    lines = []
    for name, rows in summary.rows.items():
        new = summary.new_columns.get(name, [])
        lines.append(f"{name:<{width}}  {rows:>12,}{_told(new)}")
    lines.append(f"{sum(summary.rows.values()):,} rows loaded")
    if summary.failures:
        lines.append(f"{len(summary.failures)} reports could not be retrieved:")
        lines += [f"  - {failure}" for failure in summary.failures]
    return "\n".join(lines)


def _told(new_columns: Sequence[str]) -> str:
    return f"  new: {', '.join(new_columns)}" if new_columns else ""


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        message = f"{number} is less than 1"
        raise argparse.ArgumentTypeError(message)
    return number


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
