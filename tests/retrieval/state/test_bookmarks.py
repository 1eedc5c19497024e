from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports.errors import StateError
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def interval(start: int, end: int) -> Interval:
    return Interval(day(start), day(end))


def test_bookmark_is_the_end_of_the_unbroken_stretch() -> None:
    state: dict[str, Any] = {}
    bookmark = Bookmark(state)
    bookmark.close(interval(0, 10), None)
    bookmark.close(interval(20, 30), None)
    assert state["replication_key_value"] == "2026-01-11T00:00:00+00:00"
    bookmark.close(interval(10, 20), None)
    assert state["replication_key_value"] == "2026-01-31T00:00:00+00:00"
    assert bookmark.done == [interval(0, 30)]


def test_closing_a_window_drops_its_request_and_its_hole() -> None:
    bookmark = Bookmark({})
    bookmark.give_up(FailedWindow(interval(0, 10), "too soon"))
    bookmark.note_request(OpenRequest("51781018424", interval(0, 10), day(11)))
    bookmark.close(interval(0, 10), "51781018424")
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
def test_closing_a_part_of_a_failed_window_leaves_the_rest(
    finished: Interval, left: list[Interval]
) -> None:
    bookmark = Bookmark({})
    snapshot = FailedWindow(None, "cancelled", "3")
    bookmark.give_up(FailedWindow(interval(0, 10), "too soon", "1"))
    bookmark.give_up(snapshot)
    bookmark.close(finished, "2")
    assert bookmark.failed_windows == [
        *(FailedWindow(each, "too soon", "1") for each in left),
        snapshot,
    ]


def test_a_request_is_noted_once() -> None:
    bookmark = Bookmark({})
    for _ in range(2):
        bookmark.note_request(OpenRequest("1", interval(0, 10), day(11)))
    assert bookmark.open_requests == [OpenRequest("1", interval(0, 10), day(11))]


def test_a_hole_replaces_the_earlier_record_of_it() -> None:
    bookmark = Bookmark({})
    bookmark.give_up(FailedWindow(interval(0, 10), "cancelled", "1"))
    bookmark.give_up(FailedWindow(interval(0, 10), "damaged", "2"))
    bookmark.give_up(FailedWindow(None, "cancelled", "3"))
    assert bookmark.failed_windows == [
        FailedWindow(interval(0, 10), "damaged", "2"),
        FailedWindow(None, "cancelled", "3"),
    ]


def test_documents_are_forgotten_when_amazon_no_longer_lists_them() -> None:
    bookmark = Bookmark({})
    bookmark.close_document("old", day(0))
    bookmark.close_document("new", day(200))
    assert not bookmark.has_read("old")
    assert bookmark.has_read("new")


def test_a_document_is_known_by_every_id_that_it_goes_by() -> None:
    """MWS knows a report by its document and its request, SP-API by the request alone."""
    bookmark = Bookmark({})
    bookmark.close_document("21175694", day(0), "50002018377")
    bookmark.close_document("50003018391", day(1), "50003018391")
    bookmark.close_document("21175696", day(2))
    assert bookmark.has_read("50002018377", "50002018377")
    assert bookmark.has_read("21175695", "50003018391")
    assert bookmark.has_read("21175696")
    assert not bookmark.has_read("21175697", "50004018405")
    assert not bookmark.has_read()


def test_an_old_document_does_not_move_the_bookmark_back() -> None:
    bookmark = Bookmark({})
    bookmark.close_document("new", day(20))
    bookmark.close_document("old", day(10))
    assert bookmark.snapshot_taken == day(20)


def test_every_change_leaves_the_state_it_found_untouched_until_it_is_whole() -> None:
    # An interrupted run writes the state it has; a half-changed one would lose a request.
    class Watched(dict[str, Any]):
        updates = 0

        def update(self, *args: Any, **kwargs: Any) -> None:
            self.updates += 1
            super().update(*args, **kwargs)

    state = Watched()
    bookmark = Bookmark(state)
    bookmark.note_request(OpenRequest("1", interval(0, 10), day(11)))
    before = copy.deepcopy(dict(state))
    bookmark.close(interval(0, 10), "1")
    assert state.updates == 2
    assert before["open_requests"]


def test_a_broken_state_is_refused() -> None:
    with pytest.raises(StateError, match="done"):
        _ = Bookmark({"done": {"a": 1}}).done
