from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.api.sp_api.report_type_roles import ReportTypeRoles, all_roles, roles_for

ROWS = all_roles()
DOCS = Path(__file__).parents[3] / "docs/sp-api.md"


@pytest.mark.rows("row", ROWS, ids=lambda row: f"{row.report_types[0]}-{len(row.any_of)}")
def test_each_row_is_complete(row: ReportTypeRoles) -> None:
    assert row.any_of == tuple(sorted(set(row.any_of)))
    assert row.report_types == tuple(sorted(row.report_types))
    page = r"https://developer-docs\.amazon\.com/sp-api/docs/report-type-values-[a-z0-9-]+"
    tables = (
        r"https://github\.com/amzn/selling-partner-api-docs/tree/[0-9a-f]{40}/.*/roles-to-rights"
    )
    assert re.fullmatch(f"{page}|{tables}", row.source)
    for name in row.report_types:
        assert roles_for(name) is row
        known = report_types.load(name)
        assert known.source, f"{name} is not a report type"
        assert name in {known.sp_api_name, *known.other_sp_api_names}


def test_a_type_is_in_one_row() -> None:
    counted = Counter(name for row in ROWS for name in row.report_types)
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("GET_SALES_AND_TRAFFIC_REPORT", "the role Brand Analytics"),
        (
            "GET_REMOTE_FULFILLMENT_ELIGIBILITY",
            "one of the roles Amazon Fulfillment or Inventory and Order Tracking",
        ),
        (
            "GET_MERCHANT_LISTINGS_INACTIVE_DATA",
            "one of the roles Inventory and Order Tracking, Pricing or Product Listing",
        ),
    ],
)
def test_the_roles_of_a_type(name: str, described: str) -> None:
    roles = roles_for(name)
    assert roles is not None
    assert roles.describe() == described


def test_a_type_without_a_documented_role() -> None:
    assert roles_for("FBA_BULK_INVOICE") is None


def test_the_documentation_says_how_many_types_have_a_role() -> None:
    there = [known for known in report_types.all_known() if known.sp_api_name]
    present = [known for known in there if not known.withdrawn]
    with_role = [known for known in present if roles_for(str(known.sp_api_name))]
    message = f"known for {len(with_role)} of the {len(present)} report types that SP-API has"
    assert message in " ".join(DOCS.read_text("utf-8").split())
