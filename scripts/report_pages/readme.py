"""The README's sentence about report types, between its markers."""

from __future__ import annotations

from collections.abc import Sequence

from tap_mws_reports.cli.type_details import counted
from tap_mws_reports.report_types import ReportType

_START, _END = "<!-- report types -->\n", "\n<!-- /report types -->"
_INDEX = "docs/report-types.md"


def with_report_types(readme: str, types: Sequence[ReportType]) -> str:
    """Return the README with the block about report types replaced."""
    before, rest = readme.split(_START)
    after = rest.split(_END)[1]
    return before + _START + _block(types) + _END + after


def _block(types: Sequence[ReportType]) -> str:
    return (
        f"{counted(len(types), 'report type')} have an entry, {_described(types)} of them with "
        f"known columns. [All of them]({_INDEX}),\nwith a page for each stream: columns, kinds, "
        "key, longest window, cooldown, an example."
    )


def _described(types: Sequence[ReportType]) -> int:
    return sum(any(stream.columns for stream in known.streams) for known in types)
