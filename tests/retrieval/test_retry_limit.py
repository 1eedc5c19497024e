"""What fails again and again is given up, and can be asked for again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

import pytest

from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.retrieval.bookmarks import Bookmark, GivenUp, Hole, OpenRequest
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.retry_limit import date_failures, expire, reopen
from tap_mws_reports.retrieval.windows import WindowRule, new_windows, snapshot_due
from tap_mws_reports.sandbox.faults import Fault, FaultKind

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


def span(start: int, end: int) -> Span:
    return Span(day(start), day(end))


def hole(start: int, end: int, since: int = 0, reason: str = "refused") -> Hole:
    return Hole(span(start, end), reason, failed_since=day(since).date())


def failing(
    *holes: Hole, done: tuple[Span, ...] = (), state: dict[str, Any] | None = None
) -> Bookmark:
    bookmark = Bookmark({} if state is None else state)
    for each in done:
        bookmark.close(each, None)
    for each in holes:
        bookmark.give_up(each)
    return bookmark


def spans(entries: Any) -> list[Span]:
    return [each.span for each in entries]


@pytest.mark.parametrize(
    ("bookmark", "tried", "today", "given_up"),
    [
        (failing(hole(0, 1)), [span(0, 1)], 6, []),
        (failing(hole(0, 1)), [span(0, 1)], 7, [span(0, 1)]),
        # What was not tried in this run is not given up.
        (failing(hole(0, 1)), [], 30, []),
        # A new window of a type that fails altogether is as old as the first failure...
        (failing(hole(0, 1), hole(1, 8, since=8)), [span(0, 1), span(1, 8)], 8, [span(0, 8)]),
        # ... but not where something was finished in between, or lies behind.
        (
            failing(hole(0, 1), hole(2, 8, since=8), done=(span(1, 2),)),
            [span(0, 1), span(2, 8)],
            8,
            [span(0, 1)],
        ),
        (failing(hole(0, 1), hole(1, 2, 8), done=(span(2, 3),)), [span(1, 2)], 8, []),
        # Those of other reasons are told apart.
        (
            failing(hole(0, 1), hole(1, 2, reason="damaged")),
            [span(0, 1), span(1, 2)],
            9,
            [span(0, 1), span(1, 2)],
        ),
    ],
)
def test_what_failed_for_too_long_is_given_up(bookmark, tried, today, given_up) -> None:
    closed = expire(bookmark, [(each, None) for each in tried], day(today).date(), 7)
    assert spans(bookmark.given_up) == given_up
    assert bool(closed) == bool(given_up)
    assert not set(spans(bookmark.holes)) & set(spans(closed))


def test_given_up_windows_are_passed_by_the_bookmark_and_are_not_done() -> None:
    state: dict[str, Any] = {}
    bookmark = failing(hole(10, 20), done=(span(0, 10), span(20, 30)), state=state)
    assert state["replication_key_value"] == day(10).isoformat()
    expire(bookmark, [(span(10, 20), None)], day(9).date(), 7)
    assert state["replication_key_value"] == day(30).isoformat()
    assert bookmark.done == [span(0, 10), span(20, 30)]
    assert list(new_windows(span(0, 30), RULE, bookmark)) == []
    bookmark.close(span(30, 40), None)
    assert state["replication_key_value"] == day(40).isoformat()


def test_a_longer_limit_takes_windows_up_again_cut_as_they_may_be() -> None:
    state: dict[str, Any] = {}
    bookmark = failing(hole(0, 10), hole(10, 25, since=25), state=state)
    expire(bookmark, [(span(0, 10), None), (span(10, 25), None)], day(25).date(), 7)
    assert spans(bookmark.given_up) == [span(0, 25)]
    assert reopen(bookmark, RULE, day(26).date(), 7) == 0
    assert reopen(bookmark, RULE, day(26).date(), 27) == 1
    assert spans(bookmark.holes) == [span(0, 10), span(10, 20), span(20, 25)]
    assert bookmark.given_up == []
    assert {each.failed_since for each in bookmark.holes} == {FIRST}
    assert state["replication_key_value"] == day(0).isoformat()


def test_old_states_get_the_date_of_today_once() -> None:
    state: dict[str, Any] = {"holes": [{"reason": "cancelled"}]}
    bookmark = Bookmark(state)
    date_failures(bookmark, FIRST)
    date_failures(bookmark, date(2026, 2, 2))
    assert state["holes"] == [{"reason": "cancelled", "failed_since": "2026-01-01"}]


def test_the_date_of_the_first_failure_outlives_a_request_and_a_further_failure() -> None:
    bookmark = Bookmark({})
    bookmark.give_up(Hole(span(0, 1), "stuck", "5", day(1), failed_since=FIRST))
    bookmark.note_request(OpenRequest("5", span(0, 1), day(1)))
    assert bookmark.overdue_requests == []
    bookmark.forget_request("5")
    bookmark.give_up(Hole(span(0, 1), "cancelled", "6", failed_since=date(2026, 1, 9)))
    assert bookmark.holes == [Hole(span(0, 1), "cancelled", "6", failed_since=FIRST)]


def test_after_given_up_windows_new_ones_are_tried_once_a_day() -> None:
    bookmark = failing(hole(0, 1))
    expire(bookmark, [(span(0, 1), None)], day(8).date(), 7)
    hours = {hour: Span(day(0), day(1) + timedelta(hours=hour)) for hour in (1, 19, 21, 48)}
    found = {hour: len(list(new_windows(whole, RULE, bookmark))) for hour, whole in hours.items()}
    assert found == {1: 0, 19: 0, 21: 1, 48: 1}


def test_a_snapshot_that_was_given_up_is_tried_once_a_day() -> None:
    bookmark = failing(Hole(None, "no role", failed_since=FIRST))
    assert snapshot_due(bookmark, RULE, None, day(8))
    expire(bookmark, [(None, None)], day(8).date(), 7)
    assert bookmark.given_up == [GivenUp(None, "no role", FIRST, day(8).date())]
    assert not snapshot_due(bookmark, RULE, None, day(8) + timedelta(hours=23))
    assert snapshot_due(bookmark, RULE, None, day(9))
    bookmark.close_snapshot(day(9), None)
    assert bookmark.given_up == bookmark.holes == []


def partition(output, stream: str = STREAM) -> dict[str, Any]:
    return output.bookmark(stream)["partitions"][0]


def later(bench, days: int, output, *reports: object, **settings: Any):
    """Run again so many days after the last run began, and count its requests."""
    bench.clock.sleep(days * DAY)
    bench.amazon.calls.clear()
    again = bench.run(*reports, state=json.loads(json.dumps(output.state)), **settings)
    return again, bench.amazon.calls.count("request")


def warnings_of(caplog) -> list[str]:
    return [each.message for each in caplog.records if "Not retried any more" in each.message]


def test_a_bad_window_today_in_3_days_in_8_days_and_when_it_works_again(
    make_bench, whole_run, caplog
) -> None:
    bench = make_bench(Fault(FaultKind.CANCELLED, ORDERS, EVER, BAD))
    first = bench.run(WEEKLY, **END)
    (failed,) = partition(first)["holes"]
    assert failed["failed_since"] == "2020-06-12"
    assert len(first.failures) == 1

    second, requests = later(bench, 3, first, WEEKLY, **END)
    assert requests >= 1
    assert len(second.failures) == 1
    assert partition(second)["holes"][0]["failed_since"] == "2020-06-12"
    assert warnings_of(caplog) == []

    third, requests = later(bench, 5, second, WEEKLY, **END)
    assert requests >= 1
    assert third.failures == []
    assert not partition(third)["holes"]
    (given_up,) = partition(third)["given_up"]
    assert (given_up["since"], given_up["start"]) == ("2020-06-12", BAD.isoformat())
    assert given_up["report_request_id"]
    assert partition(third)["replication_key_value"] == "2020-06-08T00:00:00+00:00"
    assert not any(pair[0] <= BAD.isoformat() < pair[1] for pair in partition(third)["done"])
    (warning,) = warnings_of(caplog)
    assert "2020-04-27T00:00Z to 2020-05-04T00:00Z, seller A1SANDBOXNA" in warning
    assert "without a reason" in warning
    assert "`retry_failed_days` set to 9 or more" in warning

    bench.strike()
    fourth, requests = later(bench, 1, third, WEEKLY, **END)
    assert (requests, fourth.failures) == (0, [])
    assert partition(fourth)["given_up"] == partition(third)["given_up"]
    assert len(warnings_of(caplog)) == 2

    fifth, requests = later(bench, 0, fourth, WEEKLY, retry_failed_days=10, **END)
    assert (requests, fifth.failures) == (1, [])
    assert partition(fifth)["given_up"] == partition(fifth)["holes"] == []
    assert len(warnings_of(caplog)) == 2
    whole = whole_run(WEEKLY, **END)
    assert {*first.keys(STREAM), *fifth.keys(STREAM)} == set(whole.keys(STREAM))


def test_a_type_that_fails_altogether_is_quiet_after_a_week_and_goes_on_when_it_works(
    make_bench, caplog
) -> None:
    bench = make_bench(Fault(FaultKind.CANCELLED, ORDERS, EVER))
    start = {"start_date": "2020-06-01T00:00:00Z"}
    output = bench.run(ORDERS, **start)
    counts = [len(output.failures)]
    for _ in range(8):
        output, _ = later(bench, 1, output, ORDERS, **start)
        counts.append(len(output.failures))
    assert counts == [1, 2, 3, 4, 5, 6, 7, 0, 0]
    assert len(partition(output)["given_up"]) == 1
    assert partition(output)["holes"] == []

    bench.strike()
    output, requests = later(bench, 1, output, ORDERS, **start)
    assert (requests, output.failures) == (1, [])
    assert output.records(STREAM)
    # What is missing is still said.
    assert "given_up" in partition(output)
    assert "failing since 2020-06-12" in warnings_of(caplog)[-1]


@pytest.mark.api("sp_api", reason="MWS knows no roles")
def test_a_missing_role_fails_no_run_for_ever(make_bench, caplog) -> None:
    bench = make_bench(Fault(FaultKind.ROLE_MISSING, ORDERS, EVER))
    output = bench.run(WEEKLY, **END)
    assert len(output.failures) == 8
    output, _ = later(bench, 7, output, WEEKLY, **END)
    assert output.failures == []
    assert len(partition(output)["given_up"]) == 1
    output, requests = later(bench, 1, output, WEEKLY, **END)
    assert (requests, output.failures) == (0, [])
    assert "2020-04-13T00:00Z to 2020-06-08T00:00Z" in warnings_of(caplog)[-1]


def test_a_snapshot_that_fails_for_ever_ends_no_run_for_ever(make_bench) -> None:
    stream = "merchant_listings_all_data"
    bench = make_bench(Fault(FaultKind.ERROR_SENTENCE, LISTINGS, EVER))
    output = bench.run(LISTINGS)
    assert len(output.failures) == 1
    output, _ = later(bench, 8, output, LISTINGS)
    assert output.failures == []
    (given_up,) = partition(output, stream)["given_up"]
    assert (given_up["since"], given_up["last_failed"]) == ("2020-06-12", "2020-06-20")

    output, requests = later(bench, 0, output, LISTINGS)
    assert (requests, output.failures) == (0, [])
    output, requests = later(bench, 1, output, LISTINGS)
    assert (requests, output.failures) == (1, [])
    assert partition(output, stream)["given_up"][0]["since"] == "2020-06-12"

    bench.strike()
    output, _ = later(bench, 1, output, LISTINGS)
    assert output.records(stream)
    assert partition(output, stream)["given_up"] == []


def refuse(*_: object) -> NoReturn:
    message = "the document is no table"
    raise UnreadableDocument(message)


def test_a_report_made_unasked_is_given_up_by_its_id(bench, monkeypatch, whole_run) -> None:
    stream = "v2_settlement_report_data_flat_file_v2"
    whole = {each["_report_id"] for each in whole_run(SETTLEMENTS).records(stream)}
    assert len(whole) > 1
    with monkeypatch.context() as patch:
        patch.setattr("tap_mws_reports.streams.rows.open_rows", refuse)
        output = bench.run(SETTLEMENTS)
        assert len(output.failures) == len(whole)
        assert {each["report_id"] for each in partition(output, stream)["holes"]} == whole
        output, _ = later(bench, 8, output, SETTLEMENTS)
        new = output.failures  # of those that were made meanwhile
        assert len(partition(output, stream)["holes"]) == len(new)
        assert {each["report_id"] for each in partition(output, stream)["given_up"]} == whole
    read = later(bench, 1, output, SETTLEMENTS)[0]
    assert read.failures == []
    assert partition(read, stream)["holes"] == []
    assert not whole & {each["_report_id"] for each in read.records(stream)}
    asked = later(bench, 0, read, SETTLEMENTS, retry_failed_days=30)[0]
    assert {each["_report_id"] for each in asked.records(stream)} == whole
    assert partition(asked, stream)["given_up"] == partition(asked, stream)["holes"] == []


def test_a_hole_of_an_earlier_release_is_as_old_as_the_run_that_first_sees_it(make_bench) -> None:
    bench = make_bench(Fault(FaultKind.CANCELLED, ORDERS, EVER, BAD))
    output = bench.run(WEEKLY, **END)
    del partition(output)["holes"][0]["failed_since"]
    output, _ = later(bench, 30, output, WEEKLY, **END)
    assert len(output.failures) == 1
    assert partition(output)["holes"][0]["failed_since"] == "2020-07-12"
    output, _ = later(bench, 7, output, WEEKLY, **END)
    assert output.failures == []


def test_with_no_days_a_failure_is_given_up_at_once(make_bench) -> None:
    bench = make_bench(Fault(FaultKind.CANCELLED, ORDERS, EVER, BAD))
    output = bench.run(WEEKLY, retry_failed_days=0, **END)
    assert output.failures == []
    assert len(partition(output)["given_up"]) == 1


def test_a_retry_that_was_killed_is_not_asked_for_twice(make_bench) -> None:
    bench = make_bench(Fault(FaultKind.CANCELLED, ORDERS, 3, BAD))
    output = bench.run(WEEKLY, **END)
    whole = later(bench, 1, output, WEEKLY, **END)[0]
    states = [each["value"] for each in whole.messages if each["type"] == "STATE"]
    killed = next(s for s in states if s["bookmarks"][STREAM]["partitions"][0].get("open"))
    assert killed["bookmarks"][STREAM]["partitions"][0]["holes"]
    bench.amazon.calls.clear()
    again = bench.run(WEEKLY, state=killed, **END)
    assert bench.amazon.calls.count("request") == 0
    assert partition(again)["holes"] == partition(again)["open"] == []


def test_state_with_given_up_windows_has_no_float(make_bench) -> None:
    bench = make_bench(Fault(FaultKind.CANCELLED, ORDERS, EVER, BAD))
    state = bench.run(WEEKLY, retry_failed_days=0, **END).state
    entries = state["bookmarks"][STREAM]["partitions"][0]["given_up"]
    assert all(isinstance(value, str) for each in entries for value in each.values())
