"""Entries of the user: a directory of TOML files, read by the same loader as the released ones.

A file describes a new report type, or adds columns to a released one; its name is that of the
stream. Either may have a table ``localised_headers``: header in the document -> header of a column.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from tap_mws_reports.report_types.loader import added_columns, read_entry, with_translations
from tap_mws_reports.report_types.report_type import ReportType
from tap_mws_reports.report_types.toml_table import BadEntry, Table, Text, TomlTable, convert

_LOCALISED = "localised_headers"


class _Name(TomlTable, frozen=True):
    """The first keys of both forms of a file."""

    name: Text


class AdditionTable(TomlTable, frozen=True, kw_only=True):
    """A file that adds columns to a released report type."""

    name: Text
    """That of the released type, in either service's spelling."""
    columns: dict[str, Any] = msgspec.field(default_factory=dict)


def read_directory(
    directory: Path, released: Callable[[str], ReportType | None]
) -> Iterator[ReportType]:
    """Yield the report types of a directory: new ones, and released ones with more columns.

    Args:
        directory: with the TOML files; other files in it are ignored.
        released: returns a released type by its name, None if there is none.

    Raises:
        BadEntry: with file and key.
    """
    if not directory.is_dir():
        raise BadEntry("", "", f"{directory} is not a directory")
    for path in sorted(directory.glob("*.toml")):
        yield _read(path.name, dict(_table(path)), released)


def _table(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as error:  # includes errors of TOML and of UTF-8
        raise BadEntry(path.name, "", f"cannot be read as TOML: {error}") from None


def _read(
    file: str, table: dict[str, Any], released: Callable[[str], ReportType | None]
) -> ReportType:
    translations = convert(file, _LOCALISED, table.pop(_LOCALISED, {}), dict[str, Text])
    name = convert(file, "", {"name": table.get("name")}, _Name).name
    known = released(name)
    if known is None:
        found = read_entry(file, table, _columns_elsewhere)
    else:
        found = _with_additions(file, known, convert(file, "", table, AdditionTable))
    return with_translations(file, found, translations) if translations else found


def _with_additions(file: str, known: ReportType, addition: AdditionTable) -> ReportType:
    if file != f"{known.stream}.toml":
        raise BadEntry(file, "name", f"the file of {known.name} must be {known.stream}.toml")
    if known.parts:
        raise BadEntry(file, "name", f"{known.name} has several lists, which take no columns here")
    columns = added_columns(file, addition.columns)
    new = []
    for spec in columns:
        same = next((each for each in known.columns if each.keys & spec.keys), None)
        if same is None and spec.name not in {each.name for each in known.columns}:
            new.append(spec)
        elif same is None or same.kind is not spec.kind:
            kind = "" if same is None else f" of kind {same.kind.value}, which never changes"
            raise BadEntry(file, f"columns.{spec.header!r}", f"is a released column{kind}")
    return replace(known, columns=(*known.columns, *new))


def _columns_elsewhere(_file: str) -> Table:
    raise KeyError
