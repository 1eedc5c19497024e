from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from tap_mws_reports.api.marketplaces import find
from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.reports import SETTLEMENT, ReportQuery
from tap_mws_reports.sandbox.reports.settlements import PERIOD, periods
from tap_mws_reports.sandbox.sample_data import SellerData

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
START = NOW - timedelta(days=90)
SUMMARY = {
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
}


@pytest.fixture(scope="module", params=["US", "DE", "JP"])
def trade(request) -> SellerData:
    return SellerData(1, find(request.param).marketplace_id)


def rows_of(trade: SellerData, start: datetime, end: datetime) -> list[dict[str, str]]:
    body = reports.write(SETTLEMENT, ReportQuery((trade,), start, end, NOW)).body
    header, *lines = body.decode("cp1252").splitlines()
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def test_periods_follow_one_another(trade) -> None:
    told = list(periods(trade, START, NOW))
    assert len(told) in {6, 7}
    assert all(end - start == PERIOD for start, end in told)
    assert all(one[1] == other[0] for one, other in pairwise(told))
    assert told[0][1] > START
    assert told[-1][1] <= NOW < told[-1][1] + PERIOD


def test_a_period_is_sent_once_for_any_number_of_requests(trade) -> None:
    moments = [START + timedelta(hours=7) * step for step in range(300)]
    told = [each for one, other in pairwise(moments) for each in periods(trade, one, other)]
    assert told == list(periods(trade, moments[0], moments[-1]))


def test_a_period_that_ends_now_is_sent_now_and_not_again(trade) -> None:
    (_, end), *_ = periods(trade, START, NOW)
    assert [each[1] for each in periods(trade, end - timedelta(days=1), end)] == [end]
    assert list(periods(trade, end, end + timedelta(days=1))) == []


def test_the_first_line_is_the_sum_of_the_others(trade) -> None:
    mark = trade.marketplace.decimal_mark
    for start, end in periods(trade, START, NOW):
        first, *others = rows_of(trade, start, end)
        amounts = [Decimal(row["amount"].replace(mark, ".")) for row in others]
        assert Decimal(first["total-amount"].replace(mark, ".")) == sum(amounts)
        assert first["amount"] == first["transaction-type"] == ""


def test_only_the_first_line_has_the_settlements_totals(trade) -> None:
    start, end = next(periods(trade, START, NOW))
    first, *others = rows_of(trade, start, end)
    assert all(first[header] for header in SUMMARY)
    assert not any(row[header] for row in others for header in SUMMARY)
    assert {row["settlement-id"] for row in others} == {first["settlement-id"]}


def test_every_settlement_has_an_id_of_its_own(trade) -> None:
    told = list(periods(trade, START, NOW))
    ids = {rows_of(trade, *period)[0]["settlement-id"] for period in told}
    assert len(ids) == len(told)


@pytest.mark.parametrize(
    ("country", "mark", "day"),
    [("US", ".", "%Y-%m-%d"), ("DE", ",", "%d.%m.%Y"), ("JP", "", "%Y-%m-%d")],
)
def test_dates_and_amounts_are_written_as_in_the_marketplace(country, mark, day) -> None:
    trade = SellerData(1, find(country).marketplace_id)
    start, end = next(periods(trade, START, NOW))
    first, *_ = rows_of(trade, start, end)
    assert first["settlement-start-date"] == f"{start:{day}} 00:00:00 UTC"
    assert first["total-amount"].strip("-0123456789") == mark
