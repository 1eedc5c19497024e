from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports.api.interface import (
    ProcessingStatus,
    Report,
    ReportRequest,
    ReportSpec,
    ThrottledCall,
)
from tap_mws_reports.retrieval.adoption import (
    adopt_existing,
    adopt_requests,
    count_unidentified,
    failed_request_ids,
    list_generated,
    split_at_listed,
)
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.planning.periods import Periods
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, GivenUp
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
def test_a_request_within_the_cooldown_may_leave_more_to_the_next_run(
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
def test_whole_days_are_adopted_as_they_would_be_requested(
    end: timedelta, asked_after: timedelta, *, taken: bool
) -> None:
    wanted = job()
    wanted.rule = replace(RULE, periods=Periods(over_in="America/Los_Angeles"))
    listed = request(end=WINDOW.end + end, age=NOW - (WINDOW.end + asked_after))
    assert bool(adopt_requests([wanted], [listed], now=NOW)) is taken
    assert wanted.interval == WINDOW


def test_the_window_shrinks_to_the_requested_range() -> None:
    wanted = job()
    end = WINDOW.end - timedelta(minutes=20)
    adopt_requests([wanted], [request(end=end)], now=NOW)
    assert wanted.interval == Interval(WINDOW.start, end)


def test_a_request_is_adopted_for_one_report_only() -> None:
    first, second = job(marketplace_ids=("A",)), job(marketplace_ids=("B",))
    adopt_requests([first, second], [request()], now=NOW)
    assert (first.phase, second.phase) == (JobStatus.OPEN, JobStatus.TO_REQUEST)


def test_all_streams_of_one_report_share_a_request() -> None:
    streams = [job(stream="by_date"), job(stream="by_asin")]
    assert adopt_requests(streams, [request()], now=NOW) == streams


def test_the_newest_request_is_adopted() -> None:
    wanted = job()
    adopt_requests([wanted], [request("new"), request("old")], now=NOW)
    assert wanted.report_request_id == "new"


def test_a_list_without_options_does_not_match_jobs_with_options() -> None:
    wanted = job(options=(("ShowSalesChannel", "true"),))
    assert not adopt_requests([wanted], [request()], now=NOW)


@pytest.mark.parametrize(
    ("told", "taken"),
    [(None, True), (("A",), False), (("B", "A"), True), (("A", "B", "C"), False), ((), False)],
    ids=["not told", "fewer", "the same", "more", "none"],
)
def test_listed_marketplaces_must_be_equal(told: Any, *, taken: bool) -> None:
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
        wanted.bookmark.complete_snapshot(NOW - written, None)
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
def test_a_partly_listed_window_is_split(
    listed: list[ReportRequest], end: timedelta | None
) -> None:
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


def test_only_future_requests_count_as_possible_duplicates() -> None:
    options = (("ShowSalesChannel", "true"),)
    opened, waiting = (replace(job(options=options), matchable=False) for _ in range(2))
    opened.opened("9", NOW, NOW, adopted=False)
    listed = [request("1", scheduled=True), request("2")]
    assert count_unidentified([job(), opened, waiting], listed, now=NOW) == 1
    assert count_unidentified([waiting], listed[:1], now=NOW) == 0


def test_a_job_that_does_not_adopt_does_not_block_others() -> None:
    opened, failed, with_options, last = job(), job(), job(options=(("a", "b"),)), job()
    opened.opened("9", NOW, NOW, adopted=False)
    failed.bookmark.give_up(FailedWindow(WINDOW, "damaged", "bad"))
    jobs = [opened, failed, with_options, last]

    adopted = adopt_requests(jobs, [request()], now=NOW, submitted={"bad": NOW})

    assert adopted == [last]
    assert opened.report_request_id == "9"


def test_an_adopted_request_is_distinguished_from_a_new_one() -> None:
    wanted = job()
    adopt_requests([wanted], [request(age=timedelta(minutes=7))], now=NOW)
    assert (wanted.report_request_id, wanted.adopted) == ("1", True)
    assert wanted.submitted == NOW - timedelta(minutes=7)
    assert wanted.awaited == NOW


def test_a_request_without_dates_matches_no_window() -> None:
    listed = replace(request(), start_date=None, end_date=None)
    wanted = job()
    assert not adopt_requests([wanted], [listed], now=NOW)
    assert not split_at_listed([wanted], [listed])
    assert wanted.phase is JobStatus.TO_REQUEST


def test_a_snapshot_matches_no_window() -> None:
    wanted = job(LISTINGS, None)
    assert adopt_requests([wanted], [request(report_type=LISTINGS)], now=NOW) == [wanted]
    assert wanted.interval is None


def failures(window: Interval | None) -> set[str]:
    wanted = job(interval=window)
    bookmark, since = wanted.bookmark, NOW.date()
    for each, name in ((WINDOW, "window"), (None, "snapshot")):
        bookmark.give_up(FailedWindow(each, "damaged", name))
    bookmark.give_up(FailedWindow(Interval(WINDOW.end, NOW), "never requested"))
    bookmark.replace_failures(
        bookmark.failed_windows,
        [
            GivenUp(WINDOW, "damaged", since, since, "given up"),
            GivenUp(None, "damaged", since, since, "given up snapshot"),
            GivenUp(Interval(WINDOW.end, NOW), "damaged", since, since, "later"),
        ],
    )
    return failed_request_ids(wanted)


@pytest.mark.parametrize(
    ("window", "ids"),
    [
        (WINDOW, {"window", "given up"}),
        (Interval(WINDOW.start - timedelta(days=1), WINDOW.start), set()),
        (Interval(WINDOW.start - timedelta(days=1), NOW), {"window", "given up", "later"}),
        (Interval(WINDOW.end, NOW), {"later"}),
        (None, {"snapshot", "given up snapshot"}),
    ],
    ids=["the same", "just before", "all", "just after", "a snapshot"],
)
def test_failures_belong_to_their_window(window: Interval | None, ids: set[str]) -> None:
    assert failures(window) == ids


def test_the_last_of_several_failures_counts() -> None:
    wanted = job()
    middle = WINDOW.start + timedelta(days=9)
    for interval, name in (
        (Interval(WINDOW.start, middle), "early"),
        (Interval(middle, WINDOW.end), "late"),
    ):
        wanted.bookmark.give_up(FailedWindow(interval, "damaged", name))
    submitted = {"early": NOW - timedelta(hours=3), "late": NOW - timedelta(hours=1)}
    two_hours = request(age=timedelta(hours=2))
    assert not adopt_requests([wanted], [two_hours], now=NOW, submitted=submitted)
    del submitted["late"]  # Amazon lists it no longer.
    assert adopt_requests([wanted], [two_hours], now=NOW, submitted=submitted)


SHORT = WINDOW.end - timedelta(hours=2)


@pytest.mark.parametrize(
    ("change", "listed"),
    [
        ({"interval": None}, request(end=SHORT)),
        ({"rule": replace(RULE, periods=Periods(over_in="UTC"))}, request(end=SHORT)),
        ({"spec": replace(job().spec, options=(("a", "b"),))}, request(end=SHORT)),
        ({"phase": JobStatus.OPEN}, request(end=SHORT)),
        ({"rule": replace(RULE, cooldown=timedelta(hours=2))}, request(end=SHORT)),
        ({}, request(end=SHORT, scheduled=True)),
        ({}, request(end=SHORT, start=WINDOW.start + timedelta(seconds=1))),
        ({}, request(end=WINDOW.end + timedelta(days=1))),
        ({}, replace(request(end=SHORT), marketplace_ids=("A",))),
    ],
    ids=[
        *("snapshot", "periods", "options", "open", "inside the cooldown"),
        *("scheduled", "other start", "longer", "other marketplace"),
    ],
)
def test_a_window_is_not_split(change: dict[str, Any], listed: ReportRequest) -> None:
    wanted = replace(job(), **change)
    assert split_at_listed([wanted], [listed]) == []
    assert wanted.interval == change.get("interval", WINDOW)


def test_a_completely_listed_window_is_not_split_for_a_shorter_request() -> None:
    assert split_at_listed([job()], [request(), request(end=SHORT)]) == []


def test_a_window_and_its_remainder_are_split_at_listed_requests() -> None:
    wanted, other = job(), job(LISTINGS)
    middle = WINDOW.start + (WINDOW.end - WINDOW.start) / 2
    second = request("2", start=middle, end=SHORT)
    rest, remainder = split_at_listed([other, wanted], [request(end=middle), second])
    assert other.interval == WINDOW
    assert [each.interval for each in (wanted, rest, remainder)] == [
        Interval(WINDOW.start, middle),
        Interval(middle, SHORT),
        Interval(SHORT, WINDOW.end),
    ]


class ListingService:
    """A service that lists requests and reports, and writes down what it is told."""

    retention = timedelta(days=90)

    def __init__(self, *listed: ReportRequest, reports: tuple[Report, ...] = ()) -> None:
        self._listed, self._reports = listed, reports
        self.told: list[object] = []

    def report_requests(self, **requested: object) -> tuple[ReportRequest, ...]:
        self.told.append(requested)
        return self._listed

    def reports(self, **requested: object) -> tuple[Report, ...]:
        self.told.append(requested)
        return self._reports

    def spent(self, call: ThrottledCall, moments: list[datetime]) -> None:
        self.told.append((call, moments))


def partition(report_type: str = ORDERS, kind: str = "range", **given: Any) -> PartitionRequest:
    start, end = given.pop("start", WINDOW.start), given.pop("end", None)
    bookmark = given.pop("bookmark", None) or Bookmark({})
    return PartitionRequest(
        *("stream", "A2SELLER", report_type, kind, RULE, start, end, (), (), bookmark), **given
    )


def test_without_anything_to_request_nothing_is_listed() -> None:
    service, opened = ListingService(request()), job()
    opened.opened("9", NOW, NOW, adopted=False)
    assert adopt_existing([opened], [partition()], service, Latencies(), NOW) == []
    assert service.told == []


def test_the_list_has_requests_and_their_latencies() -> None:
    hour = timedelta(hours=1)
    done = {"completed_date": NOW - timedelta(minutes=4), "generated_report_id": "r"}
    service = ListingService(
        replace(request("new", age=timedelta(minutes=5)), **done),
        request("open", age=timedelta(minutes=6), status=ProcessingStatus.IN_PROGRESS),
        replace(request("amazon's", age=timedelta(minutes=7), scheduled=True), **done),
        replace(request("empty", age=timedelta(minutes=8)), completed_date=NOW),
        replace(request("old", age=hour), **{**done, "completed_date": NOW - hour / 2}),
    )
    partitions = [partition(), partition(LISTINGS, "snapshot"), partition("_X_", "generated")]
    wanted, latencies = job(), Latencies()
    jobs = [wanted]

    assert adopt_existing(jobs, partitions, service, latencies, NOW) == [wanted]

    assert wanted.awaited == NOW
    assert (jobs, wanted.report_request_id) == ([wanted], "new")
    requested, (call, moments) = service.told
    since = NOW - timedelta(days=90)
    assert requested == {"report_types": sorted([LISTINGS, ORDERS]), "requested_from": since}
    assert call is ThrottledCall.REQUEST
    ages = [NOW - each + timedelta(seconds=1) for each in moments]
    assert ages == [timedelta(minutes=minutes) for minutes in (5, 6, 8)]
    assert latencies.seen(ORDERS) == [1800, 60], "the oldest first"


def test_requests_in_use_or_failed_are_not_adopted(caplog) -> None:
    bookmark, since = Bookmark({}), NOW.date()
    bookmark.replace_failures(
        [FailedWindow(Interval(WINDOW.end, NOW), "damaged", "failed")],
        [GivenUp(Interval(WINDOW.end, NOW), "damaged", since, since, "given up")],
    )
    used, wanted = job(), job()
    used.opened("used", NOW, NOW, adopted=False)
    ids = ("used", "failed", "given up", "free")
    service = ListingService(*map(request, ids))
    partitions = [partition(bookmark=bookmark), partition()]
    assert adopt_existing([used, wanted], partitions, service, Latencies(), NOW) == [wanted]
    assert wanted.report_request_id == "free"
    assert not caplog.records


def test_a_request_older_than_the_failure_is_not_adopted() -> None:
    wanted = job()
    wanted.bookmark.give_up(FailedWindow(WINDOW, "damaged", "failed"))
    service = ListingService(request("failed"), request("older", age=timedelta(days=1)))
    partitions = [partition(bookmark=wanted.bookmark)]
    assert not adopt_existing([wanted], partitions, service, Latencies(), NOW)


def test_jobs_that_cannot_be_matched_are_requested_and_logged(caplog) -> None:
    wanted, snapshot = (replace(each, matchable=False) for each in (job(), job(LISTINGS, None)))
    stale = request("2", report_type=LISTINGS, age=timedelta(minutes=30))
    fresh = request("3", report_type=LISTINGS, age=timedelta(minutes=29))
    assert count_unidentified([snapshot], [stale], now=NOW) == 0
    service = ListingService(request(), stale, fresh)
    assert not adopt_existing([wanted, snapshot], [partition()], service, Latencies(), NOW)
    assert wanted.phase is snapshot.phase is JobStatus.TO_REQUEST
    assert caplog.messages == [
        "Requesting 2 reports although Amazon lists requests that may be the same: "
        "its list does not show their options or marketplaces"
    ]
    assert caplog.records[0].name == "tap_mws_reports.retrieval.adoption"


def test_remainders_are_added_and_also_adopt() -> None:
    wanted = job()
    jobs = [wanted]
    service = ListingService(request("1", end=SHORT), request("2", start=SHORT))
    adopted = adopt_existing(jobs, [partition()], service, Latencies(), NOW)
    assert adopted == jobs
    assert [each.report_request_id for each in jobs] == ["1", "2"]


def report(report_id: str, days: float = 0, report_type: str = "_X_") -> Report:
    return Report(report_id, report_type, f"5{report_id}", WINDOW.start + timedelta(days=days))


def test_generated_reports_are_those_of_the_type_and_time_oldest_first() -> None:
    bookmark, since = Bookmark({}), NOW.date()
    bookmark.complete_document("6", WINDOW.start)
    bookmark.replace_failures(
        [], [GivenUp(None, "damaged", since, since, report_request_id="57", report_id="x")]
    )
    listed = (
        *(report("3", 3), report("2", 2), report("1", 0), report("0", -1)),
        *(report("6", 2), report("7", 2), report("9", 9), report("8", 1, "_Y_")),
    )
    service = ListingService(reports=listed)
    end = WINDOW.start + timedelta(days=9)
    generated = partition("_X_", "generated", end=end, bookmark=bookmark)
    newest = partition("_X_", "generated", start=NOW - timedelta(days=99), newest_only=True)

    jobs = list(
        list_generated(
            [partition(), generated, partition("_Y_", "generated"), newest], service, NOW
        )
    )

    assert [(each.report_id, each.origin) for each in jobs] == [
        *(("1", "51"), ("2", "52"), ("3", "53"), ("8", "58"), ("9", "59"))
    ]
    assert [each.taken for each in jobs[:3]] == [
        listed[place].available_date for place in (2, 1, 0)
    ]
    assert service.told == [
        {"report_types": ["_X_", "_Y_"], "available_from": NOW - timedelta(days=99)}
    ]


def test_without_generated_types_no_reports_are_listed() -> None:
    service = ListingService()
    assert list(list_generated([partition()], service, NOW)) == []
    assert service.told == []
