from __future__ import annotations

from typing import Any

import pytest

from tap_mws_reports.config.report_checks import (
    report_notices,
    report_problems,
    spelled_for,
    unavailable_problems,
)
from tap_mws_reports.report_types import load

TERMS = "GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT"
TRAFFIC = "GET_SALES_AND_TRAFFIC_REPORT"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
VENDOR = {"reportPeriod": "DAY", "distributorView": "SOURCING", "sellingProgram": "RETAIL"}


def entry(name: str, options: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": name, "options": options or {}, **more}


@pytest.mark.parametrize(
    "report",
    [
        LISTINGS,
        entry(LISTINGS, {"custom": ""}),
        entry(TERMS, {"reportPeriod": "WEEK"}),
        entry(TERMS, {"reportPeriod": "WEEK"}, window_days=7),
        entry(TRAFFIC, {"asinGranularity": "sku"}),
        entry(TRAFFIC, window_days=1),
        entry("GET_VENDOR_SALES_REPORT", VENDOR),
        entry("GET_SOMETHING_NEW", {"any": "thing"}),
    ],
    ids=str,
)
def test_valid_reports_have_no_problem(report) -> None:
    assert list(report_problems({"reports": [report]})) == []


@pytest.mark.parametrize(
    ("report", "problem"),
    [
        (
            TERMS,
            "reports[0].options.reportPeriod: Amazon refuses the report without this option; "
            'set it, such as `"options": {"reportPeriod": "DAY"}`; '
            "the values are DAY, WEEK, MONTH, QUARTER",
        ),
        (
            entry(TERMS, {"reportPeriod": "WEEKLY"}),
            "reports[0].options.reportPeriod: 'WEEKLY' is none of its values; "
            "did you mean `WEEK`? The values are DAY, WEEK, MONTH, QUARTER",
        ),
        (
            entry(TRAFFIC, {"asinGranularity": "x"}),
            "reports[0].options.asinGranularity: 'x' is none of its values; "
            "use one of PARENT, CHILD, SKU",
        ),
        (
            entry("GET_VENDOR_SALES_REPORT", {**VENDOR, "distributorView": "RETAIL"}),
            "reports[0].options.distributorView: 'RETAIL' is none of its values; "
            "use one of MANUFACTURING, SOURCING",
        ),
        (
            "MARKETPLACE_ASIN_PAGE_VIEW_METRICS",
            "reports[0].options.productType: Amazon refuses the report without this option; "
            'set it, such as `"options": {"productType": "..."}`',
        ),
        (
            entry(TERMS, {"reportPeriod": "MONTH"}, window_days=7),
            "reports[0].window_days: a window of 7 days holds no whole MONTH (`reportPeriod`), "
            "and Amazon refuses parts; give at least 31, or leave it out",
        ),
    ],
)
def test_reports_that_amazon_refuses_are_a_problem(report, problem) -> None:
    assert [str(each) for each in report_problems({"reports": [report]})] == [problem]


@pytest.mark.parametrize(
    ("report", "service", "notice"),
    [
        (LISTINGS, "sp_api", None),
        (entry(TRAFFIC, {"asinGranularity": "SKU"}), "sp_api", None),
        (
            entry(TRAFFIC, {"asinGranularty": "SKU"}),
            "sp_api",
            f"{TRAFFIC}: there is no option `asinGranularty`; did you mean `asinGranularity`?",
        ),
        (
            entry(TRAFFIC, {"currency": "EUR"}),
            "sp_api",
            f"{TRAFFIC}: there is no option `currency`; it has dateGranularity, asinGranularity",
        ),
        (
            entry("GET_AFN_INVENTORY_DATA", {"custom": "true"}),
            "sp_api",
            "GET_AFN_INVENTORY_DATA: there is no option `custom`; none is known for it",
        ),
        (
            entry(TRAFFIC, {"asinGranularity": "sku"}),
            "sp_api",
            f"{TRAFFIC}: Amazon writes the value of `asinGranularity` as `SKU`",
        ),
        (
            "GET_MERCHANT_LISTING_ALL_DATA",
            "sp_api",
            "GET_MERCHANT_LISTING_ALL_DATA: there is no entry for this report type, so its columns "
            f"are text; did you mean `{LISTINGS}`?",
        ),
        (
            "GET_MERCHANT_LISTING_ALL_DATA",
            "mws",
            "GET_MERCHANT_LISTING_ALL_DATA: there is no entry for this report type, so its columns "
            f"are text; did you mean `_{LISTINGS}_`?",
        ),
        (
            "GET_SOMETHING_NEW",
            "sp_api",
            "GET_SOMETHING_NEW: there is no entry for this report type, so its columns are text; "
            "is it misspelt?",
        ),
        (TRAFFIC, "mws", f"{TRAFFIC}: MWS never had this report type; set `api: sp_api`"),
    ],
)
def test_doubtful_settings_are_warned_about(report, service, notice) -> None:
    assert report_notices({"api": service, "reports": [report]}) == ([notice] if notice else [])


def test_a_type_missing_in_sp_api_is_a_problem_that_names_its_successor() -> None:
    name = "_GET_FBA_FULFILLMENT_INVENTORY_AGE_DATA_"
    (problem,) = unavailable_problems({"reports": [LISTINGS, name]})
    assert problem.setting == "reports[1]"
    assert problem.what == f"SP-API does not have `{name}`"
    assert problem.fix.endswith(f"`mws-reports types {name}` shows what is known of it")


@pytest.mark.parametrize(
    ("name", "sp_api", "mws"),
    [
        (
            "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
            "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
            "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
        ),
        ("_GET_NEMO_MERCHANT_LISTINGS_DATA_",) + ("_GET_NEMO_MERCHANT_LISTINGS_DATA_",) * 2,
    ],
)
def test_a_name_is_spelled_as_by_the_service(name, sp_api, mws) -> None:
    assert (spelled_for(load(name), "sp_api"), spelled_for(load(name), "mws")) == (sp_api, mws)
