from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports.retrieval.completed_jobs import CompletedJobs
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob


@pytest.fixture
def jobs(make_work):
    """Works of three days, the newest first, and one without a window."""
    days = [datetime(2026, 2, day, tzinfo=UTC) for day in (3, 2, 1)]
    return [make_work(start=start) for start in [*days, None]]


def ended(*jobs: ReportJob) -> tuple[ReportJob, ...]:
    for job in jobs:
        job.phase = JobStatus.EMPTY
    return jobs


def test_the_oldest_of_the_completed_jobs_is_taken(jobs) -> None:
    newest, middle, oldest, now = jobs
    completed = CompletedJobs(jobs)
    assert completed.take("stream") is None
    completed.put(ended(now, newest, middle))
    assert completed.take("stream") is middle
    completed.put(ended(oldest))
    assert [completed.take("stream") for _ in range(3)] == [oldest, newest, now]


def test_a_stream_waits_for_all_of_its_jobs(jobs) -> None:
    completed = CompletedJobs(jobs)
    completed.put(ended(*jobs))
    for job in jobs:
        assert completed.awaits("stream")
        completed.take("stream")
        assert job.phase.ended
    assert not completed.awaits("stream")
    assert all(job.delivered for job in jobs)


def test_a_stream_gets_its_own_jobs(jobs) -> None:
    jobs[0].stream = "other"
    completed = CompletedJobs(ended(*jobs))
    assert completed.take("other") is jobs[0]
    assert not completed.awaits("other")
    assert completed.take("stream") is jobs[2]


def test_the_job_that_ended_first_is_taken_among_streams(jobs) -> None:
    newest, middle, oldest, now = jobs
    newest.stream = now.stream = "other"
    completed = CompletedJobs(jobs)
    assert completed.take("stream", "other") is None
    completed.put(ended(now, middle, oldest, newest))
    # Of each stream the oldest window is next: of `other` it ended after that of `stream`.
    taken = [completed.take("stream", "other") for _ in range(4)]
    assert taken == [oldest, middle, newest, now]
    assert not completed.awaits("stream", "other")


def test_jobs_that_ended_before_the_run_are_available_at_once(jobs) -> None:
    ended(jobs[1])
    assert CompletedJobs(jobs).take("stream") is jobs[1]
