"""What a parameter of a call or a property of an answer looks like."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a value is, in JSON and in Python."""

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
    """What `members` say."""
    OBJECTS = auto()
    """A list of what `members` say."""


class Place(Enum):
    """Where a parameter stands in a request."""

    PATH = auto()
    QUERY = auto()
    BODY = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter or property, by its name on the wire.

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
