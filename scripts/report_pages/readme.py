"""What the README says of report types, between its marks."""

from __future__ import annotations

from collections.abc import Sequence

from report_pages.markdown import anchor, paragraphs, prose, table
from tap_mws_reports.cli.type_details import counted
from tap_mws_reports.cli.types import by_category
from tap_mws_reports.report_types import ReportType

_START, _END = "<!-- report types -->\n", "\n<!-- /report types -->"
_INDEX = "docs/report-types.md"


def with_report_types(readme: str, types: Sequence[ReportType]) -> str:
    """Return the README with the block about report types written anew."""
    before, rest = readme.split(_START)
    after = rest.split(_END)[1]
    return before + _START + _block(types) + _END + after


def _block(types: Sequence[ReportType]) -> str:
    summary = (
        f"{counted(len(types), 'report type')} have an entry, {_described(types)} of them with "
        f"known columns. [All of them]({_INDEX}),\nwith a page for each stream: columns, kinds, "
        "key, longest window, cooldown, an example."
    )
    head = ("category", "report types", "with known columns")
    rows = (_row(category, members) for category, members in by_category(types))
    return paragraphs(summary, table(head, rows))


def _row(category: str, members: Sequence[ReportType]) -> tuple[str, ...]:
    link = f"[{prose(category)}]({_INDEX}#{anchor(category)})"
    return link, str(len(members)), str(_described(members))


def _described(types: Sequence[ReportType]) -> int:
    return sum(any(stream.columns for stream in known.streams) for known in types)
