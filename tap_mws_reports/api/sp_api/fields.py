"""The description of a parameter of a call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """The type of a value."""

    TEXT = auto()
    BOOLEAN = auto()
    DATE = auto()
    """ISO 8601 with offset; a datetime."""
    COUNT = auto()
    """A whole number."""
    LIST = auto()
    """Texts; in a query joined by commas."""
    MAP = auto()
    """Text to text."""
    OBJECT = auto()
    """An object with `members`."""
    OBJECTS = auto()
    """A list of objects with `members`."""


class Place(Enum):
    """The location of a parameter in a request."""

    PATH = auto()
    QUERY = auto()
    BODY = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one property of an object in a call.

    ``least`` and ``most`` bound the number of a COUNT, the length of a TEXT and of a list.
    ``values`` are the only words allowed, of a LIST each. ``pattern`` is what a text must match.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    place: Place = Place.BODY
    least: int | None = None
    most: int | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    members: tuple[Field, ...] = ()
