"""The sandbox keeps every row of the table of limits, and shows an excess as the row says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.api.sp_api.report_type_limits import ReportTypeLimit, all_limits
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.sandbox_config import LatencyProfile
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tests.sandbox.sp_api.conftest import NOW, Client

QUICK = LatencyProfile("quick", (1, 1, 1), (90, 90, 90))
SALES = "GET_SALES_AND_TRAFFIC_REPORT"
QUERIES = "GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT"
# Those that a client can reach: createReport grants fewer than 2000 an hour, and a type that is
# withdrawn or made by Amazon alone is refused for that.
WALKED = [
    (name, limit)
    for limit in all_limits()
    for name in limit.report_types
    if limit.count is not None
    and limit.count < 100
    and not (report_types.load(name).withdrawn or "9999") < "2021"
    and "request" in report_types.load(name).request_modes
]


def open_amazon(limit_scale: float = 1.0) -> Amazon:
    other = replace(SELLERS["NA"], seller_id="A9", access_key_id="k9", refresh_token="Atzr|9")
    members = {**SELLERS, "other": other}
    return Amazon(NOW, 1, QUICK, members=members, limit_scale=limit_scale)


class Asking:
    """Requests reports of one type and looks at what becomes of them.

    Every request is for another report: for other dates, and of a snapshot for another marketplace.
    """

    def __init__(self, name: str, amazon: Amazon, region: str = "NA") -> None:
        self.name = name
        self.account = amazon.accounts[region]
        self.client = Client(amazon, region=region)
        self._latest = self.client.now - timedelta(days=3)
        self._number = 0

    def ask(self, *, same: bool = False) -> str:
        """Return how a request shows: the status of the answer, or of the report."""
        self._number += not same
        end = self._latest - timedelta(days=self._number)
        places = SELLERS[self.client.region].marketplace_ids
        response = self.client.call(
            "createReport",
            reportType=self.name,
            marketplaceIds=[places[self._number % len(places)]],
            dataStartTime=(end - timedelta(days=1)).isoformat(),
            dataEndTime=end.isoformat(),
        )
        if response.status != 202:
            return str(response.status)
        (entry,) = list(self.account.requests.values())[-1:]
        if entry.predicted is not None:
            return "FATAL" if entry.predicted.failed else "CANCELLED"
        return "IN_QUEUE" if entry.starts - entry.submitted > timedelta(minutes=1) else "made"

    def is_made(self, report_id: str) -> bool:
        """Whether a report has left the queue and come to its end."""
        self.account.advance(self.client.now)
        return self.account.requests[report_id].outcome is not None


def longest_first(name: str) -> list[ReportTypeLimit]:
    limits = [each for each in all_limits() if name in each.report_types and each.count]
    return sorted(limits, key=lambda each: each.span, reverse=True)


@pytest.mark.parametrize(
    ("name", "limit"), WALKED, ids=[f"{name}-{each.counts}-{each.count}" for name, each in WALKED]
)
def test_each_limit_is_enforced_as_its_row_says(name: str, limit: ReportTypeLimit) -> None:
    region = "EU" if report_types.load(name).kind == "snapshot" else "NA"
    asking = Asking(name, open_amazon(), region)
    if limit.count == 0:
        assert asking.ask() == limit.signs[0]
        assert Asking(name, open_amazon(), "FE").ask() == "made"
        return
    # Other limits of the type, and the quota of createReport, are kept meanwhile.
    others = [each for each in longest_first(name) if each.span < limit.span]
    pause = max([timedelta(minutes=1), *(each.span / (each.count or 1) for each in others)])
    began = asking.client.now
    same = limit.counts == "report"
    for number in range(limit.count or 0):
        assert asking.ask(same=same) == "made", number
        asking.client.now = began + pause * (number + 1)
    if limit.span > pause * (limit.count or 0):
        assert asking.ask(same=same) == limit.signs[0]
    asking.client.now = began + 2 * limit.span + timedelta(minutes=10)
    assert asking.ask(same=same) == "made"


def test_an_application_limit_is_shared_by_all_its_sellers() -> None:
    amazon = open_amazon()
    assert [Asking(SALES, amazon, each).ask() for each in ("NA", "EU", "FE")] == [
        *("made", "429", "429")
    ]


def test_a_seller_limit_is_per_seller() -> None:
    amazon = open_amazon()
    name = "GET_FBA_STORAGE_FEE_CHARGES_DATA"
    assert [Asking(name, amazon, each).ask() for each in ("NA", "EU")] == ["made", "made"]


def test_96_requests_a_day_are_granted() -> None:
    amazon = open_amazon()
    asking, granted = Asking(SALES, amazon), 0
    began = asking.client.now
    while asking.client.now < began + timedelta(days=1):
        granted += asking.ask() == "made"
        asking.client.wait(minutes=5)
    assert granted <= 96


def test_excess_requests_stay_queued_until_the_next_day() -> None:
    asking = Asking(QUERIES, open_amazon())
    for _ in range(20):
        assert asking.ask() == "made"
        asking.client.wait(minutes=1)
    assert asking.ask() == "IN_QUEUE"
    (report_id,) = list(asking.account.requests)[-1:]
    assert "processingStartTime" not in asking.client.report(report_id)
    asking.client.wait(hours=22)
    assert not asking.is_made(report_id)
    asking.client.wait(hours=2)
    assert asking.is_made(report_id)


@pytest.mark.parametrize(("scale", "seconds"), [(0, 0), (0.01, 9)])
def test_limits_can_be_disabled_and_scaled(scale: float, seconds: float) -> None:
    asking = Asking(SALES, open_amazon(scale))
    assert asking.ask() == "made"
    asking.client.wait(seconds=seconds)
    assert asking.ask() == "made"
