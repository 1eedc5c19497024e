"""Report requests that only `open_report_requests.json` knows, after runs that were killed."""

from __future__ import annotations

import json
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports.dlt.open_requests import OpenRequestsFile
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.partitions import context_of
from tap_mws_reports.sandbox.http import Request, Response
from tests.dlt.test_loading import END, ORDERS, STREAM, by_key, loaded

# Amazon's list shows no options, so requests with options are never found in it.
WITH_OPTIONS = {"type": ORDERS, "window_days": 14, "options": {"ShowSalesChannel": "true"}}
FILE = "open_report_requests.json"
DAY = timedelta(days=1)
START = datetime(2020, 5, 1, tzinfo=UTC)


class Killed(BaseException):
    """Ends a run as SIGKILL does: no handler runs, and nothing is loaded."""


def kill_at(harness: Any, monkeypatch: pytest.MonkeyPatch, word: str, count: int) -> None:
    """Let the run end as a call is answered: the count-th with this word."""
    handle = harness.amazon.handle

    def handle_or_kill(request: Request, now: datetime) -> Response:
        response: Response = handle(request, now)
        if harness.amazon.calls[-1] == word and harness.amazon.calls.count(word) == count:
            raise Killed
        return response

    monkeypatch.setattr(harness.amazon, "handle", handle_or_kill)


def requested(harness: Any) -> Counter[datetime]:
    """Return how often each window was requested."""
    entries = harness.amazon.accounts["NA"].requests.values()
    return Counter(entry.spec.start for entry in entries if entry.spec.report_type == ORDERS)


@pytest.mark.api(slow="mws", reason="the file is the same over both services")
@pytest.mark.parametrize(("word", "count"), [("request", 3), ("download", 1), ("download", 3)])
def test_a_killed_run_requests_nothing_twice(
    harness, warehouse, whole_run, monkeypatch, word, count
) -> None:
    with monkeypatch.context() as patch:
        kill_at(harness, patch, word, count)
        with pytest.raises(Killed):
            warehouse.load(harness, WITH_OPTIONS, **END)
    before = requested(harness)
    assert sum(before.values()) >= 2

    warehouse.load(harness, WITH_OPTIONS, **END)

    # The request at whose answer the run was killed had no time to be noted.
    twice = int(word == "request")
    assert requested(harness).total() == len(requested(harness)) + twice
    assert len(requested(harness)) == 4
    expected = whole_run(WITH_OPTIONS, **END)
    assert loaded(warehouse, expected, STREAM).keys() == by_key(expected, STREAM).keys()


@pytest.mark.api("mws", reason="the file is the same over both services")
def test_without_the_file_requests_are_repeated(harness, warehouse, monkeypatch, caplog) -> None:
    with monkeypatch.context() as patch:
        kill_at(harness, patch, "download", 1)
        with pytest.raises(Killed):
            warehouse.load(harness, WITH_OPTIONS, **END)
    path = warehouse.folder / "pipelines" / "amazon_reports" / FILE
    assert len(json.loads(path.read_text())[0]["open_requests"]) == 4
    path.write_text('[{"stream": 1}]')

    warehouse.load(harness, WITH_OPTIONS, **END)

    assert set(requested(harness).values()) == {2}
    assert f"{FILE} cannot be read" in caplog.text
    assert json.loads(path.read_text()) == []


class OnePartition:
    """What the file needs to know of a partition of a stream."""

    stream = "orders"
    seller_id = "A1"
    marketplace_ids = ("US",)

    def __init__(self, state: dict[str, Any], group: int = 1) -> None:
        self.group = group
        self.state = {"context": context_of("A1", ["US"], group), **state}
        self.bookmark = Bookmark(self.state)

    def tap_state(self) -> dict[str, Any]:
        return {"bookmarks": {self.stream: {"partitions": [self.state]}}}

    def ids(self) -> list[str]:
        return [each.report_request_id for each in self.bookmark.open_requests]


def window(day: int) -> Interval:
    return Interval(START + day * DAY, START + (day + 1) * DAY)


def request(name: str, day: int | None) -> OpenRequest:
    return OpenRequest(name, None if day is None else window(day), START + 30 * DAY)


def saved(path: Any, *requests: OpenRequest) -> None:
    """Write a file as a run does that was killed after these requests."""
    partition = OnePartition({})
    file = OpenRequestsFile(path)
    for each in requests:
        partition.bookmark.record_request(each)
        file.save(partition.tap_state())


def test_requests_in_the_bookmarks_are_not_restored(tmp_path) -> None:
    path = tmp_path / FILE
    saved(path, *(request(str(day), day) for day in range(4)))
    partition = OnePartition({})
    partition.bookmark.complete_window(window(0), "0")
    partition.bookmark.record_request(request("1", 1))
    # The report of 2 failed for good; if it were restored, it would never be requested again.
    partition.state["failed_windows"] = [FailedWindow(window(2), "FATAL", "2").entry]

    assert OpenRequestsFile(path).restore([partition]) == 1
    assert partition.ids() == ["1", "3"]


@pytest.mark.parametrize(
    ("taken", "restored"), [(None, ["s"]), (29, ["s"]), (30, []), (31, [])], ids=str
)
def test_a_snapshot_is_restored_unless_a_later_one_is_loaded(tmp_path, taken, restored) -> None:
    saved(tmp_path / FILE, request("s", None))
    partition = OnePartition({})
    if taken is not None:
        partition.bookmark.complete_snapshot(START + taken * DAY, "other")

    OpenRequestsFile(tmp_path / FILE).restore([partition])

    assert partition.ids() == restored


def test_a_request_is_kept_until_its_rows_are_loaded(tmp_path) -> None:
    path = tmp_path / FILE
    partition, file = OnePartition({}), OpenRequestsFile(path)
    for day in range(2):
        partition.bookmark.record_request(request(str(day), day))
    file.save(partition.tap_state())
    partition.bookmark.complete_window(window(0), "0")  # read, and not loaded yet
    file.save(partition.tap_state())
    again = OnePartition({})
    assert OpenRequestsFile(path).restore([again]) == 2

    file.settle()

    again = OnePartition({})
    assert OpenRequestsFile(path).restore([again]) == 1
    assert again.ids() == ["1"]


def test_the_newest_request_of_a_window_counts(tmp_path) -> None:
    saved(tmp_path / FILE, request("cancelled", 0), request("retried", 0))
    partition = OnePartition({})
    assert OpenRequestsFile(tmp_path / FILE).restore([partition]) == 1
    assert partition.ids() == ["retried"]


def test_restored_requests_survive_a_second_kill(tmp_path) -> None:
    path = tmp_path / FILE
    saved(path, request("0", 0))
    second, partition = OpenRequestsFile(path), OnePartition({})
    second.restore([partition])
    partition.bookmark.complete_window(window(0), "0")
    second.save(partition.tap_state())
    again = OnePartition({})
    assert OpenRequestsFile(path).restore([again]) == 1


@pytest.mark.parametrize("text", ["{", "[]", "{}", "[1]", '[{"stream": "orders"}]', "null"])
def test_a_foreign_file_is_reported_and_left_alone(tmp_path, caplog, text) -> None:
    (tmp_path / FILE).write_text(text)
    with caplog.at_level(logging.WARNING):
        assert OpenRequestsFile(tmp_path / FILE).restore([OnePartition({})]) == 0
    assert ("cannot be read" in caplog.text) == (text not in {"[]", "{}"})


@pytest.mark.parametrize("group", [1, 2])
def test_a_request_is_restored_for_its_group_of_values(tmp_path, group) -> None:
    request = OpenRequest("5", window(1), START)
    groups = {number: OnePartition({}, number) for number in (1, 2)}
    saved = OnePartition({}, group)
    saved.bookmark.record_request(request)
    OpenRequestsFile(tmp_path / "open.json").save(saved.tap_state())

    assert OpenRequestsFile(tmp_path / "open.json").restore(groups.values()) == 1
    assert [number for number, each in groups.items() if each.ids()] == [group]
