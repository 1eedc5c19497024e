"""When a report request that Amazon is working on is worth a look.

Looking costs a call of a small quota, and one call may show all requests. So a request is looked at
when three of four reports of its type have been ready; if it is not, the pauses grow with its age.
As long as nothing is known of a type, the oldest two of its requests are its scouts: one of them
may be stuck. Younger ones are expected no sooner than at the age that the scouts reach next.
Where a notification is expected, a look only makes good for one that was lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.report_job import NotificationState, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies

FIRST_POLL = timedelta(seconds=20)
"""After the request, where nothing is known of the type. Small reports take this long."""

PROBES = 2
"""Requests of an unknown type that are looked at for what they tell of the others."""

COALESCE_WITHIN = timedelta(minutes=1)
"""Looks that are due within this time may as well be one."""

MIN_INTERVAL = timedelta(seconds=15)
MAX_INTERVAL = timedelta(minutes=10)
INTERVAL_GROWTH = 0.25
"""A pause is this share of the age: a report is found at most so much later than it is ready."""

INTERVAL_GROWTH_WHEN_DUE = 0.05
"""The same once most reports of the type are ready: this one will be soon, too."""

NOTIFICATION_GRACE = timedelta(minutes=5)
"""How much later than usual a report may be before its notification counts as lost, at least.

Also the time between two looks for what was lost: no look is worth it for each of them."""


def next_poll(job: ReportJob, latencies: Latencies, untried: timedelta = FIRST_POLL) -> datetime:
    """Return when an open work is worth a look; the past means now.

    Args:
        job: the work.
        latencies: how long reports took lately.
        untried: the age at which requests of its type are looked at, if nothing is known of it.
    """
    mostly = latencies.mostly(job.spec.report_type)
    submitted = _submitted(job)
    due = submitted + _until_due(job, untried if mostly is None else mostly)
    if job.last_polled is None or job.last_polled < due:
        return due
    growth = INTERVAL_GROWTH if mostly is None else INTERVAL_GROWTH_WHEN_DUE
    least = (
        NOTIFICATION_GRACE if job.notification_state is NotificationState.EXPECTED else MIN_INTERVAL
    )
    return job.last_polled + poll_interval(job.last_polled - submitted, growth, least)


def poll_age_after(ready: timedelta, mostly: timedelta) -> timedelta:
    """Return how long after its request a report is found that is ``ready`` after so long.

    ``mostly`` is the time in which three of four reports of its type have been ready.
    """
    look = mostly
    while look < ready:
        look += poll_interval(look, INTERVAL_GROWTH_WHEN_DUE)
    return look


def _until_due(job: ReportJob, ready: timedelta) -> timedelta:
    """Return how long after its request a work is worth its first look."""
    if job.notification_state is NotificationState.CAME:
        return timedelta(0)
    if job.notification_state is NotificationState.EXPECTED:
        return ready + max(NOTIFICATION_GRACE, ready / 2)
    return ready


def poll_interval(age: timedelta, growth: float, least: timedelta = MIN_INTERVAL) -> timedelta:
    """Return how long to wait for the next look at a report request of an age."""
    return min(max(least, age * growth), MAX_INTERVAL)


def by_next_poll(
    jobs: Iterable[ReportJob], latencies: Latencies
) -> list[tuple[datetime, ReportJob]]:
    """Return the works with the moments of their next looks, the soonest first."""
    jobs = list(jobs)
    last = max((job.last_polled for job in jobs if job.last_polled), default=None)
    untried = _untried(jobs)
    looks = [(next_poll(job, latencies, untried[job.spec.report_type]), job) for job in jobs]
    if last is not None:
        looks = [(_put_off(due, job, last + NOTIFICATION_GRACE), job) for due, job in looks]
    return sorted(looks, key=lambda look: look[0])


def _untried(jobs: Iterable[ReportJob]) -> Mapping[str, timedelta]:
    """Return for each type the age at which its scouts are looked at next."""
    ages: dict[str, list[timedelta]] = defaultdict(list)
    for job in sorted(jobs, key=_submitted):
        seen = timedelta(0) if job.last_polled is None else job.last_polled - _submitted(job)
        ages[job.spec.report_type].append(seen)
    return {name: _next_age(min(of_type[:PROBES])) for name, of_type in ages.items()}


def _next_age(seen: timedelta) -> timedelta:
    return max(FIRST_POLL, seen + poll_interval(seen, INTERVAL_GROWTH)) if seen else FIRST_POLL


def _submitted(job: ReportJob) -> datetime:
    return job.submitted or job.awaited


def _put_off(due: datetime, job: ReportJob, earliest: datetime) -> datetime:
    return max(due, earliest) if job.notification_state is NotificationState.EXPECTED else due
