from __future__ import annotations

import pytest

from tap_mws_reports.cli.types import find, select
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import Identity, ReportType, all_known

LINES = ReportType("_GET_X_LINES_", None, "x_lines", "range", "Lines", Identity("document"))
FEES = ReportType(
    "_FEES_", "FEES", "fees", "snapshot", "What it costs", Identity("document"), category="Tax"
)
TRAFFIC = ReportType(
    *("_GET_TRAFFIC_", "GET_TRAFFIC_GENERAL", "traffic", "range", "Visits", Identity("document")),
    parts=(ReportType("_GET_TRAFFIC_", None, "traffic_by_day", "range", "", Identity("document")),),
    other_sp_api_names=("GET_TRAFFIC_TAX",),
    services=("sp_api",),
    category="Sales & traffic",
)
TYPES = (LINES, FEES, TRAFFIC)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("_GET_X_LINES_", (LINES,)),
        ("get_x_lines", (LINES,)),
        ("FEES", (FEES,)),
        (" costs ", (FEES,)),
        ("GET_TRAFFIC_GENERAL", (TRAFFIC,)),
        ("GET_TRAFFIC_TAX", (TRAFFIC,)),
        ("traffic_by_day", (TRAFFIC,)),
        ("by day", (TRAFFIC,)),
        ("e", TYPES),
    ],
)
def test_find(wanted, found) -> None:
    assert find(TYPES, wanted) == found


@pytest.mark.parametrize(
    ("category", "service", "found"),
    [
        (None, None, TYPES),
        ("tax", None, (FEES,)),
        ("traffic", None, (TRAFFIC,)),
        ("other", None, (LINES,)),
        (None, "mws", (LINES, FEES)),
        ("T", "sp_api", TYPES),
    ],
)
def test_select(category, service, found) -> None:
    assert select(TYPES, category, service) == found


def test_an_empty_category_of_a_service_lists_the_categories() -> None:
    with pytest.raises(SettingsError) as caught:
        select(TYPES, "sales", "mws")
    assert caught.value.hint == "the categories are: Sales & traffic, Tax, other"


def test_a_type_of_another_category_is_not_unknown() -> None:
    with pytest.raises(SettingsError, match="is not of that category and service"):
        find(TYPES, all_known()[0].name)
