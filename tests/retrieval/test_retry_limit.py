"""Windows that fail repeatedly are given up, and can be requested again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

import pytest

from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import WindowRule, new_windows, snapshot_due
from tap_mws_reports.retrieval.retry_limit import date_failures, expire, reopen
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, GivenUp, OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.sandbox.faults import Fault, FaultKind

pytestmark = pytest.mark.api(slow="mws", reason="failures are dated and given up in the state")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SETTLEMENTS = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
WEEKLY = {"type": ORDERS, "window_days": 7}
BAD = datetime(2020, 4, 27, tzinfo=UTC)  # the start of the third week
END = {"end_date": "2020-06-08T00:00:00Z"}
EVER = 10_000
DAY = 24 * 3600
RULE = WindowRule(timedelta(days=10))
FIRST = date(2026, 1, 1)


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def interval(start: int, end: int) -> Interval:
    return Interval(day(start), day(end))


def failed_window(start: int, end: int, since: int = 0, reason: str = "refused") -> FailedWindow:
    return FailedWindow(interval(start, end), reason, failed_since=day(since).date())


def failing(
    *failed_windows: FailedWindow,
    done: tuple[Interval, ...] = (),
    state: dict[str, Any] | None = None,
) -> Bookmark:
    bookmark = Bookmark({} if state is None else state)
    for each in done:
        bookmark.complete_window(each, None)
    for each in failed_windows:
        bookmark.give_up(each)
    return bookmark


def intervals(entries: Any) -> list[Interval]:
    return [each.interval for each in entries]


@pytest.mark.parametrize(
    ("bookmark", "tried", "today", "given_up"),
    [
        (failing(failed_window(0, 1)), [interval(0, 1)], 6, []),
        (failing(failed_window(0, 1)), [interval(0, 1)], 7, [interval(0, 1)]),
        # What was not tried in this run is not given up.
        (failing(failed_window(0, 1)), [], 30, []),
        # A new window of a type that fails altogether is as old as the first failure...
        (
            failing(failed_window(0, 1), failed_window(1, 8, since=8)),
            [interval(0, 1), interval(1, 8)],
            8,
            [interval(0, 8)],
        ),
        # ... but not where something was finished in between, or lies behind.
        (
            failing(failed_window(0, 1), failed_window(2, 8, since=8), done=(interval(1, 2),)),
            [interval(0, 1), interval(2, 8)],
            8,
            [interval(0, 1)],
        ),
        (
            failing(failed_window(0, 1), failed_window(1, 2, 8), done=(interval(2, 3),)),
            [interval(1, 2)],
            8,
            [],
        ),
        # Those of other reasons are distinguished.
        (
            failing(failed_window(0, 1), failed_window(1, 2, reason="damaged")),
            [interval(0, 1), interval(1, 2)],
            9,
            [interval(0, 1), interval(1, 2)],
        ),
    ],
)
def test_windows_that_fail_for_too_long_are_given_up(bookmark, tried, today, given_up) -> None:
    closed = expire(bookmark, [(each, None) for each in tried], day(today).date(), 7)
    assert intervals(bookmark.given_up) == given_up
    assert bool(closed) == bool(given_up)
    assert not set(intervals(bookmark.failed_windows)) & set(intervals(closed))


def test_the_bookmark_passes_given_up_windows_without_finishing_them() -> None:
    state: dict[str, Any] = {}
    bookmark = failing(failed_window(10, 20), done=(interval(0, 10), interval(20, 30)), state=state)
    assert state["replication_key_value"] == day(10).isoformat()
    expire(bookmark, [(interval(10, 20), None)], day(9).date(), 7)
    assert state["replication_key_value"] == day(30).isoformat()
    assert bookmark.done == [interval(0, 10), interval(20, 30)]
    assert list(new_windows(interval(0, 30), RULE, bookmark)) == []
    bookmark.complete_window(interval(30, 40), None)
    assert state["replication_key_value"] == day(40).isoformat()


def test_a_longer_limit_retries_given_up_windows_split_as_allowed() -> None:
    state: dict[str, Any] = {}
    bookmark = failing(failed_window(0, 10), failed_window(10, 25, since=25), state=state)
    expire(bookmark, [(interval(0, 10), None), (interval(10, 25), None)], day(25).date(), 7)
    assert intervals(bookmark.given_up) == [interval(0, 25)]
    assert reopen(bookmark, RULE, day(26).date(), 7) == 0
    assert reopen(bookmark, RULE, day(26).date(), 27) == 1
    assert intervals(bookmark.failed_windows) == [
        interval(0, 10),
        interval(10, 20),
        interval(20, 25),
    ]
    assert bookmark.given_up == []
    assert {each.failed_since for each in bookmark.failed_windows} == {FIRST}
    assert state["replication_key_value"] == day(0).isoformat()


def test_old_states_get_todays_date_once() -> None:
    state: dict[str, Any] = {"failed_windows": [{"reason": "cancelled"}]}
    bookmark = Bookmark(state)
    date_failures(bookmark, FIRST)
    date_failures(bookmark, date(2026, 2, 2))
    assert state["failed_windows"] == [{"reason": "cancelled", "failed_since": "2026-01-01"}]


def test_the_date_of_the_first_failure_is_kept_by_later_ones() -> None:
    bookmark = Bookmark({})
    bookmark.give_up(FailedWindow(interval(0, 1), "stuck", "5", day(1), failed_since=FIRST))
    bookmark.record_request(OpenRequest("5", interval(0, 1), day(1)))
    assert bookmark.timed_out_requests == []
    bookmark.remove_request("5")
    bookmark.give_up(FailedWindow(interval(0, 1), "cancelled", "6", failed_since=date(2026, 1, 9)))
    assert bookmark.failed_windows == [
        FailedWindow(interval(0, 1), "cancelled", "6", failed_since=FIRST)
    ]


def test_after_given_up_windows_new_ones_are_tried_once_a_day() -> None:
    bookmark = failing(failed_window(0, 1))
    expire(bookmark, [(interval(0, 1), None)], day(8).date(), 7)
    hours = {hour: Interval(day(0), day(1) + timedelta(hours=hour)) for hour in (1, 19, 21, 48)}
    found = {hour: len(list(new_windows(whole, RULE, bookmark))) for hour, whole in hours.items()}
    assert found == {1: 0, 19: 0, 21: 1, 48: 1}


def test_a_snapshot_that_was_given_up_is_tried_once_a_day() -> None:
    bookmark = failing(FailedWindow(None, "no role", failed_since=FIRST))
    assert snapshot_due(bookmark, RULE, None, day(8))
    expire(bookmark, [(None, None)], day(8).date(), 7)
    assert bookmark.given_up == [GivenUp(None, "no role", FIRST, day(8).date())]
    assert not snapshot_due(bookmark, RULE, None, day(8) + timedelta(hours=23))
    assert snapshot_due(bookmark, RULE, None, day(9))
    bookmark.complete_snapshot(day(9), None)
    assert bookmark.given_up == bookmark.failed_windows == []


def partition(output, stream: str = STREAM) -> dict[str, Any]:
    return output.bookmark(stream)["partitions"][0]


def later(harness, days: int, output, *reports: object, **settings: Any):
    """Run again so many days after the last run began, and count its requests."""
    harness.clock.sleep(days * DAY)
    harness.amazon.calls.clear()
    again = harness.run(*reports, state=json.loads(json.dumps(output.state)), **settings)
    return again, harness.amazon.calls.count("request")


def warnings_of(caplog) -> list[str]:
    return [each.message for each in caplog.records if "Not retried any more" in each.message]


def test_a_bad_window_is_retried_given_up_and_finished(make_harness, whole_run, caplog) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, EVER, BAD))
    first = harness.run(WEEKLY, **END)
    (failed,) = partition(first)["failed_windows"]
    assert failed["failed_since"] == "2020-06-12"
    assert len(first.failures) == 1

    second, requests = later(harness, 3, first, WEEKLY, **END)
    assert requests >= 1
    assert len(second.failures) == 1
    assert partition(second)["failed_windows"][0]["failed_since"] == "2020-06-12"
    assert warnings_of(caplog) == []

    third, requests = later(harness, 5, second, WEEKLY, **END)
    assert requests >= 1
    assert third.failures == []
    assert not partition(third)["failed_windows"]
    (given_up,) = partition(third)["given_up"]
    assert (given_up["since"], given_up["start"]) == ("2020-06-12", BAD.isoformat())
    assert given_up["report_request_id"]
    assert partition(third)["replication_key_value"] == "2020-06-08T00:00:00+00:00"
    assert not any(pair[0] <= BAD.isoformat() < pair[1] for pair in partition(third)["done"])
    (warning,) = warnings_of(caplog)
    assert "2020-04-27T00:00Z to 2020-05-04T00:00Z, seller A1SANDBOXNA" in warning
    assert "without a reason" in warning
    assert "`retry_failed_days` set to 9 or more" in warning

    harness.strike()
    fourth, requests = later(harness, 1, third, WEEKLY, **END)
    assert (requests, fourth.failures) == (0, [])
    assert partition(fourth)["given_up"] == partition(third)["given_up"]
    assert len(warnings_of(caplog)) == 2

    fifth, requests = later(harness, 0, fourth, WEEKLY, retry_failed_days=10, **END)
    assert (requests, fifth.failures) == (1, [])
    assert partition(fifth)["given_up"] == partition(fifth)["failed_windows"] == []
    assert len(warnings_of(caplog)) == 2
    whole = whole_run(WEEKLY, **END)
    assert {*first.keys(STREAM), *fifth.keys(STREAM)} == set(whole.keys(STREAM))


def test_a_failing_type_is_silent_after_a_week_and_resumes_when_it_works(
    make_harness, caplog
) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, EVER))
    start = {"start_date": "2020-06-01T00:00:00Z"}
    output = harness.run(ORDERS, **start)
    counts = [len(output.failures)]
    for days in (3, 3, 1, 1):
        output, _ = later(harness, days, output, ORDERS, **start)
        counts.append(len(output.failures))
    assert counts == [1, 2, 3, 0, 0]  # the first one was seven days old at the third repetition
    assert len(partition(output)["given_up"]) == 1
    assert partition(output)["failed_windows"] == []

    harness.strike()
    output, requests = later(harness, 1, output, ORDERS, **start)
    assert (requests, output.failures) == (1, [])
    assert output.records(STREAM)
    # What is missing is still said.
    assert "given_up" in partition(output)
    assert "failing since 2020-06-12" in warnings_of(caplog)[-1]


@pytest.mark.api("sp_api", reason="MWS knows no roles")
def test_a_missing_role_does_not_fail_every_run(make_harness, caplog) -> None:
    harness = make_harness(Fault(FaultKind.ROLE_MISSING, ORDERS, EVER))
    output = harness.run(WEEKLY, **END)
    assert len(output.failures) == 8
    output, _ = later(harness, 7, output, WEEKLY, **END)
    assert output.failures == []
    assert len(partition(output)["given_up"]) == 1
    output, requests = later(harness, 1, output, WEEKLY, **END)
    assert (requests, output.failures) == (0, [])
    assert "2020-04-13T00:00Z to 2020-06-08T00:00Z" in warnings_of(caplog)[-1]


def test_a_permanently_failing_snapshot_does_not_fail_every_run(make_harness) -> None:
    stream = "merchant_listings_all_data"
    harness = make_harness(Fault(FaultKind.ERROR_SENTENCE, LISTINGS, EVER))
    output = harness.run(LISTINGS)
    assert len(output.failures) == 1
    output, _ = later(harness, 8, output, LISTINGS)
    assert output.failures == []
    (given_up,) = partition(output, stream)["given_up"]
    assert (given_up["since"], given_up["last_failed"]) == ("2020-06-12", "2020-06-20")

    output, requests = later(harness, 0, output, LISTINGS)
    assert (requests, output.failures) == (0, [])
    output, requests = later(harness, 1, output, LISTINGS)
    assert (requests, output.failures) == (1, [])
    assert partition(output, stream)["given_up"][0]["since"] == "2020-06-12"

    harness.strike()
    output, _ = later(harness, 1, output, LISTINGS)
    assert output.records(stream)
    assert partition(output, stream)["given_up"] == []


def refuse(*_: object) -> NoReturn:
    message = "the document is not a table"
    raise UnreadableDocument(message)


@pytest.mark.api(reason="each service lists in its own way")
def test_a_generated_report_is_given_up_by_its_id(harness, monkeypatch, whole_run) -> None:
    stream = "v2_settlement_report_data_flat_file_v2"
    whole = {each["_report_id"] for each in whole_run(SETTLEMENTS).records(stream)}
    assert len(whole) > 1
    with monkeypatch.context() as patch:
        patch.setattr("tap_mws_reports.streams.report_rows.open_document", refuse)
        output = harness.run(SETTLEMENTS)
        assert len(output.failures) == len(whole)
        assert {each["report_id"] for each in partition(output, stream)["failed_windows"]} == whole
        output, _ = later(harness, 8, output, SETTLEMENTS)
        new = output.failures  # of those that were made meanwhile
        assert len(partition(output, stream)["failed_windows"]) == len(new)
        assert {each["report_id"] for each in partition(output, stream)["given_up"]} == whole
    read = later(harness, 1, output, SETTLEMENTS)[0]
    assert read.failures == []
    assert partition(read, stream)["failed_windows"] == []
    assert not whole & {each["_report_id"] for each in read.records(stream)}
    requested = later(harness, 0, read, SETTLEMENTS, retry_failed_days=30)[0]
    assert {each["_report_id"] for each in requested.records(stream)} == whole
    assert (
        partition(requested, stream)["given_up"]
        == partition(requested, stream)["failed_windows"]
        == []
    )


def test_a_failure_of_an_earlier_release_dates_from_the_first_run_that_reads_it(
    make_harness,
) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, EVER, BAD))
    output = harness.run(WEEKLY, **END)
    del partition(output)["failed_windows"][0]["failed_since"]
    output, _ = later(harness, 30, output, WEEKLY, **END)
    assert len(output.failures) == 1
    assert partition(output)["failed_windows"][0]["failed_since"] == "2020-07-12"
    output, _ = later(harness, 7, output, WEEKLY, **END)
    assert output.failures == []


def test_with_zero_days_a_failure_is_given_up_at_once(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, EVER, BAD))
    output = harness.run(WEEKLY, retry_failed_days=0, **END)
    assert output.failures == []
    assert len(partition(output)["given_up"]) == 1


@pytest.mark.api(reason="each service lists in its own way")
def test_a_killed_retry_is_not_requested_twice(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, 3, BAD))
    output = harness.run(WEEKLY, **END)
    whole = later(harness, 1, output, WEEKLY, **END)[0]
    states = [each["value"] for each in whole.messages if each["type"] == "STATE"]
    killed = next(s for s in states if s["bookmarks"][STREAM]["partitions"][0].get("open_requests"))
    assert killed["bookmarks"][STREAM]["partitions"][0]["failed_windows"]
    harness.amazon.calls.clear()
    again = harness.run(WEEKLY, state=killed, **END)
    assert harness.amazon.calls.count("request") == 0
    assert partition(again)["failed_windows"] == partition(again)["open_requests"] == []


def test_state_with_given_up_windows_has_no_float(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, EVER, BAD))
    state = harness.run(WEEKLY, retry_failed_days=0, **END).state
    entries = state["bookmarks"][STREAM]["partitions"][0]["given_up"]
    assert all(isinstance(value, str) for each in entries for value in each.values())
