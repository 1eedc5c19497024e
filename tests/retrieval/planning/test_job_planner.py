from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest, plan_jobs
from tap_mws_reports.retrieval.planning.periods import Periods
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.state.bookmark_entries import OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def partition_request(kind: str, rule: WindowRule, bookmark: Bookmark) -> PartitionRequest:
    ids = ("ATVPDKIKX0DER",)
    return PartitionRequest(
        "thing", "A1", "_GET_THING_", kind, rule, START, None, ids, (), bookmark
    )


def test_whole_days_are_requested_to_their_last_second() -> None:
    rule = WindowRule(timedelta(days=30), periods=Periods(zone="America/Los_Angeles"))
    (job,) = plan_jobs([partition_request("range", rule, Bookmark({}))], NOW)
    # Summer time begins on the eighth.
    assert job.interval == Interval(
        datetime(2026, 2, 28, 8, tzinfo=UTC), datetime(2026, 3, 10, 7, tzinfo=UTC)
    )
    assert (job.spec.start, job.spec.end) == (job.interval.start, job.interval.end - A_SECOND)


def test_a_failed_request_of_an_earlier_run_is_repeated_unchanged() -> None:
    rule = WindowRule(timedelta(days=1), periods=Periods())
    bookmark = Bookmark({})
    day = Interval(START, START + timedelta(days=1))
    bookmark.record_request(OpenRequest("1", day, START + timedelta(days=2)))
    job = next(
        job for job in plan_jobs([partition_request("range", rule, bookmark)], NOW) if job.adopted
    )
    assert (job.spec.start, job.spec.end) == (day.start, day.end - A_SECOND)


def test_a_snapshot_that_needs_a_start_has_one_and_no_end() -> None:
    rule = WindowRule(timedelta(days=30), start_offset=timedelta(hours=72))
    (job,) = plan_jobs([partition_request("snapshot", rule, Bookmark({}))], NOW)
    assert (job.spec.start, job.spec.end) == (NOW - timedelta(hours=72), None)
    assert job.interval is None
