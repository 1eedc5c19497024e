"""When to poll open report requests.

Polling uses a small quota, and one call may show all requests. So a request is first polled at the
third quartile of the latencies of its type; then the poll interval grows with its age. While the
latency of a type is unknown, its two oldest requests are probes: two, because one may be stuck.
Younger requests are not polled before the age at which the probes are polled next. Once other
sellers of the run have learned the latency, a request is also polled at that age if it is earlier.
So that some seller learns it soon, sellers poll their probes at different ages, by their `stagger`.
Where a notification is expected, polling only finds reports whose notification was lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.report_job import NotificationState, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies

FIRST_POLL = timedelta(seconds=20)
"""The age of the first poll of a type without known latency. Small reports take this long."""

EARLY_POLLS = (timedelta(seconds=2), timedelta(seconds=5))
"""Ages at which the oldest requests are polled before `FIRST_POLL` while no latency is known.

A small report is ready by then, and its rows are written at once. The polls after these stay where
they would be without them.
"""

EARLY_PROBES = 3
"""The number of requests that are polled early: where a call shows one request, each costs one."""

PROBES = 2
"""The number of requests that are polled to measure a type without known latency."""

COALESCE_WITHIN = timedelta(minutes=1)
"""Polls that are due within this time are combined."""

MIN_INTERVAL = timedelta(seconds=15)
MAX_INTERVAL = timedelta(minutes=10)
INTERVAL_GROWTH = 0.25
"""The poll interval as a share of the age: it limits how late a ready report is found."""

INTERVAL_GROWTH_WHEN_DUE = 0.05
"""The same after the third quartile of the type: the report is likely to be ready soon."""

GOLDEN_FRACTION = 0.618033988749895
"""The fractional parts of its multiples are spread evenly from 0 to 1
(https://en.wikipedia.org/wiki/Low-discrepancy_sequence#Additive_recurrence)."""

NOTIFICATION_GRACE = timedelta(minutes=5)
"""The minimum delay after which a notification counts as lost.

Also the interval between polls for lost notifications, which are combined."""


def stagger(place: int) -> float:
    """Return by how much of `MIN_INTERVAL` a seller polls its probes before `FIRST_POLL`.

    All later polls of the seller are earlier, so a request is polled once more at most.

    Args:
        place: the seller's place among those of the run, from 0; the first one has no stagger.
    """
    return place * GOLDEN_FRACTION % 1


def next_poll(job: ReportJob, latencies: Latencies, first_poll: timedelta = FIRST_POLL) -> datetime:
    """Return when to poll an open job; a time in the past means now.

    Args:
        job: the job.
        latencies: the recent report latencies.
        first_poll: the age of the next poll if the latency of the type is unknown.
    """
    own = latencies.p75(job.spec.report_type)
    if own is not None:
        return _poll_after(job, own, INTERVAL_GROWTH_WHEN_DUE)
    probe = _poll_after(job, first_poll, INTERVAL_GROWTH)
    shared = latencies.shared_p75(job.spec.report_type)
    # Another seller's reports may take far longer.
    return (
        probe if shared is None else min(probe, _poll_after(job, shared, INTERVAL_GROWTH_WHEN_DUE))
    )


def _poll_after(job: ReportJob, ready: timedelta, growth: float) -> datetime:
    """Return when to poll a job that is likely to be ready at an age, and at intervals from then.

    ``growth`` is the poll interval as a share of the age.
    """
    submitted = _submitted(job)
    due = submitted + _first_poll_age(job, ready)
    if job.last_polled is None or job.last_polled < due:
        return due
    least = (
        NOTIFICATION_GRACE if job.notification_state is NotificationState.EXPECTED else MIN_INTERVAL
    )
    return job.last_polled + poll_interval(job.last_polled - submitted, growth, least)


def poll_age_after(ready: timedelta, p75: timedelta) -> timedelta:
    """Return the age at which polling finds a report that is ready at the age ``ready``.

    ``p75`` is the third quartile of the latencies of its type.
    """
    age = p75
    while age < ready:
        age += poll_interval(age, INTERVAL_GROWTH_WHEN_DUE)
    return age


def _first_poll_age(job: ReportJob, ready: timedelta) -> timedelta:
    """Return the age at which a job is first polled."""
    if job.notification_state is NotificationState.CAME:
        return timedelta(0)
    if job.notification_state is NotificationState.EXPECTED:
        return ready + max(NOTIFICATION_GRACE, ready / 2)
    return ready


def poll_interval(age: timedelta, growth: float, least: timedelta = MIN_INTERVAL) -> timedelta:
    """Return the time until the next poll of a report request of this age."""
    return min(max(least, age * growth), MAX_INTERVAL)


def by_next_poll(
    jobs: Iterable[ReportJob], latencies: Latencies, staggered_by: float = 0.0
) -> list[tuple[datetime, ReportJob]]:
    """Return the jobs with the times of their next polls, the soonest first.

    ``staggered_by`` is the seller's `stagger`.
    """
    jobs = list(jobs)
    last = max((job.last_polled for job in jobs if job.last_polled), default=None)
    probe_ages = _probe_ages(jobs, staggered_by)
    polls = [(next_poll(job, latencies, probe_ages[job.spec.report_type]), job) for job in jobs]
    if last is not None:
        polls = [(_delayed(due, job, last + NOTIFICATION_GRACE), job) for due, job in polls]
    return sorted(polls, key=lambda poll: poll[0])


def early_polls(
    jobs: Iterable[ReportJob], latencies: Latencies, now: datetime, ids_per_poll: int
) -> list[tuple[datetime, ReportJob]]:
    """Return the early polls of the oldest requests of types without known latency, soonest first.

    Where a call shows many requests it takes from the quota of lists: one early poll is enough.
    """
    ages = EARLY_POLLS if ids_per_poll == 1 else EARLY_POLLS[-1:]
    unknown = [
        job
        for job in jobs
        if job.notification_state is not NotificationState.EXPECTED
        and latencies.p75(job.spec.report_type) is None
    ]
    polls = []
    for job in sorted(unknown, key=_submitted)[:EARLY_PROBES]:
        left = ages[job.early_polls :]
        if left and job.last_polled is None and now - _submitted(job) < FIRST_POLL:
            polls.append((_submitted(job) + left[0], job))
    return sorted(polls, key=lambda poll: poll[0])


def _probe_ages(jobs: Iterable[ReportJob], staggered_by: float) -> Mapping[str, timedelta]:
    """Return for each type the age at which its probes are polled next."""
    ages: dict[str, list[timedelta]] = defaultdict(list)
    for job in sorted(jobs, key=_submitted):
        seen = timedelta(0) if job.last_polled is None else job.last_polled - _submitted(job)
        ages[job.spec.report_type].append(seen)
    first = FIRST_POLL - MIN_INTERVAL * staggered_by
    return {name: _next_age(min(of_type[:PROBES]), first) for name, of_type in ages.items()}


def _next_age(seen: timedelta, first: timedelta) -> timedelta:
    return max(first, seen + poll_interval(seen, INTERVAL_GROWTH)) if seen else first


def _submitted(job: ReportJob) -> datetime:
    return job.submitted or job.awaited


def _delayed(due: datetime, job: ReportJob, earliest: datetime) -> datetime:
    return max(due, earliest) if job.notification_state is NotificationState.EXPECTED else due
