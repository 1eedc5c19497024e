"""What columns mean, and the values of enumerations; the facts are in `column_meanings.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec


class Meanings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The meanings of columns of some streams, by name of the column, and their sources."""

    streams: tuple[str, ...]
    source: tuple[str, ...]
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = {}
    """By name of the column: each value, with its meaning."""

    def of(self, columns: set[str]) -> Meanings:
        """Return the meanings that concern these columns."""
        return msgspec.structs.replace(
            self,
            columns={name: text for name, text in self.columns.items() if name in columns},
            values={name: each for name, each in self.values.items() if name in columns},
        )


@cache
def all_meanings() -> tuple[Meanings, ...]:
    """Return every table of the file."""
    file = files("tap_mws_reports.report_types").joinpath("column_meanings.toml")
    tables: Mapping[str, object] = tomllib.loads(file.read_text(encoding="utf-8"))
    return msgspec.convert(tables["meanings"], tuple[Meanings, ...])


def meanings_of(stream: str) -> Meanings | None:
    """Return the meanings of a stream's columns, None if none is known."""
    return next((each for each in all_meanings() if stream in each.streams), None)
