"""Conversion of TOML tables to typed values by msgspec; errors name the file and the key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

import msgspec

Table = Mapping[str, Any]
NOT_EMPTY = msgspec.Meta(min_length=1)
"""Of a text or a list, which is left out rather than empty."""
Text = Annotated[str, NOT_EMPTY]
Texts = Annotated[tuple[Text, ...], NOT_EMPTY]
Count = Annotated[int, msgspec.Meta(ge=1)]
"""A number from 1. Where there is no limit, the key is left out."""

_Converted = TypeVar("_Converted")


class BadEntry(ValueError):
    """An entry is not valid."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(": ".join(filter(None, (file, key, problem))))


class TomlTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A TOML table: its fields are the keys that it may have."""

    def __post_init__(self) -> None:
        """Refuse lists with a value that occurs twice; `convert` adds the path of the table."""
        for key in self.__struct_fields__:
            value = getattr(self, key)
            if isinstance(value, tuple) and len(set(value)) < len(value):
                raise ValueError(f"`{key}` contains a value twice")


def convert(file: str, where: str, value: object, type_: type[_Converted]) -> _Converted:
    """Return a value of a TOML file as the given type.

    Args:
        file: the name of the file, for messages.
        where: the key of the value in the file, empty for the whole file.
        value: as `tomllib` returns it.
        type_: any type that msgspec can check.

    Raises:
        BadEntry: with file and key, if the value has another type or a table has other keys.
    """
    try:
        return msgspec.convert(value, type_, builtin_types=(date,))
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        key = ".".join(filter(None, (where, path.strip(".`"))))
        raise BadEntry(file, key, problem) from None
