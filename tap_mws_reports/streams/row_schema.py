"""The schema and the key of a row stream, and how its decimals are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from tap_mws_reports.documents import Exact, RecordBatch, Timestamps
from tap_mws_reports.report_types import PRECISION, SCALE, Decimals, Kind, ReportType, json_schema
from tap_mws_reports.streams.binary_documents import FILE_COLUMNS, delivers_files

ENVELOPE: dict[str, Kind] = {
    "_seller_id": Kind.TEXT,
    "_marketplace_ids": Kind.TEXT,
    "_report_type": Kind.TEXT,
    "_report_id": Kind.TEXT,
    "_row_number": Kind.INTEGER,
    "_data_start": Kind.TIMESTAMP,
    "_data_end": Kind.TIMESTAMP,
}
"""The columns of every row with its seller and its source."""

OVERFLOW_COLUMNS: dict[str, Kind] = {
    "_unparsed": Kind.TEXT,
    "_offsets": Kind.TEXT,
    "_extra": Kind.TEXT,
}
"""Columns for values without a column: cells of another kind (a JSON object), the offsets of
timestamps written in UTC (a JSON object), and cells beyond the header (an array)."""


def row_schema(
    report_type: ReportType, timestamps: Timestamps = "utc", decimals: Decimals = "number"
) -> dict[str, Any]:
    """Return the JSON schema of the rows of a report type, without unknown columns.

    Args:
        report_type: the report type.
        timestamps: how timestamps are written; with offsets there is no ``_offsets``.
        decimals: how decimals are declared.
    """
    line = {"_line": Kind.INTEGER} if report_type.identity.kind == "group" else {}
    known = {column.name: column.kind for column in report_type.columns}
    files = FILE_COLUMNS if delivers_files(report_type) else {}
    kinds = {**ENVELOPE, **line, **files, **known, **OVERFLOW_COLUMNS}
    if timestamps == "offset":
        del kinds["_offsets"]
    properties = {name: json_schema(kind, decimals) for name, kind in kinds.items()}
    return {"type": "object", "properties": properties}


def primary_keys(report_type: ReportType, *, keep_snapshots: bool) -> tuple[str, ...]:
    """Return the columns that identify a row.

    The id of a report "is unique only in combination with a seller ID", says
    https://github.com/amzn/selling-partner-api-models/tree/main/models/reports-api-model. The
    rows of a snapshot, or of a report of one marketplace, belong to its marketplaces: a SKU may be
    listed in several, each with its own daily sales.
    """
    identity = report_type.identity
    if identity.kind == "document":
        return ("_seller_id", "_report_id", "_row_number")
    snapshot = report_type.kind == "snapshot"
    place = ("_marketplace_ids",) if snapshot or report_type.one_marketplace else ()
    line = ("_line",) if identity.kind == "group" else ()
    moment = ("_data_end",) if snapshot and keep_snapshots else ()
    return ("_seller_id", *place, *identity.columns, *line, *moment)


def with_envelope(
    block: RecordBatch, envelope: Mapping[str, object], keys: Collection[str]
) -> RecordBatch:
    """Return the batch with the envelope in every row, and without nulls in keys.

    SQL targets reject rows with a null in a key.
    """
    columns = tuple(
        _without_nulls(values) if name in keys else values
        for name, values in zip(block.names, block.columns, strict=True)
    )
    return RecordBatch(block.names, columns, envelope)


_WHOLE = PRECISION - SCALE
_FITTING = re.compile(rf"-?[0-9]{{1,{_WHOLE}}}(?:\.[0-9]{{1,{SCALE}}})?")


def fixed_point(digits: str) -> str:
    """Return a number without an exponent.

    Raises:
        ValueError: it exceeds the precision or scale of the column. Nothing is rounded; trailing
            zeros are removed.
    """
    if _FITTING.fullmatch(digits):
        return digits
    number = Decimal(digits)
    text = "0" if number.is_zero() else _plain(number)
    if not _FITTING.fullmatch(text):
        raise ValueError(digits)
    return text


def _plain(number: Decimal) -> str:
    """Write a number without an exponent, or an empty text if it cannot fit."""
    if not -PRECISION <= number.adjusted() <= PRECISION:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written_as(decimals: Decimals, exact: Exact) -> Exact:
    """Return the conversion of decimals for the setting ``decimals``.

    Args:
        decimals: the setting.
        exact: the conversion for ``number``. Exact decimals are text.
    """
    return exact if decimals == "number" else fixed_point


def _without_nulls(values: Any) -> Sequence[object]:  # noqa: ANN401 - may be an Arrow array
    if hasattr(values, "to_pylist"):
        if not values.null_count or values.type == "string":
            filled: Sequence[object] = values.fill_null("") if values.null_count else values
            return filled
        # Bytes are JSON; see `ArrowRecordEncoder`.
        values = [
            msgspec.Raw(value) if isinstance(value, bytes) else value
            for value in values.to_pylist()
        ]
    return ["" if value is None else value for value in values]
