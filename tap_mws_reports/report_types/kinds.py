"""What a column can hold, and how each kind is declared to Singer targets."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """The kind of a column's values. A kind, once shipped, never changes: targets break or round.

    Identifiers are always TEXT: they have leading zeros and more digits than a number keeps.
    """

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


_SCHEMAS: dict[Kind, dict[str, object]] = {
    Kind.TEXT: {"type": ["string", "null"]},
    Kind.INTEGER: {"type": ["integer", "null"]},
    Kind.DECIMAL: {"type": ["number", "null"]},
    Kind.BOOLEAN: {"type": ["boolean", "null"]},
    Kind.DATE: {"type": ["string", "null"], "format": "date"},
    Kind.TIMESTAMP: {"type": ["string", "null"], "format": "date-time"},
}


def json_schema(kind: Kind) -> dict[str, object]:
    """Return a JSON schema of its own for a nullable column of ``kind``."""
    return dict(_SCHEMAS[kind])
