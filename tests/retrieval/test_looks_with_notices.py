from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.looks import next_look, soonest
from tap_mws_reports.retrieval.windows import WindowRule
from tap_mws_reports.retrieval.work import Announcement, Work

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
NONE, EXPECTED, CAME = Announcement
HOUR = 3600


@pytest.mark.parametrize(
    ("announcement", "usual", "looked", "due"),
    [
        # With nothing announced: when reports of the type are usually ready, then with the age.
        (NONE, None, None, 20),
        (NONE, 300, None, 300),
        (NONE, 300, 200, 300),
        (NONE, 300, 300, 315),
        (NONE, None, 400, 500),
        (NONE, None, 30, 45),
        (NONE, 300, 10 * HOUR, 10 * HOUR + 600),
        # A notification is given five minutes, or half as long again as usual.
        (EXPECTED, None, None, 320),
        (EXPECTED, 60, None, 360),
        (EXPECTED, HOUR, None, 1.5 * HOUR),
        (EXPECTED, 60, 100, 360),
        (EXPECTED, 60, 360, 660),
        (EXPECTED, 60, HOUR, HOUR + 300),
        # What a notification has not told is looked up at once.
        (CAME, None, None, 0),
        (CAME, HOUR, None, 0),
        (CAME, HOUR, 100, 115),
    ],
)
def test_when_a_look_is_due(announcement, usual, looked, due) -> None:
    work = opened(0, announcement, looked)
    latencies = Latencies({"_GET_X_": [] if usual is None else [usual]})
    assert (next_look(work, latencies) - NOW).total_seconds() == due


def opened(submitted: float, announcement: Announcement, looked: float | None) -> Work:
    work = Work("x", ReportSpec("_GET_X_"), Bookmark({}), WindowRule(timedelta(days=30)))
    moment = NOW + timedelta(seconds=submitted)
    work.opened("1", moment, moment, adopted=False)
    work.announcement = announcement
    work.looked = None if looked is None else NOW + timedelta(seconds=looked)
    return work


@pytest.mark.parametrize(("announcement", "due"), [(NONE, 80), (EXPECTED, 620), (CAME, 60)])
def test_no_look_is_made_for_each_notification_that_is_overdue(announcement, due) -> None:
    """One look shows all requests, so those that are overdue share one every five minutes."""
    works = [opened(0, EXPECTED, 320), opened(60, announcement, None)]
    moments = {work: moment for moment, work in soonest(works, Latencies())}
    assert (moments[works[1]] - NOW).total_seconds() == due
