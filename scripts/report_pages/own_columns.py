"""The columns that the tap adds to every row, in words and with an example."""

from __future__ import annotations

from dataclasses import dataclass

from tap_mws_reports.report_types import Kind, ReportType, json_schema
from tap_mws_reports.streams.row_schema import row_schema


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """What a column of the tap's own means, and a value that it may have."""

    meaning: str
    example: object


_OWN = {
    "_seller_id": OwnColumn("whose report it is", "A2EXAMPLESELLER"),
    "_marketplace_ids": OwnColumn(
        "the requested marketplaces, separated by commas", "ATVPDKIKX0DER"
    ),
    "_report_type": OwnColumn("the report type, as MWS spells it", None),
    "_report_id": OwnColumn("Amazon's id of the report", "50000000000001"),
    "_row_number": OwnColumn("the row's number among the rows of its document, from 1", 1),
    "_data_start": OwnColumn(
        "where the time begins that the rows speak of; without a range, when the report was made",
        "2024-05-01T00:00:00+00:00",
    ),
    "_data_end": OwnColumn(
        "where that time ends, exclusive; without a range, when the report was made",
        "2024-05-31T00:00:00+00:00",
    ),
    "_line": OwnColumn("the row's number among those with equal key columns, from 1", 1),
    "_unparsed": OwnColumn(
        "cells that did not fit their column: a JSON object as text, column to cell", None
    ),
    "_offsets": OwnColumn(
        "the offsets that timestamps were told with, where they are not UTC: a JSON object as "
        "text, column to offset",
        None,
    ),
    "file_path": OwnColumn(
        "where the document is kept", "/data/documents/A2EXAMPLESELLER-50000000000001.pdf"
    ),
    "file_type": OwnColumn("its media type, by its first bytes", "application/pdf"),
    "file_name": OwnColumn("its name there", "A2EXAMPLESELLER-50000000000001.pdf"),
    "file_size": OwnColumn("its size in bytes", 48213),
    "file_sha256": OwnColumn("its SHA-256 in hexadecimal digits", "9f86d081884c7d65" * 4),
    "_extra": OwnColumn("cells beyond the header: a JSON array as text", None),
}


def described(name: str) -> OwnColumn:
    """Return what is known of a column of the tap's own."""
    return _OWN.get(name, OwnColumn("", None))


def own_columns(stream: ReportType) -> dict[str, Kind]:
    """Return the columns of a stream that are not the report's, in the order of its schema."""
    known = {spec.name for spec in stream.columns}
    properties = row_schema(stream)["properties"]
    return {name: _kind(schema) for name, schema in properties.items() if name not in known}


def _kind(schema: dict[str, object]) -> Kind:
    return next(kind for kind in Kind if json_schema(kind) == schema)
