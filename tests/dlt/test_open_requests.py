from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tap_mws_reports.dlt.open_requests import OpenRequestsFile
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.state.bookmarks import Bookmark, OpenRequest
from tap_mws_reports.retrieval.state.partitions import context_of

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def partition_request(group: int) -> PartitionRequest:
    return PartitionRequest(
        "stream",
        "A1",
        "_GET_SOME_DATA_",
        "range",
        WindowRule(DAY),
        START,
        None,
        ("ATVPDKIKX0DER",),
        (("asin", "B1"),),
        Bookmark({}),
        group=group,
    )


@pytest.mark.parametrize("group", [1, 2])
def test_a_request_that_was_not_loaded_is_known_again(tmp_path: Path, group: int) -> None:
    request = OpenRequest("5", Interval(START, START + DAY), START + 2 * DAY)
    partition = {"context": context_of("A1", ["ATVPDKIKX0DER"], group)}
    Bookmark(partition).note_request(request)
    path = tmp_path / "open.json"
    OpenRequestsFile(path).save({"bookmarks": {"stream": {"partitions": [partition]}}})
    wanted = [partition_request(each) for each in (1, 2)]
    assert OpenRequestsFile(path).restore(wanted) == 1
    assert [each.bookmark.open_requests for each in wanted if each.group == group] == [[request]]
    assert OpenRequestsFile(path).restore(wanted) == 0
