"""The pages of the streams of Amazon's lists: report requests, reports and schedules."""

from __future__ import annotations

import inspect
import json
from typing import TypeAlias

from report_pages.markdown import block, code, codes, paragraphs, section, table
from tap_mws_reports.report_types import Kind
from tap_mws_reports.streams.lifecycle import ReportRequests, Reports, ReportSchedules

Lifecycle: TypeAlias = type[ReportRequests | Reports | ReportSchedules]

LIFECYCLE: tuple[Lifecycle, ...] = (ReportRequests, Reports, ReportSchedules)
"""The streams, none of which has to be named in the settings."""

_MADE = "<!-- Written by `make docs` from the class of the stream. -->"
_LINKS = "[All report types](../report-types.md)"

_KINDS = {"string": Kind.TEXT, "boolean": Kind.BOOLEAN, "date-time": Kind.TIMESTAMP}
_EXAMPLES: dict[str, object] = {
    "report_request_id": "2000000001",
    "report_id": "50000000000001",
    "start_date": "2024-05-01T00:00:00+00:00",
    "end_date": "2024-05-17T00:00:00+00:00",
    "generated_report_id": "50000000000001",
    "report_type": "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "processing_status": "DONE",
    "schedule": "_1_DAY_",
    "marketplace_ids": "ATVPDKIKX0DER",
    "seller_id": "A2EXAMPLESELLER",
}
_BY_KIND: dict[Kind, object] = {
    Kind.BOOLEAN: False,
    Kind.TIMESTAMP: "2024-05-17T16:30:00+00:00",
    Kind.TEXT: "example",
}


def lifecycle_page(stream: Lifecycle) -> str:
    """Return the page of a stream."""
    kinds = kinds_of(stream)
    rows = ((code(name), kind.value) for name, kind in kinds.items())
    parts = (
        _MADE,
        f"# {code(stream.name)}",
        inspect.getdoc(stream) or "",
        _LINKS,
        section("Key", codes(stream.primary_keys)),
        section("Columns", table(("column", "kind"), rows)),
        section("Example", "A made-up record:", block(json.dumps(_example(kinds), indent=2))),
    )
    return paragraphs(*parts) + "\n"


def what(stream: Lifecycle) -> str:
    """Return the content of a stream, in a sentence."""
    return (inspect.getdoc(stream) or "").partition("\n")[0]


def kinds_of(stream: Lifecycle) -> dict[str, Kind]:
    """Return the columns of a stream."""
    properties = stream.schema["properties"]
    return {name: _KINDS[_type(schema)] for name, schema in properties.items()}


def _type(schema: dict[str, object]) -> str:
    """Return the format of a column where it has one, else the type beside null."""
    types = schema["type"]
    return str(schema.get("format") or (types[0] if isinstance(types, list) else types))


def _example(kinds: dict[str, Kind]) -> dict[str, object]:
    return {name: _EXAMPLES.get(name, _BY_KIND[kind]) for name, kind in kinds.items()}
