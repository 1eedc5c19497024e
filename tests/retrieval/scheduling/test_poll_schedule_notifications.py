from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.report_job import NotificationState, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.scheduling.poll_schedule import by_next_poll, next_poll
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
NONE, EXPECTED, CAME = NotificationState
HOUR = 3600


@pytest.mark.parametrize(
    ("notification_state", "p75", "last_polled", "due"),
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
def test_when_a_poll_is_due(notification_state, p75, last_polled, due) -> None:
    job = opened(0, notification_state, last_polled)
    latencies = Latencies({"_GET_X_": [] if p75 is None else [p75]})
    assert (next_poll(job, latencies) - NOW).total_seconds() == due


def opened(
    submitted: float, notification_state: NotificationState, last_polled: float | None
) -> ReportJob:
    job = ReportJob("x", ReportSpec("_GET_X_"), Bookmark({}), WindowRule(timedelta(days=30)))
    moment = NOW + timedelta(seconds=submitted)
    job.opened("1", moment, moment, adopted=False)
    job.notification_state = notification_state
    job.last_polled = None if last_polled is None else NOW + timedelta(seconds=last_polled)
    return job


@pytest.mark.parametrize(("notification_state", "due"), [(NONE, 80), (EXPECTED, 620), (CAME, 60)])
def test_no_poll_is_made_for_each_notification_that_is_overdue(notification_state, due) -> None:
    """One poll shows all requests, so those that are overdue share one every five minutes."""
    jobs = [opened(0, EXPECTED, 320), opened(60, notification_state, None)]
    moments = {job: moment for moment, job in by_next_poll(jobs, Latencies())}
    assert (moments[jobs[1]] - NOW).total_seconds() == due
