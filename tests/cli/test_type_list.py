from __future__ import annotations

import pytest

from tap_mws_reports.cli.types import list_types
from tap_mws_reports.report_types import ColumnSpec, Identity, Kind, ReportType

FEES = ReportType(
    *("_FEES_", "FEES", "fees", "snapshot", "What it costs", Identity("document")),
    columns=(ColumnSpec("fee", Kind.DECIMAL, "fee"),),
    category="Tax",
)
LINES = ReportType(
    *("_GET_LINES_", None, "lines", "range", "Lines", Identity("document")), withdrawn="2020-01-31"
)
VISITS = ReportType(
    *("_GET_VISITS_", "GET_VISITS", "visits", "range", "Visits", Identity("document")),
    services=("sp_api",),
)


@pytest.mark.parametrize(
    ("service", "text"),
    [
        (
            None,
            "other:\n"
            "  _GET_LINES_  Lines (range, withdrawn 2020-01-31)\n"
            "  GET_VISITS   Visits (range)\n"
            "\n"
            "Tax:\n"
            "  FEES  What it costs (snapshot, 1 column)",
        ),
        (
            "mws",
            "other:\n"
            "  _GET_LINES_  Lines (range, withdrawn 2020-01-31)\n"
            "  GET_VISITS   Visits (range)\n"
            "\n"
            "Tax:\n"
            "  _FEES_  What it costs (snapshot, 1 column)",
        ),
    ],
)
def test_types_are_listed_by_category(service, text) -> None:
    assert list_types((FEES, LINES, VISITS), service, 80) == text
