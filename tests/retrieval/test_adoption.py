from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest, ReportSpec
from tap_mws_reports.retrieval.adoption import (
    adopt_requests,
    count_unidentified,
    split_at_listed,
)
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.periods import Periods
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = Interval(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 20, tzinfo=UTC))
ORDERS, LISTINGS = "_GET_ORDERS_", "_GET_LISTINGS_"
RULE = WindowRule(timedelta(days=30), cooldown=timedelta(minutes=30))


def job(
    report_type: str = ORDERS,
    interval: Interval | None = WINDOW,
    options: tuple[tuple[str, str], ...] = (),
    *,
    stream: str = "stream",
    marketplace_ids: tuple[str, ...] = (),
) -> ReportJob:
    start, end = (interval.start, interval.end) if interval else (None, None)
    spec = ReportSpec(report_type, start, end, marketplace_ids, options)
    return ReportJob(stream, spec, Bookmark({}), RULE, interval)


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
        "open_requests",
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
    wanted = job()
    assert bool(adopt_requests([wanted], [listed], now=NOW)) is taken
    assert (wanted.phase is JobStatus.OPEN) is taken


@pytest.mark.parametrize(("hours", "taken"), [(4, True), (5, False)])
def test_a_request_inside_the_cooldown_may_leave_more_to_the_next_run(
    hours: int, *, taken: bool
) -> None:
    wanted = job()
    wanted.rule = replace(RULE, cooldown=timedelta(hours=4))
    listed = request(end=WINDOW.end - timedelta(hours=hours))
    assert bool(adopt_requests([wanted], [listed], now=NOW)) is taken


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
    wanted = job(LISTINGS, None)
    listed = request(report_type=LISTINGS, status=status, age=age)
    assert bool(adopt_requests([wanted], [listed], now=NOW)) is taken


@pytest.mark.parametrize(
    ("end", "asked_after", "taken"),
    [
        (timedelta(seconds=-1), timedelta(hours=8), True),
        (timedelta(0), timedelta(hours=8), False),
        (timedelta(minutes=-30), timedelta(hours=8), False),
        (timedelta(seconds=-1), timedelta(hours=7, minutes=59), False),
    ],
    ids=["just these days", "a day more", "shorter", "the last day went on"],
)
def test_whole_days_are_adopted_as_they_would_be_asked_for(
    end: timedelta, asked_after: timedelta, *, taken: bool
) -> None:
    wanted = job()
    wanted.rule = replace(RULE, periods=Periods(over_in="America/Los_Angeles"))
    listed = request(end=WINDOW.end + end, age=NOW - (WINDOW.end + asked_after))
    assert bool(adopt_requests([wanted], [listed], now=NOW)) is taken
    assert wanted.interval == WINDOW


def test_the_window_shrinks_to_what_was_asked_for() -> None:
    wanted = job()
    end = WINDOW.end - timedelta(minutes=20)
    adopt_requests([wanted], [request(end=end)], now=NOW)
    assert wanted.interval == Interval(WINDOW.start, end)


def test_a_request_is_taken_for_one_report_only() -> None:
    first, second = job(marketplace_ids=("A",)), job(marketplace_ids=("B",))
    adopt_requests([first, second], [request()], now=NOW)
    assert (first.phase, second.phase) == (JobStatus.OPEN, JobStatus.TO_REQUEST)


def test_all_streams_of_one_report_share_a_request() -> None:
    streams = [job(stream="by_date"), job(stream="by_asin")]
    assert adopt_requests(streams, [request()], now=NOW) == streams


def test_the_newest_request_is_taken() -> None:
    wanted = job()
    adopt_requests([wanted], [request("new"), request("old")], now=NOW)
    assert wanted.report_request_id == "new"


def test_a_list_that_does_not_tell_options_says_nothing_about_works_with_options() -> None:
    wanted = job(options=(("ShowSalesChannel", "true"),))
    assert not adopt_requests([wanted], [request()], now=NOW)


@pytest.mark.parametrize(
    ("told", "taken"),
    [(None, True), (("A",), False), (("B", "A"), True), (("A", "B", "C"), False), ((), False)],
    ids=["not told", "fewer", "the same", "more", "none"],
)
def test_marketplaces_have_to_be_the_same_where_they_are_told(told: Any, *, taken: bool) -> None:
    wanted = job(marketplace_ids=("A", "B"))
    listed = replace(request(), marketplace_ids=told)
    assert bool(adopt_requests([wanted], [listed], now=NOW)) is taken


@pytest.mark.parametrize(
    ("finished", "written", "taken"),
    [
        (timedelta(seconds=95), None, True),
        (timedelta(seconds=95), timedelta(hours=3), True),
        (timedelta(seconds=95), timedelta(hours=2), False),
        (timedelta(minutes=30), None, False),
    ],
    ids=["none written", "an older one written", "this one written", "stale"],
)
def test_the_age_of_a_snapshot_counts_from_its_end(
    finished: timedelta, written: timedelta | None, *, taken: bool
) -> None:
    wanted = job(LISTINGS, None)
    if written:
        wanted.bookmark.close_snapshot(NOW - written, None)
    listed = request(report_type=LISTINGS, age=timedelta(hours=2))
    listed = replace(listed, completed_date=NOW - finished)
    assert bool(adopt_requests([wanted], [listed], now=NOW)) is taken


@pytest.mark.parametrize(
    ("listed", "end"),
    [
        ([request(end=WINDOW.end - timedelta(hours=2))], timedelta(hours=2)),
        ([request(end=WINDOW.end - timedelta(hours=1))], None),
        ([request(end=WINDOW.start + timedelta(days=9))], None),
        ([request(end=WINDOW.end - timedelta(days=n)) for n in (3, 2)], timedelta(days=2)),
        ([request(status=ProcessingStatus.FATAL, end=WINDOW.end - timedelta(hours=2))], None),
        ([request(report_type=LISTINGS, end=WINDOW.end - timedelta(hours=2))], None),
    ],
    ids=["most", "so much may be left", "less than half", "the longest", "fatal", "other type"],
)
def test_a_window_listed_in_part_is_cut(listed: list[ReportRequest], end: timedelta | None) -> None:
    wanted = job()
    backlogs = split_at_listed([wanted], listed)
    cut = WINDOW.end - (end or timedelta(0))
    assert wanted.interval == Interval(WINDOW.start, cut)
    assert [each.interval for each in backlogs] == ([Interval(cut, WINDOW.end)] if end else [])
    assert [(each.spec.start, each.spec.end) for each in backlogs] == [
        (each.interval.start, each.interval.end) for each in backlogs if each.interval
    ]
    assert end is None or adopt_requests([wanted], listed, now=NOW) == [wanted]


@pytest.mark.parametrize(
    ("interval", "minutes", "taken"),
    [
        (WINDOW, 30, False),
        (WINDOW, 10, False),
        (WINDOW, 9, True),
        (Interval(WINDOW.start, WINDOW.end + timedelta(days=2)), 30, False),
        (Interval(WINDOW.end, WINDOW.end + timedelta(days=2)), 30, True),
        (None, 30, True),
    ],
)
def test_a_window_that_failed_adopts_only_a_later_request(
    interval: Interval | None, minutes: int, *, taken: bool
) -> None:
    wanted = job()
    wanted.bookmark.give_up(FailedWindow(interval, "an HTML page", "bad"))
    other = request(age=timedelta(minutes=minutes))
    submitted = {"bad": NOW - timedelta(minutes=10), "1": other.submitted_date}
    assert bool(adopt_requests([wanted], [other], now=NOW, submitted=submitted)) is taken


def test_reports_that_may_be_requested_twice_are_counted() -> None:
    options = (("ShowSalesChannel", "true"),)
    jobs = [replace(job(options=options), matchable=False) for _ in range(3)]
    listed = [
        request("1"),
        request("2"),
        request("3", status=ProcessingStatus.CANCELLED),
        request("4", start=WINDOW.start + timedelta(days=1)),
        request("5", report_type=LISTINGS),
    ]
    assert count_unidentified(jobs, listed, now=NOW) == 2
    assert count_unidentified([job()], listed, now=NOW) == 0
