"""The effect of notifications on the jobs of a seller; whole runs are tested elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tap_mws_reports.api.interface import ProcessingStatus, ReportNotification
from tap_mws_reports.retrieval.report_job import JobStatus, NotificationState
from tap_mws_reports.retrieval.status_poller import NotificationHandler

DONE = ReportNotification("1", ProcessingStatus.DONE, "A1", "11")
NONE, EXPECTED, CAME = NotificationState


@dataclass
class Looking:
    """Notes of which works it hears."""

    missed: int = 0
    heard: list = field(default_factory=list)

    def handle(self, job, notice, now) -> None:
        self.heard.append(job)


@pytest.fixture
def poller() -> Looking:
    return Looking()


@pytest.mark.parametrize(
    ("phase", "notification_state", "heard"),
    [
        (JobStatus.OPEN, NONE, 1),
        (JobStatus.OPEN, EXPECTED, 1),
        (JobStatus.OPEN, CAME, 0),
        (JobStatus.READY, EXPECTED, 0),
        (JobStatus.FETCHED, NONE, 0),
        (JobStatus.EMPTY, NONE, 0),
    ],
)
def test_a_request_is_notified_once(
    make_work, now, poller, phase, notification_state, heard
) -> None:
    job = make_work(submitted=60)
    job.phase, job.notification_state = phase, notification_state
    assert NotificationHandler([job], poller).handle(DONE, now)
    assert len(poller.heard) == heard


def test_all_jobs_of_a_report_are_notified(make_work, now, poller) -> None:
    jobs = [make_work(submitted=60), make_work(submitted=60), make_work()]
    assert NotificationHandler(jobs, poller).handle(DONE, now)
    assert poller.heard == jobs[:2]


def test_the_request_of_another_program_is_not_handled(make_work, now, poller) -> None:
    assert not NotificationHandler([make_work()], poller).handle(DONE, now)


def test_a_failed_request_is_still_known(make_work, now, poller) -> None:
    """Its notification is deleted, although no job waits for it any more."""
    job = make_work()
    notifications = NotificationHandler([job], poller)
    job.opened("1", now, now, adopted=False)
    notifications.requested([job])
    job.request_again()
    assert notifications.handle(DONE, now)
    assert not poller.heard


def test_only_requests_made_while_notifications_are_expected_wait_for_them(
    make_work, now, poller
) -> None:
    earlier, job, last = make_work(submitted=60), make_work(), make_work()
    notifications = NotificationHandler([earlier, job, last], poller)
    for each, expected in ((job, True), (last, False)):
        notifications.expect_notices(expected=expected)
        each.opened("2", now, now, adopted=False)
        notifications.requested([each])
        if expected:
            assert [earlier.notification_state, job.notification_state] == [NONE, EXPECTED]
    assert [each.notification_state for each in (earlier, job, last)] == [NONE] * 3
