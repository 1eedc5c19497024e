from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest, ReportSpec
from tap_mws_reports.retrieval.adoption import adopt
from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.work import Phase, Work

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = Span(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 20, tzinfo=UTC))
ORDERS, LISTINGS = "_GET_ORDERS_", "_GET_LISTINGS_"
FRESH = {ORDERS: timedelta(minutes=30), LISTINGS: timedelta(minutes=30)}


def work(
    report_type: str = ORDERS,
    span: Span | None = WINDOW,
    options: tuple[tuple[str, str], ...] = (),
) -> Work:
    return Work("stream", ReportSpec(report_type, options=options), Bookmark({}), span)


def request(
    report_request_id: str = "1",
    *,
    report_type: str = ORDERS,
    start: datetime = WINDOW.start,
    end: datetime = WINDOW.end,
    status: ProcessingStatus = ProcessingStatus.DONE,
    age: timedelta = timedelta(minutes=10),
    scheduled: bool = False,
) -> ReportRequest:
    return ReportRequest(report_request_id, report_type, start, end, scheduled, NOW - age, status)


@pytest.mark.parametrize(
    ("listed", "taken"),
    [
        (request(), True),
        (request(status=ProcessingStatus.IN_PROGRESS), True),
        (request(status=ProcessingStatus.DONE_NO_DATA), True),
        (request(status=ProcessingStatus.CANCELLED), False),
        (request(status=ProcessingStatus.FATAL), False),
        (request(scheduled=True), False),
        (request(report_type=LISTINGS), False),
        (request(start=WINDOW.start + timedelta(seconds=1)), False),
        (request(end=WINDOW.end - timedelta(minutes=60)), True),
        (request(end=WINDOW.end - timedelta(minutes=61)), False),
        (request(end=WINDOW.end + timedelta(seconds=1)), False),
        (request(age=timedelta(days=80)), True),
    ],
    ids=[
        "done",
        "open",
        "empty",
        "cancelled",
        "fatal",
        "scheduled",
        "other type",
        "other start",
        "a little shorter",
        "much shorter",
        "longer",
        "old",
    ],
)
def test_a_window_is_adopted(listed: ReportRequest, *, taken: bool) -> None:
    wanted = work()
    assert bool(adopt([wanted], [listed], now=NOW, freshness=FRESH)) is taken
    assert (wanted.phase is Phase.OPEN) is taken


@pytest.mark.parametrize(
    ("status", "age", "taken"),
    [
        (ProcessingStatus.DONE, timedelta(minutes=29), True),
        (ProcessingStatus.DONE, timedelta(minutes=30), False),
        (ProcessingStatus.IN_PROGRESS, timedelta(hours=3), True),
        (ProcessingStatus.CANCELLED, timedelta(minutes=1), False),
    ],
    ids=["fresh", "stale", "still open", "cancelled"],
)
def test_a_snapshot_is_adopted_while_it_is_fresh(
    status: ProcessingStatus, age: timedelta, *, taken: bool
) -> None:
    wanted = work(LISTINGS, None)
    listed = request(report_type=LISTINGS, status=status, age=age)
    assert bool(adopt([wanted], [listed], now=NOW, freshness=FRESH)) is taken


def test_the_window_shrinks_to_what_was_asked_for() -> None:
    wanted = work()
    end = WINDOW.end - timedelta(minutes=20)
    adopt([wanted], [request(end=end)], now=NOW, freshness=FRESH)
    assert wanted.span == Span(WINDOW.start, end)


def test_a_request_is_taken_by_one_work_only() -> None:
    first, second = work(), work()
    adopt([first, second], [request()], now=NOW, freshness=FRESH)
    assert (first.phase, second.phase) == (Phase.OPEN, Phase.TO_REQUEST)


def test_streams_that_want_the_very_same_report_take_it_together() -> None:
    first, other, later = work(), work(), work(span=Span(WINDOW.start, NOW))
    other.stream = later.stream = "of another list"
    end = WINDOW.end - timedelta(minutes=20)
    adopted = adopt([first, other, later], [request(end=end)], now=NOW, freshness=FRESH)
    assert adopted == [first, other]
    assert other.report_request_id == "1"
    assert other.span == first.span == Span(WINDOW.start, end)
    assert later.phase is Phase.TO_REQUEST


def test_the_newest_request_is_taken() -> None:
    wanted = work()
    adopt([wanted], [request("new"), request("old")], now=NOW, freshness=FRESH)
    assert wanted.report_request_id == "new"


def test_a_list_that_does_not_tell_options_says_nothing_about_works_with_options() -> None:
    wanted = work(options=(("ShowSalesChannel", "true"),))
    assert not adopt([wanted], [request()], now=NOW, freshness=FRESH)
