"""What dlt is told of the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa


def column_hints(schema: pa.Schema, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return dlt's column hints of an Arrow schema.

    The data types: https://dlthub.com/docs/general-usage/schema#data-types
    """
    return {
        field.name: {
            "name": field.name,
            "nullable": field.nullable,
            **({"primary_key": True} if field.name in keys else {}),
            **_data_type(field.type),
        }
        for field in schema
    }


def _data_type(arrow: pa.DataType) -> Mapping[str, Any]:
    if pa.types.is_decimal(arrow):
        return {"data_type": "decimal", "precision": arrow.precision, "scale": arrow.scale}
    names = {
        pa.int64(): "bigint",
        pa.bool_(): "bool",
        pa.date32(): "date",
        pa.timestamp("us", "UTC"): "timestamp",
    }
    return {"data_type": names.get(arrow, "text")}
