"""`mws-reports types add`: write an entry for a document, or the new columns of a type.

The file works at once in a `report_types_directory`, and can be contributed as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from tap_mws_reports import report_types
from tap_mws_reports.cli.detection import ANY_TYPE, open_detected, requested_type
from tap_mws_reports.cli.output_file import make_directory, require_new_file, write_text
from tap_mws_reports.documents import Column, Table, decompressed
from tap_mws_reports.documents.columns import columns_of
from tap_mws_reports.documents.flat_file import FlatFile
from tap_mws_reports.documents.json.json_document import JsonDocument
from tap_mws_reports.documents.kind_hints import KindJudge
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import Kind, ReportType
from tap_mws_reports.report_types.naming import header_key

_WHERE = "mws-reports types add"


def add_entry(document: Path, name: str | None, marketplace: str | None, output: Path) -> int:
    """Write the TOML file of a document's type into a directory, and print a summary.

    Args:
        document: a downloaded one.
        name: of the report type; None to detect it.
        marketplace: id or country, for dates and amounts; None to detect it.
        output: the directory.

    Raises:
        SettingsError: the file exists, or the document is of a form that an entry cannot describe.
    """
    if not document.is_file():
        raise SettingsError(
            f"{document} is not a file", where=_WHERE, hint="name a downloaded document"
        )
    with decompressed(document) as path:
        table = _open(path, marketplace, name)
        kinds = _judged_kinds(table)
    known = table.report_type
    if isinstance(table.reader, JsonDocument):
        raise SettingsError(
            "the document is JSON, whose lists an entry describes one by one",
            where=_WHERE,
            hint="its columns are text; name kinds in `columns` of the setting `reports`",
        )
    if known.columns and not any(not column.known for column in table.columns):
        click.echo(f"Every column of {document} is known to {known.name}; there is nothing to add.")
        return 0
    if known.columns:
        stream, text = known.stream, _addition(known, table.columns, kinds)
    else:
        described = _described(name, document, table)
        stream, text = described.stream, _entry(described, document, table.columns, kinds)
    _write(output / f"{stream}.toml", text)
    return 0


def _open(path: Path, marketplace: str | None, name: str | None) -> Table:
    """Open a document as the named type, or as the one that has its header."""
    requested = requested_type(name if name and _is_known(name) else None)
    found = open_detected(path, requested, marketplace)
    if name and requested is ANY_TYPE:  # of a new type, whatever type has such a header
        found.table.report_type = ANY_TYPE
        found.table.columns = columns_of(found.table.header, ANY_TYPE)
    return found.table


def _is_known(name: str) -> bool:
    return any(name in known.names for known in report_types.all_known())


def _judged_kinds(table: Table) -> Mapping[str, Kind]:
    """Return the kinds that all cells of new columns have, by column; the others are text."""
    columns = [replace(column, kind=Kind.TEXT) for column in table.columns if not column.known]
    judge = KindJudge(columns, table.report_type, table.marketplace_format)
    for block in table.blocks():
        judge.look_at(block)
    return {hint.column.name: hint.kind for hint in judge.hints()}


def _addition(known: ReportType, columns: Iterable[Column], kinds: Mapping[str, Kind]) -> str:
    new = [column for column in columns if not column.known]
    return "\n".join(
        [f"name = {_quoted(known.name)}", "", *_tables([(c.header, c) for c in new], kinds), ""]
    )


def _described(name: str | None, document: Path, table: Table) -> ReportType:
    """Return a new type for a document: one of a service if it has a name, or a download."""
    if name:
        return report_types.load(name)
    words = re.sub(r"[^A-Za-z0-9]+", "_", document.name.split(".")[0]).strip("_").upper()
    bare = words if words[:1].isalpha() else f"DOCUMENT_{words}".strip("_")
    separated = isinstance(table.reader, FlatFile) and not table.reader.splits_at_tabs
    return replace(
        ANY_TYPE,
        name=bare,
        stream=bare.lower(),
        download_only=True,
        format="csv" if separated else "tab",
    )


def _entry(
    described: ReportType, document: Path, columns: Sequence[Column], kinds: Mapping[str, Kind]
) -> str:
    """Return a whole entry."""
    if described.download_only:
        service = ["download_only = true", 'request_modes = ["seller-central"]']
    else:
        service = [
            f"sp_api_name = {_quoted(described.sp_api_name or '')}",
            'request_modes = ["request"]',
        ]
    kind = "generated" if described.download_only else "range"
    return "\n".join(
        [
            f"name = {_quoted(described.name)}",
            f"stream = {_quoted(described.stream)}",
            f"title = {_quoted(f'Columns of {document.name}')}",
            'category = "my own"',
            "# How it is requested: range, snapshot or generated; see the pages of other types.",
            f"kind = {_quoted(kind)}",
            f"format = {_quoted(described.format)}",
            *service,
            "# Where its columns are described, or were seen.",
            f"source = [{_quoted(document.name)}]",
            "",
            '# The columns that identify a row, if any: kind = "row", columns = [...]',
            "[identity]",
            'kind = "document"',
            'because = "No column is known to identify a row."',
            "",
            *_tables(_english(columns), kinds),
            "",
        ]
    )


def _english(columns: Iterable[Column]) -> list[tuple[str, Column]]:
    """Return the columns with their headers in English, where other types' entries know them."""
    english: dict[str, set[str]] = {}
    own: set[str] = set()
    for spec in (spec for known in report_types.all_known() for spec in known.columns):
        own.add(header_key(spec.header))
        for alias in spec.aliases:
            english.setdefault(header_key(alias), set()).add(spec.header.strip())
    found = []
    taken: set[str] = set()
    for column in columns:
        key = header_key(column.header)
        known = english.get(key, set()) if key not in own else set()
        header = next(iter(known)) if len(known) == 1 and not known & taken else column.header
        taken.add(header)
        found.append((header, column))
    return found


def _tables(columns: Iterable[tuple[str, Column]], kinds: Mapping[str, Kind]) -> list[str]:
    lines, localised = ["[columns]"], []
    for header, column in columns:
        kind = kinds.get(column.name, Kind.TEXT)
        lines.append(f"{_quoted(header)} = {_quoted(kind.value)}")
        if header != column.header:
            localised.append(f"{_quoted(column.header)} = {_quoted(header)}")
    return [*lines, *(["", "[localised_headers]", *localised] if localised else [])]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str) -> None:
    require_new_file(path, "remove it, or name another directory")
    make_directory(path.parent)
    write_text(path, text)
    click.echo(f"Wrote {path}. Check the kinds and the key; `report_types_directory` uses it.")
