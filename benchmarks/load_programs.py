"""The programs that `benchmarks.load` measures, each in its own process.

`python -m benchmarks.load_programs NAME DOCUMENT ...`
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.orders_document import COLUMNS, REPORT_TYPE
from tap_mws_reports import report_types
from tap_mws_reports.cli import main
from tap_mws_reports.cli.startup import import_quickly
from tap_mws_reports.report_types import Kind, kind_of

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
LOADED_TYPES: Mapping[Kind, str] = {**SQL_TYPES, Kind.DECIMAL: "numeric(38, 18)"}
"""Those of the table that `load` makes."""
CONSTANTS = {
    "_seller_id": "'A1EXAMPLE'",
    "_marketplace_ids": "'ATVPDKIKX0DER'",
    "_report_type": f"'{REPORT_TYPE}'",
    "_report_id": "'1'",
    "_data_start": "timestamptz '2020-01-01 00:00:00+00'",
    "_data_end": "timestamptz '2021-01-01 00:00:00+00'",
}
"""What all rows of a document have in common, in SQL."""


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
    """Let DuckDB read the file into a typed table, which has no key."""
    import duckdb  # noqa: PLC0415 - only this one needs it

    with duckdb.connect(database) as connection:
        connection.execute(f"create table orders as select {_casts()} from {_csv(document)}")  # noqa: S608


def read_csv_merged(document: str, database: str) -> None:
    """Let DuckDB read the file and merge it by key into the table that `load` makes.

    Left out are the odd lines, the texts of odd cells, and what lets a killed run go on.
    """
    import duckdb  # noqa: PLC0415 - only this one needs it

    with duckdb.connect(database) as connection:
        connection.execute(
            f"create temp table copied as select {_casts()}, row_number() over () as _row_number "  # noqa: S608
            f"from {_csv(document)}"
        )
        connection.begin()
        for statement in merge_statements():
            connection.execute(statement)
        connection.commit()


def copy(document: str, address: str) -> None:
    """Let PostgreSQL copy the lines that have all cells into a typed table."""
    import psycopg2  # noqa: PLC0415 - only this one needs it

    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(f"create table orders ({_columns()})")
        _copy(cursor, document, "orders")


def copy_merged(document: str, address: str) -> None:
    """Let PostgreSQL copy the lines and merge them; see `read_csv_merged`."""
    import psycopg2  # noqa: PLC0415 - only this one needs it

    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        number = "_row_number bigint generated always as identity"
        cursor.execute(f"create temp table copied ({_columns()}, {number})")
        _copy(cursor, document, f"copied ({', '.join(_quoted(COLUMNS))})")
        for statement in merge_statements():
            cursor.execute(statement)


def merge_statements() -> Iterator[str]:
    """Yield the SQL that merges ``copied`` into the table ``orders`` of all known columns."""
    from tap_mws_reports.streams.row_schema import primary_keys, row_schema  # noqa: PLC0415

    report_type = report_types.load(REPORT_TYPE)
    keys = primary_keys(report_type, keep_snapshots=False)
    names = {spec.header: spec.name for spec in report_type.columns}
    given = {
        **CONSTANTS,
        "_row_number": "_row_number",
        "_line": 'row_number() over (partition by "amazon-order-id" order by _row_number)',
        **{names[header]: quoted for header, quoted in zip(COLUMNS, _quoted(COLUMNS), strict=True)},
    }
    table = ", ".join(
        f"{name} {LOADED_TYPES[kind_of(schema) or Kind.TEXT]}{' not null' * (name in keys)}"
        for name, schema in row_schema(report_type)["properties"].items()
    )
    columns = ", ".join(f"{value} as {name}" for name, value in given.items())
    by_key = ", ".join(keys)
    yield f"create table orders ({table})"
    yield f"create temp table staged as select {columns} from copied"  # noqa: S608
    last = f"(select {by_key}, max(_row_number) as _last from staged group by {by_key})"  # noqa: S608
    yield f"delete from staged using {last} as l where {_same(keys, 'staged', 'l')} and _row_number < _last"  # noqa: S608, E501
    yield f"delete from orders using staged where {_same(keys, 'orders', 'staged')}"  # noqa: S608
    yield f"insert into orders ({', '.join(given)}) select * from staged"  # noqa: S608


def _same(keys: Sequence[str], one: str, other: str) -> str:
    return " and ".join(f"{one}.{key} = {other}.{key}" for key in keys)


def _casts() -> str:
    return ", ".join(
        f"""try_cast("{name}" as {sql_type}) as "{name}" """ for name, sql_type in _types().items()
    )


def _csv(document: str) -> str:
    """Return the function of DuckDB that reads the document as text."""
    texts = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    whole = Path(document).with_suffix(WHOLE)
    return (
        f"read_csv('{whole}', auto_detect = false, delim = '\t', quote = '', header = true, "
        f"null_padding = true, strict_mode = false, ignore_errors = true, columns = {{{texts}}})"
    )


def _columns() -> str:
    return ", ".join(f'"{name}" {sql_type}' for name, sql_type in _types().items())


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _copy(cursor: Any, document: str, into: str) -> None:  # noqa: ANN401 - of psycopg2
    sql = f"copy {into} from stdin with (format csv, delimiter e'\\t', quote e'\\x01', header)"
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


_ALL = (catalog, tap, load, read_csv, read_csv_merged, copy, copy_merged, read_parquet)
PROGRAMS = {each.__name__: each for each in _ALL}

if __name__ == "__main__":
    logging.disable()
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
