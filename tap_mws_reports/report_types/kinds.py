"""What a column can hold, and how each kind is declared to Singer targets."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from enum import Enum
from typing import Literal


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


Decimals = Literal["number", "exact"]
"""How decimals are declared: as JSON numbers, or as text with precision and scale."""

PRECISION, SCALE = 38, 9
"""Digits of an exact decimal, and those behind its point: what PostgreSQL, Snowflake, BigQuery,
DuckDB and parquet all keep (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types
has 38 and 9 as its limits)."""

_EXACT: dict[str, object] = {
    "type": ["string", "null"],
    "format": "x-singer.decimal",
    "precision": PRECISION,
    "scale": SCALE,
}
"""As `singer_sdk.sql.JSONSchemaToSQL` reads it."""


def json_schema(kind: Kind, decimals: Decimals = "number") -> dict[str, object]:
    """Return a JSON schema of its own for a nullable column of ``kind``."""
    if kind is Kind.DECIMAL and decimals == "exact":
        return copy.deepcopy(_EXACT)
    return copy.deepcopy(_SCHEMAS[kind])


_BY_FORMAT = {"date": Kind.DATE, "date-time": Kind.TIMESTAMP, "x-singer.decimal": Kind.DECIMAL}
_BY_TYPE = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.DECIMAL,
    "boolean": Kind.BOOLEAN,
}


def kind_of(schema: Mapping[str, object]) -> Kind | None:
    """Return the kind of column that a JSON schema declares, None where it is none of them.

    A schema of several types, such as text or a number, is of no kind.
    """
    told = schema.get("type")
    types = {told} if isinstance(told, str) else {*told} if isinstance(told, list) else set()
    kinds = [_BY_TYPE.get(each) for each in types - {"null"}]
    if kinds == [Kind.TEXT]:
        return _BY_FORMAT.get(str(schema.get("format")), Kind.TEXT)
    return kinds[0] if len(kinds) == 1 else None
