from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports.errors import StateError
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, GivenUp, OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def interval(start: int, end: int) -> Interval:
    return Interval(day(start), day(end))


def test_bookmark_is_the_end_of_the_contiguous_range() -> None:
    state: dict[str, Any] = {}
    bookmark = Bookmark(state)
    bookmark.complete_window(interval(0, 10), None)
    bookmark.complete_window(interval(20, 30), None)
    assert state["replication_key_value"] == "2026-01-11T00:00:00+00:00"
    bookmark.complete_window(interval(10, 20), None)
    assert state["replication_key_value"] == "2026-01-31T00:00:00+00:00"
    assert bookmark.done == [interval(0, 30)]


def test_completing_a_window_removes_its_request_and_its_failure() -> None:
    bookmark = Bookmark({})
    bookmark.give_up(FailedWindow(interval(0, 10), "too soon"))
    bookmark.record_request(OpenRequest("51781018424", interval(0, 10), day(11)))
    bookmark.complete_window(interval(0, 10), "51781018424")
    assert bookmark.open_requests == []
    assert bookmark.failed_windows == []


@pytest.mark.parametrize(
    ("finished", "left"),
    [
        (interval(0, 8), [interval(8, 10)]),
        (interval(5, 20), [interval(0, 5)]),
        (interval(3, 5), [interval(0, 3), interval(5, 10)]),
        (interval(0, 12), []),
        (interval(10, 12), [interval(0, 10)]),
    ],
)
def test_completing_a_part_of_a_failed_window_leaves_the_rest(
    finished: Interval, left: list[Interval]
) -> None:
    bookmark = Bookmark({})
    snapshot = FailedWindow(None, "cancelled", "3")
    document = FailedWindow(None, "damaged", "4", report_id="a")
    bookmark.give_up(snapshot)
    bookmark.give_up(FailedWindow(interval(0, 10), "too soon", "1"))
    bookmark.give_up(document)
    bookmark.complete_window(finished, "2")
    assert bookmark.failed_windows == [
        snapshot,
        *(FailedWindow(each, "too soon", "1") for each in left),
        document,
    ]


def test_a_request_is_recorded_once() -> None:
    bookmark = Bookmark({})
    for _ in range(2):
        bookmark.record_request(OpenRequest("1", interval(0, 10), day(11)))
    assert bookmark.open_requests == [OpenRequest("1", interval(0, 10), day(11))]


def test_a_failed_window_replaces_its_earlier_record() -> None:
    bookmark = Bookmark({})
    bookmark.give_up(FailedWindow(interval(0, 10), "cancelled", "1"))
    bookmark.give_up(FailedWindow(interval(0, 10), "damaged", "2"))
    bookmark.give_up(FailedWindow(None, "cancelled", "3"))
    assert bookmark.failed_windows == [
        FailedWindow(interval(0, 10), "damaged", "2"),
        FailedWindow(None, "cancelled", "3"),
    ]


def test_documents_are_removed_when_amazon_no_longer_lists_them() -> None:
    bookmark = Bookmark({})
    bookmark.complete_document("old", day(0))
    bookmark.complete_document("new", day(200))
    assert not bookmark.has_read("old")
    assert bookmark.has_read("new")


def test_a_document_is_known_by_each_of_its_ids() -> None:
    """MWS knows a report by its document and its request, SP-API by the request alone."""
    bookmark = Bookmark({})
    bookmark.complete_document("21175694", day(0), "50002018377")
    bookmark.complete_document("50003018391", day(1), "50003018391")
    bookmark.complete_document("21175696", day(2))
    assert bookmark.has_read("50002018377", "50002018377")
    assert bookmark.has_read("21175695", "50003018391")
    assert bookmark.has_read("21175696")
    assert not bookmark.has_read("21175697", "50004018405")
    assert not bookmark.has_read()


def test_an_old_document_does_not_move_the_bookmark_back() -> None:
    bookmark = Bookmark({})
    bookmark.complete_document("new", day(20))
    bookmark.complete_document("old", day(10))
    assert bookmark.snapshot_taken == day(20)


def test_every_change_of_the_state_is_atomic() -> None:
    # An interrupted run writes the state it has; a half-changed one would lose a request.
    class Watched(dict[str, Any]):
        updates = 0

        def update(self, *args: Any, **kwargs: Any) -> None:
            self.updates += 1
            super().update(*args, **kwargs)

    state = Watched()
    bookmark = Bookmark(state)
    bookmark.record_request(OpenRequest("1", interval(0, 10), day(11)))
    before = copy.deepcopy(dict(state))
    bookmark.complete_window(interval(0, 10), "1")
    assert state.updates == 2
    assert before["open_requests"]


def test_a_broken_state_is_refused() -> None:
    with pytest.raises(StateError, match="done"):
        _ = Bookmark({"done": {"a": 1}}).done


def given_up(window: Interval | None, last: int = 5, **ids: str) -> GivenUp:
    return GivenUp(window, "damaged", date(2026, 1, 1), day(last).date(), **ids)


def test_recorded_values_are_read_back() -> None:
    state: dict[str, Any] = {}
    noted = Bookmark(state)
    noted.record_latencies([90, 100])
    noted.record_row_counts([7, 8])
    noted.record_columns(12, [["sku", 3, "2026-01-01"]])
    noted.record_granted(day(1) + timedelta(milliseconds=1))
    noted.record_written("a")
    noted.record_written("b")

    read = Bookmark(copy.deepcopy(state))

    assert (read.latencies, read.row_counts) == ([90, 100], [7, 8])
    assert (read.compared_columns, read.absent_columns) == (12, [("sku", 3, "2026-01-01")])
    assert read.last_granted == day(1).timestamp() + 1
    assert read.to_acknowledge == ["a", "b"]
    read.remove_acknowledged({"a", "c"})
    assert read.to_acknowledge == ["b"]
    assert Bookmark({}).compared_columns == 0


def test_removing_a_request_leaves_the_others() -> None:
    bookmark = Bookmark({})
    requests = [OpenRequest(each, interval(0, 10), day(11)) for each in ("1", "2")]
    for each in requests:
        bookmark.record_request(each)
    bookmark.remove_request("1")
    assert bookmark.open_requests == requests[1:]


def test_a_request_that_is_open_again_does_not_time_out_twice() -> None:
    bookmark = Bookmark({})
    since = date(2026, 1, 5)
    timed_out = [
        FailedWindow(interval(0, 10), "timed out", "1", day(1), failed_since=since),
        FailedWindow(interval(10, 20), "timed out", "2", day(2), failed_since=since),
        FailedWindow(interval(20, 30), "damaged", "3", failed_since=since),
    ]
    for each in timed_out:
        bookmark.give_up(each)
    assert bookmark.timed_out_requests == [
        OpenRequest("1", interval(0, 10), day(1)),
        OpenRequest("2", interval(10, 20), day(2)),
    ]
    bookmark.record_request(OpenRequest("1", interval(0, 10), day(1)))
    assert bookmark.failed_windows == [replace(timed_out[0], submitted=None), *timed_out[1:]]


def test_a_window_that_fails_again_keeps_the_date_of_its_first_failure() -> None:
    bookmark = Bookmark({})
    first, second = date(2026, 1, 1), date(2026, 1, 2)
    bookmark.record_request(OpenRequest("2", interval(0, 10), day(11)))
    bookmark.record_request(OpenRequest("3", interval(10, 20), day(11)))
    bookmark.give_up(FailedWindow(interval(0, 10), "damaged", "1", failed_since=first))
    bookmark.give_up(FailedWindow(interval(0, 10), "cancelled", "2", failed_since=second))
    bookmark.give_up(FailedWindow(interval(5, 15), "cancelled", "4", failed_since=second))
    assert bookmark.failed_windows == [
        FailedWindow(interval(0, 10), "cancelled", "2", failed_since=first),
        FailedWindow(interval(5, 15), "cancelled", "4", failed_since=second),
    ]
    assert [each.report_request_id for each in bookmark.open_requests] == ["3"]


def test_failures_are_recorded_by_report() -> None:
    bookmark = Bookmark({})
    failures = [
        FailedWindow(None, "damaged", "1", report_id="a", failed_since=date(2026, 1, 1)),
        FailedWindow(None, "damaged", "2", report_id="b", failed_since=date(2026, 1, 2)),
    ]
    for each in failures:
        bookmark.give_up(each)
    assert bookmark.failed_windows == failures
    again = replace(failures[0], report_request_id="3")
    bookmark.give_up(again)
    assert bookmark.failed_windows == [failures[1], again]
    bookmark.complete_document("a", day(1))
    assert bookmark.failed_windows == failures[1:]


def test_a_written_snapshot_removes_only_its_own_failures() -> None:
    bookmark = Bookmark({})
    window, report = given_up(interval(0, 10)), given_up(None, report_id="a")
    failed = [
        FailedWindow(None, "cancelled", "1"),
        FailedWindow(interval(10, 20), "cancelled", "2"),
        FailedWindow(None, "damaged", "3", report_id="b"),
    ]
    bookmark.replace_failures(failed, [window, given_up(None), report])
    for each in ("4", "5"):
        bookmark.record_request(OpenRequest(each, None, day(11)))
    assert bookmark.given_up_snapshot == given_up(None)

    bookmark.complete_snapshot(day(12), "4")

    assert bookmark.failed_windows == failed[1:]
    assert (bookmark.given_up, bookmark.given_up_snapshot) == ([window, report], None)
    assert [each.report_request_id for each in bookmark.open_requests] == ["5"]
    assert bookmark.snapshot_taken == day(12)


def test_an_advanced_bookmark_names_its_column() -> None:
    state: dict[str, Any] = {}
    Bookmark(state).complete_snapshot(day(1), None)
    assert state["replication_key"] == "_data_end"
    assert state["replication_key_value"] == "2026-01-02T00:00:00+00:00"


def test_a_document_is_removed_after_180_days() -> None:
    bookmark = Bookmark({})
    bookmark.complete_document("old", day(0))
    bookmark.complete_document("kept", day(1), "7")
    bookmark.complete_document("new", day(180))
    assert not bookmark.has_read("old")
    assert bookmark.has_read("kept")
    assert bookmark.has_read("7")


def test_a_given_up_document_is_known_by_its_ids_and_a_window_is_not() -> None:
    bookmark = Bookmark({})
    report = given_up(None, report_id="a", report_request_id="1")
    bookmark.replace_failures([], [given_up(interval(0, 10), report_request_id="2"), report])
    assert bookmark.has_given_up("a")
    assert bookmark.has_given_up("b", "1")
    assert not bookmark.has_given_up("2")
    assert not bookmark.has_read("a", "1")


def test_given_up_windows_count_as_passed_until_they_are_retried() -> None:
    state: dict[str, Any] = {}
    bookmark = Bookmark(state)
    bookmark.complete_window(interval(10, 20), None)
    bookmark.replace_failures([], [given_up(interval(0, 10))])
    assert bookmark.snapshot_taken == day(20)
    bookmark.replace_failures([FailedWindow(interval(0, 10), "damaged")], [])
    assert bookmark.done == [interval(10, 20)]
    assert bookmark.snapshot_taken == day(20)


def test_the_bookmark_goes_back_where_all_windows_are_retried() -> None:
    bookmark = Bookmark({})
    bookmark.replace_failures([], [given_up(interval(0, 10)), given_up(interval(10, 20))])
    assert bookmark.snapshot_taken == day(20)
    retried = [
        FailedWindow(interval(10, 20), "damaged"),
        FailedWindow(interval(0, 10), "damaged"),
        FailedWindow(None, "damaged", report_id="a"),
    ]
    bookmark.replace_failures(retried, [])
    assert (bookmark.failed_windows, bookmark.given_up) == (retried, [])
    assert bookmark.snapshot_taken == day(0)


@pytest.mark.parametrize(
    ("before", "retried"),
    [
        pytest.param([], [FailedWindow(interval(0, 10), "damaged")], id="none was given up"),
        pytest.param([given_up(None)], [FailedWindow(interval(0, 10), "damaged")], id="a snapshot"),
        pytest.param([given_up(None)], [FailedWindow(None, "damaged")], id="no window"),
    ],
)
def test_the_bookmark_stays_without_windows_that_were_given_up(
    before: list[GivenUp], retried: list[FailedWindow]
) -> None:
    bookmark = Bookmark({})
    bookmark.replace_failures([], before)
    bookmark.replace_failures(retried, [])
    assert bookmark.failed_windows == retried
    assert bookmark.snapshot_taken is None


def test_failures_of_documents_are_removed_after_180_days_and_others_never() -> None:
    bookmark = Bookmark({})
    kept = [given_up(None, 0), given_up(interval(0, 10), 0), given_up(None, 1, report_id="kept")]
    newest = given_up(None, 180, report_id="new")
    bookmark.replace_failures([], [*kept, given_up(None, 0, report_id="old"), newest])
    assert bookmark.given_up == [*kept, newest]


def test_invalid_entries_are_removed_and_the_rest_is_kept() -> None:
    state: dict[str, Any] = {}
    bookmark = Bookmark(state)
    windows = [interval(0, 10), interval(10, 25), None]
    failures = [FailedWindow(each, "damaged") for each in windows]
    bookmark.replace_failures(failures, map(given_up, windows))
    for each in windows:
        bookmark.record_request(OpenRequest(str(each), each, day(11)))

    bookmark.keep(iter([interval(25, 30)]), lambda each: each == interval(0, 10))

    assert [each.interval for each in bookmark.open_requests] == [interval(0, 10), None]
    assert bookmark.failed_windows == [failures[0], failures[2]]
    assert bookmark.given_up == [given_up(interval(0, 10)), given_up(None)]
    assert bookmark.done == [interval(25, 30)]
    assert state["done"] == [["2026-01-26T00:00:00+00:00", "2026-01-31T00:00:00+00:00"]]
    assert bookmark.snapshot_taken == day(10), "the window that was given up and fits"


def test_a_broken_state_is_explained_with_a_hint() -> None:
    with pytest.raises(StateError) as raised:
        _ = Bookmark({"latencies": {}}).latencies
    assert str(raised.value).startswith("The state's `latencies` is not a list.")
    assert raised.value.hint == "Give a state this tap wrote, or start without one."
