"""The page with the tables, their keys, and how they belong together, as Mermaid diagrams."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from report_pages.lifecycle_page import LIFECYCLE
from report_pages.markdown import capitalised, paragraphs, section
from report_pages.stream_page import MADE
from tap_mws_reports.cli.types import by_category
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.streams.row_schema import primary_keys, row_schema

_INTRODUCTION = """\
The tables by category, each with the columns of its key (PK) and those that lead to other tables
(FK). Every row is from a report: `_seller_id` and `_report_id` lead to `reports`, and from there
`report_request_id` to `report_requests`. Column names are those of Amazon, so an order's id is
`amazon_order_id` in one table and `order_id` in another. With `keep_snapshots` the key of a
snapshot also has `_data_end`. The other columns are on
[the page of each stream](report-types.md)."""

LINKS = ("amazon_order_id", "order_id", "sku", "seller_sku", "asin", "asin1", "settlement_id")
"""The columns that lead from one table to another."""


def erd_page(types: Sequence[ReportType]) -> str:
    """Return the page."""
    diagrams = (
        section(capitalised(category), _diagram(members))
        for category, members in by_category(types)
    )
    lifecycle = section("Requests and reports", _fence(_lifecycle()))
    parts = (MADE, "# Tables and keys", _INTRODUCTION, lifecycle, *diagrams)
    return paragraphs(*parts) + "\n"


def _diagram(members: Sequence[ReportType]) -> str:
    entities = [line for known in members for stream in known.streams for line in _entity(stream)]
    return _fence(entities)


def _fence(lines: Iterator[str] | Sequence[str]) -> str:
    return "\n".join(("```mermaid", "erDiagram", "    direction LR", *lines, "```"))


def _lifecycle() -> Iterator[str]:
    for stream in LIFECYCLE:
        yield f"    {stream.name} {{"
        kinds = stream.schema["properties"]
        yield from (f"        {_kind(kinds[name])} {name} PK" for name in stream.primary_keys)
        yield "    }"
    yield '    report_requests ||--o| reports : "report_request_id"'


def _entity(stream: ReportType) -> Iterator[str]:
    """Yield the lines of a table, and its relation to the reports."""
    schema = row_schema(stream)["properties"]
    keys = primary_keys(stream, keep_snapshots=False)
    links = [name for name in LINKS if name in schema and name not in keys]
    yield f"    {stream.stream} {{"
    for name in keys:
        both = "PK, FK" if name in LINKS else "PK"
        yield f"        {_kind(schema.get(name, {}))} {_attribute(name)} {both}"
    yield from (f"        {_kind(schema[name])} {name} FK" for name in links)
    yield "    }"
    yield f'    reports ||--o{{ {stream.stream} : "_report_id"'


def _kind(schema: dict[str, object]) -> str:
    if "format" in schema:
        return str(schema["format"]).replace("-", "_")
    kinds = schema.get("type", "string")
    first = kinds[0] if isinstance(kinds, list) else kinds
    return str(first)


def _attribute(name: str) -> str:
    """Return a column's name as Mermaid takes it."""
    return re.sub(r"\W", "_", name)
