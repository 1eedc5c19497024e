"""The programs that `benchmarks.load` measures, each in its own process.

`python -m benchmarks.load_programs NAME DOCUMENT ...`
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

from benchmarks.orders_document import COLUMNS, REPORT_TYPE
from tap_mws_reports import report_types
from tap_mws_reports.cli import main
from tap_mws_reports.cli.startup import import_quickly
from tap_mws_reports.report_types import Kind

WHOLE = ".whole"
"""The suffix of the document without odd lines."""

LIFECYCLE = ("report_requests", "reports", "report_schedules")
CONFIG = {
    "api": "sp_api",
    "seller_id": "A1EXAMPLE",
    "marketplace_ids": ["US"],
    "lwa_client_id": "amzn1.application-oa2-client.0123456789",
    "lwa_client_secret": "a-secret",
    "refresh_token": "Atzr|a-token",
    "reports": [REPORT_TYPE],
}
"""Those of a seller; no call is made."""
SQL_TYPES: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.INTEGER: "bigint",
    Kind.DECIMAL: "numeric(38, 9)",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamptz",
}


def catalog(_document: str, path: str, settings: str) -> None:
    """Write a catalog of the row stream alone: the lists of reports are not downloaded."""
    from tap_mws_reports.tap import TapMwsReports  # noqa: PLC0415 - see `_downloaded`

    found = TapMwsReports(config={**CONFIG, **json.loads(settings)}).catalog_dict
    for stream in found["streams"]:
        if stream["tap_stream_id"] in LIFECYCLE:
            stream["metadata"] = [{"breadcrumb": [], "metadata": {"selected": False}}]
    Path(path).write_text(json.dumps(found))


def tap(document: str, path: str, settings: str) -> None:
    """Write the rows as the tap does with a catalog, from the downloaded document on."""
    with _downloaded(document):
        from tap_mws_reports.tap import TapMwsReports  # noqa: PLC0415

        config = {**CONFIG, **json.loads(settings)}
        given = json.loads(Path(path).read_text())
        TapMwsReports(config=config, catalog=given).sync_to_the_end()


def load(document: str, *arguments: str) -> None:
    """Run `mws-reports load` with these arguments, from the downloaded document on."""
    sys.argv[1:] = ["load", *arguments]
    with _downloaded(document):
        if code := main():
            raise SystemExit(code)


def read_csv(document: str, database: str) -> None:
    """Let DuckDB read the file into a typed table with the key of the stream."""
    import duckdb  # noqa: PLC0415 - only this one needs it

    texts = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    casts = ", ".join(
        f"""try_cast("{name}" as {sql_type}) as "{name}" """ for name, sql_type in _types().items()
    )
    whole = Path(document).with_suffix(WHOLE)
    with duckdb.connect(database) as connection:
        connection.execute(
            f"create table orders as select {casts} from read_csv('{whole}', auto_detect = false, "  # noqa: S608
            f"delim = '\t', quote = '', header = true, null_padding = true, strict_mode = false, "
            f"ignore_errors = true, columns = {{{texts}}})"
        )


def copy(document: str, address: str) -> None:
    """Let PostgreSQL copy the lines that have all cells into a typed table."""
    import psycopg2  # noqa: PLC0415 - only this one needs it

    columns = ", ".join(f'"{name}" {sql_type}' for name, sql_type in _types().items())
    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(f"create table orders ({columns})")
        sql = "copy orders from stdin with (format csv, delimiter e'\\t', quote e'\\x01', header)"
        with Path(document).with_suffix(WHOLE).open("rb") as file:
            cursor.copy_expert(sql, file)


def read_parquet(_document: str, folder: str, database: str) -> None:
    """Let DuckDB read batch files into a keyed table, when the tap has written them all."""
    import duckdb  # noqa: PLC0415 - only this one needs it

    from tap_mws_reports.streams.row_schema import primary_keys  # noqa: PLC0415

    sys.stdin.buffer.read()
    keys = ", ".join(primary_keys(report_types.load(REPORT_TYPE), keep_snapshots=False))
    with duckdb.connect(database) as connection:
        files = f"read_parquet('{folder}/*.parquet', union_by_name = true)"
        connection.execute(f"create table orders as select * from {files}")  # noqa: S608
        connection.execute(f"alter table orders add primary key ({keys})")


def _types() -> dict[str, str]:
    kinds = {spec.header: spec.kind for spec in report_types.load(REPORT_TYPE).columns}
    return {name: SQL_TYPES[kinds[name]] for name in COLUMNS}


def write_whole_lines(document: Path) -> None:
    """Write the document without its odd lines, at which COPY would stop: one of 500."""
    with document.open("rb") as source, document.with_suffix(WHOLE).open("wb") as target:
        for number, line in enumerate(source):
            if number == 0 or number % 500:
                target.write(line)


@contextmanager
def _downloaded(document: str) -> Iterator[None]:
    """Let every tap have downloaded the document. Imports the tap as the commands do."""
    taps = import_quickly("tap_mws_reports.tap").TapMwsReports
    documents = import_quickly("benchmarks.downloaded_documents").DownloadedDocuments
    run = cached_property(lambda tap: documents([Path(document)], tap, charset="UTF-8"))
    run.__set_name__(taps, "run")
    with patch.object(taps, "run", run):
        yield


PROGRAMS = {each.__name__: each for each in (catalog, tap, load, read_csv, copy, read_parquet)}

if __name__ == "__main__":
    logging.disable()
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
