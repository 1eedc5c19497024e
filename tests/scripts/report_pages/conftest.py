from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tap_mws_reports.report_types import ColumnSpec, Identity, Kind, ReportType
from tap_mws_reports.report_types.report_type import Option

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

DAY = ReportType(
    *("_GET_TRAFFIC_", None, "traffic_by_day", "range", "By day"),
    identity=Identity("row", ("day",), "There is one for each day_."),
    columns=(ColumnSpec("Day|Tag ", Kind.DATE, "day", ("jour", "día")),),
    list_path="byDate",
)
FORM = ReportType(
    *("_GET_FORM_", "GET_FORM", "form", "snapshot", "A form", Identity("document")),
    format="pdf",
    category="Tax & law",
    withdrawn="2020-01-31",
)
TRAFFIC = ReportType(
    *("_GET_TRAFFIC_", "GET_TRAFFIC", "traffic", "range", "Visits", Identity("document")),
    parts=(DAY,),
    services=("sp_api",),
    options=(
        Option("size", ("small", "large"), required=True, meaning="how much of it"),
        Option("raw"),
    ),
)


@pytest.fixture
def day() -> ReportType:
    """A part of a report type."""
    return DAY


@pytest.fixture
def traffic() -> ReportType:
    """A report type with a part."""
    return TRAFFIC


@pytest.fixture
def form() -> ReportType:
    """A report type whose documents are kept as files."""
    return FORM
