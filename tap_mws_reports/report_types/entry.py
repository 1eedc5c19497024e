"""A table of a report type's file, whose values are checked as they are taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

Table = Mapping[str, Any]


class BadEntry(ValueError):
    """An entry says something that cannot be right."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A TOML table. ``where`` is its own key, empty for the whole of the file.

    All methods raise `BadEntry`, with file and key, for a value that is not of their kind; those
    that take no default do so for a missing one, too.
    """

    file: str
    table: Table
    where: str = ""

    def refuse(self, key: str, problem: str) -> NoReturn:
        """Refuse the entry because of the value of a key."""
        raise BadEntry(self.file, self._path(key), problem)

    def only(self, required: Collection[str], optional: Collection[str]) -> None:
        """Check that the table has all keys it has to have, and none that nobody reads."""
        for key in sorted(set(required) - set(self.table)):
            self.refuse(key, "is missing")
        for key in sorted(set(self.table) - set(required) - set(optional)):
            self.refuse(key, "is not known")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty, or the default."""
        if key not in self.table and default is not None:
            return default
        value = self.table.get(key)
        if not isinstance(value, str) or not value:
            self.refuse(key, "must be a text that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, which has to be left out rather than empty."""
        if key not in self.table:
            return ()
        values = self.table[key]
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            self.refuse(key, "must be a list of texts")
        if not values or len(set(values)) < len(values):
            self.refuse(key, "must not be empty, nor say anything twice; leave it out")
        return tuple(values)

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return one of some texts."""
        return self._allowed(key, self.table.get(key), allowed)

    def some_of(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Return several of some texts."""
        return tuple(self._allowed(key, value, allowed) for value in self.texts(key))

    def flag(self, key: str) -> bool:
        """Return a boolean, false by default."""
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, "must be true or false")
        return value

    def count(self, key: str) -> int:
        """Return a whole number from 1."""
        value = self.table.get(key)
        if type(value) is not int or value < 1:
            self.refuse(key, "must be a number, 1 or more; leave it out where there is no limit")
        return value

    def day(self, key: str) -> str:
        """Return a day as ISO text."""
        value = self.table.get(key)
        if type(value) is not date:
            self.refuse(key, "must be a day, such as 2024-03-31 without quotes")
        return value.isoformat()

    def inner(self, key: str) -> Entry:
        """Return the table that a key holds."""
        value = self.table.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "must be a table")
        return Entry(self.file, value, self._path(key))

    def each(self, key: str) -> Iterator[Entry]:
        """Yield the tables of a list of tables."""
        values = self.table.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.refuse(key, "must be a list of tables")
        for number, value in enumerate(values):
            yield Entry(self.file, value, f"{self._path(key)}.{number}")

    def _allowed(self, key: str, value: object, allowed: tuple[str, ...]) -> str:
        if not isinstance(value, str) or value not in allowed:
            self.refuse(key, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def _path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key
