"""The kinds of columns, and the JSON schema of each for Singer targets."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal


class Kind(Enum):
    """The kind of a column's values. After a release it never changes: targets would fail or round.

    Identifiers are always TEXT: they have leading zeros and more digits than a float can represent.
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
"""The JSON type of decimals: a number, or a string with precision and scale."""

PRECISION, SCALE = 38, 9
"""Digits of an exact decimal, in all and after the point. PostgreSQL, Snowflake, BigQuery, DuckDB
and parquet all support them (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types
states 38 and 9 as limits)."""

_EXACT: dict[str, object] = {
    "type": ["string", "null"],
    "format": "x-singer.decimal",
    "precision": PRECISION,
    "scale": SCALE,
}
"""As `singer_sdk.sql.JSONSchemaToSQL` reads it."""


def json_schema(kind: Kind, decimals: Decimals = "number") -> dict[str, object]:
    """Return a new JSON schema for a nullable column of a kind."""
    schema = _EXACT if kind is Kind.DECIMAL and decimals == "exact" else _SCHEMAS[kind]
    return {
        name: value.copy() if isinstance(value, list) else value for name, value in schema.items()
    }


_BY_FORMAT = {"date": Kind.DATE, "date-time": Kind.TIMESTAMP, "x-singer.decimal": Kind.DECIMAL}
_BY_TYPE = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.DECIMAL,
    "boolean": Kind.BOOLEAN,
}


def kind_of(schema: Mapping[str, object]) -> Kind | None:
    """Return the kind that a JSON schema declares, None if it declares none of them.

    A schema with several types, such as string and number, declares none.
    """
    declared = schema.get("type")
    types = (
        {declared}
        if isinstance(declared, str)
        else {*declared}
        if isinstance(declared, list)
        else set()
    )
    kinds = [_BY_TYPE.get(each) for each in types - {"null"}]
    if kinds == [Kind.TEXT]:
        return _BY_FORMAT.get(str(schema.get("format")), Kind.TEXT)
    return kinds[0] if len(kinds) == 1 else None
