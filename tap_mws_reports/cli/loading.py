"""`mws-reports load`: bulk-load reports into a warehouse without a Singer target."""

from __future__ import annotations

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

from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.options import config_option
from tap_mws_reports.cli.startup import import_quickly
from tap_mws_reports.config import input_files
from tap_mws_reports.errors import Incomplete, SettingsError

if TYPE_CHECKING:
    from tap_mws_reports.dlt import Summary

_NAME = "amazon_reports"
_EXTRA = ("dlt", "pyarrow")


@declare(
    "load",
    "mws-reports load duckdb --to amazon.duckdb --config config.json",
    "mws-reports load filesystem --to s3://bucket/amazon --config config.json",
    "DESTINATION__POSTGRES__CREDENTIALS=postgresql://loader:...@db/shop \\",
    "  mws-reports load postgres --config config.json --dataset amazon --json",
)
@click.argument("destination")
@config_option
@click.option("--catalog", metavar="FILE", help="Selects streams and columns; default: all.")
@click.option("--to", metavar="WHERE", help="File, URL or folder; default: as dlt is configured.")
@click.option("--dataset", default=_NAME, show_default=True, help="Schema or folder of the tables.")
@click.option("--pipeline", default=_NAME, show_default=True, help="Name of dlt's pipeline.")
@click.option(
    "--pipelines-dir", metavar="FOLDER", help="Working folder of dlt; default: ~/.dlt/pipelines."
)
@click.option(
    "--package-rows",
    type=click.IntRange(1),
    metavar="N",
    default=1_000_000,
    show_default=True,
    help="Rows per load package.",
)
@click.option(
    "--package-minutes",
    type=click.IntRange(1),
    metavar="N",
    default=10,
    show_default=True,
    help="Minutes per load package.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def command(
    destination: str,
    config_paths: Sequence[str],
    catalog: str | None,
    to: str | None,
    dataset: str,
    pipeline: str,
    pipelines_dir: str | None,
    package_rows: int,
    package_minutes: int,
    as_json: bool,  # noqa: FBT001 - click passes options by name
) -> int:
    """Load everything that the tap reads into a warehouse.

    The rows and keys are those of the tap, with typed columns, merged by key. The next run
    continues where this one ended. Loading uses dlt.

    DESTINATION is duckdb, postgres, filesystem (parquet files), or another one of dlt's: snowflake,
    bigquery, redshift, databricks, clickhouse, ...
    (https://dlthub.com/docs/dlt-ecosystem/destinations).

    Other programs on this machine can see the address given by --to and any password in it. dlt
    also reads credentials from the environment and from .dlt/secrets.toml.

    Exit codes: 0 all reports are loaded; 1 some reports or the destination failed; 2 settings;
    3 Amazon credentials; 130 stopped by Ctrl-C or SIGTERM, and all rows read are loaded.
    """
    config = input_files.read_configs(config_paths)
    selected = input_files.read_catalog(catalog) if catalog else None
    # Connect only to the destination and Amazon, unless the user configures more.
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    # Arrow's own allocator keeps more memory, and spends time in the kernel on returning it.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    bulk = _bulk()
    signal.signal(signal.SIGTERM, _interrupt)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    limits = bulk.Limits(package_rows, timedelta(minutes=package_minutes))
    into = bulk.make_pipeline(
        destination,
        to,
        dataset=dataset,
        name=pipeline,
        directory=Path(pipelines_dir) if pipelines_dir else None,
    )
    _load(bulk, into, config, selected, limits, as_json=as_json)
    return 0


def _load(
    bulk: Any,  # noqa: ANN401 - a module that most users do not need
    into: Any,  # noqa: ANN401 - a pipeline of dlt
    config: dict[str, Any],
    catalog: dict[str, Any] | None,
    limits: Any,  # noqa: ANN401 - of the module
    *,
    as_json: bool,
) -> None:
    """Load and print a summary.

    Raises:
        Incomplete: some windows could not be retrieved.
        SettingsError: a setting is wrong.
        LoadFailed: the destination rejected the rows.
    """
    try:
        summary = bulk.load(into, config, catalog=catalog, limits=limits)
    except KeyboardInterrupt:
        click.echo("Stopped at once. Run again to load the rest.", err=True)
        raise
    click.echo(json.dumps(_as_json(summary)) if as_json else _as_text(summary))
    if isinstance(summary.stopped_by, KeyboardInterrupt):
        click.echo("Stopped; what was read is loaded. Run again to continue.", err=True)
    if summary.stopped_by is not None:
        raise summary.stopped_by
    if summary.failures:
        raise Incomplete(
            f"{len(summary.failures)} reports could not be retrieved",
            hint="the other rows are loaded; run again to retry",
        )


def _bulk() -> Any:  # noqa: ANN401 - a module that most users do not need
    try:
        for name in _EXTRA:
            import_quickly(name)
    except ImportError as error:
        raise SettingsError(
            f"`mws-reports load` needs {error.name}, which is not installed",
            hint="install `tap-mws-reports[dlt]`",
        ) from error
    return import_quickly("tap_mws_reports.dlt")


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


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
