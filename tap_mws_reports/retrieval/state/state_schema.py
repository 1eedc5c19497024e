"""The form of a state: JSON schemas of the bookmarks of row streams and of lifecycle streams.

Keys that are not named are those of later releases and are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema

from tap_mws_reports.api.timestamps import parse_timestamp

_MOMENT = {"type": "string", "format": "moment"}
_BOUNDS = {"start": _MOMENT, "end": _MOMENT}
_ID = {"type": "string", "pattern": r"^\w[^\s/?#%\\]*$"}
"""An id becomes a part of an address, so it holds nothing that would change it."""
_REQUEST_ID = {"report_request_id": _ID}
_EPOCH = {"type": "integer", "minimum": 0, "maximum": 253_402_300_799}
"""To the end of the year 9999."""
_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53}
_SECONDS = {"type": "number", "minimum": 0, "maximum": 366 * 86_400}
_FAILURE = {**_REQUEST_ID, **_BOUNDS, "reason": {"type": "string"}, "report_id": _ID}


def _list_of(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    item = {"type": "object", "properties": properties, "required": list(required)}
    if "start" in properties:
        item["dependencies"] = {"start": ["end"], "end": ["start"]}
    return {"type": "array", "items": item}


_TEXT = {"type": "string"}


def _context_of(*names: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict.fromkeys(names, _TEXT),
        "additionalProperties": _TEXT,
        "required": list(names),
    }


# Both forms check the keys of either: what reads a state of unknown streams does not ask which.
_PARTITION = {
    "context": _context_of("seller_id", "marketplace_ids"),
    "replication_key_value": _MOMENT,
    "seen_at_bookmark": {"type": "array", "items": _TEXT},
    "unfinished": {
        "type": "array",
        "items": {"type": "array", "items": [_TEXT, _MOMENT], "minItems": 2, "maxItems": 2},
    },
    "done": {
        "type": "array",
        "items": {"type": "array", "items": _MOMENT, "minItems": 2, "maxItems": 2},
    },
    "open_requests": _list_of(
        {**_BOUNDS, **_REQUEST_ID, "submitted": _MOMENT}, "report_request_id", "submitted"
    ),
    "failed_windows": _list_of(
        {**_FAILURE, "submitted": _MOMENT, "failed_since": _MOMENT}, "reason"
    ),
    "given_up": _list_of({**_FAILURE, "since": _MOMENT, "last_failed": _MOMENT}, "reason", "since"),
    "documents": _list_of(
        {
            "report_id": _ID,
            "report_request_id": _ID,
            "available": _MOMENT,
        },
        "report_id",
        "available",
    ),
    "latencies": {"type": "array", "items": _SECONDS},
    "row_counts": {"type": "array", "items": _COUNT},
    "compared_columns": _COUNT,
    "absent_columns": {
        "type": "array",
        "items": {
            "type": "array",
            "items": [{"type": "string"}, _COUNT, _MOMENT],
            "minItems": 3,
            "maxItems": 3,
        },
    },
    "to_acknowledge": {"type": "array", "items": _ID},
    "last_granted": _EPOCH,
}
_EPOCHS = {"type": "array", "items": _EPOCH}
_LEDGER = {
    "application": {"type": "string"},
    "seller_id": {"type": "string"},
    "granted": _EPOCHS,
    "refused": _EPOCHS,
    "refused_since": _EPOCH,
    "refused_gap": _EPOCH,
    "granted_gap": _EPOCH,
}
_PROPERTIES = {
    "replication_key_value": _MOMENT,
    "columns": {"type": "array", "items": _TEXT},
    "sent_columns": {"type": "array", "items": _TEXT},
    "seen_columns": {"type": "array", "items": _TEXT},
    "request_ledgers": _list_of(_LEDGER, "application"),
    "schedules": _list_of(
        {"seller_id": _TEXT, "report_type": _TEXT}, *("seller_id", "report_type")
    ),
}


def _stream_of(partition: dict[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": {**_PROPERTIES, "partitions": _list_of(partition, "context")},
    }


STREAM = _stream_of(_PARTITION)
LIFECYCLE_STREAM = _stream_of({**_PARTITION, "context": _context_of("seller_id")})

formats = jsonschema.FormatChecker(formats=())
"""Checks the format `moment`."""


@formats.checks("moment", raises=ValueError)
def is_moment(value: object) -> bool:
    """Whether a text is an ISO 8601 date; of anything else the type is checked."""
    return not isinstance(value, str) or bool(parse_timestamp(value))
