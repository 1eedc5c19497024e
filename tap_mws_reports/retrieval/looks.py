"""When a report request that Amazon is working on is worth a look.

Looking costs a call of a small quota, and one call shows all requests. So a request is looked at
when reports of its type are usually ready; if it is not, the pauses grow with its age. Where a
notification is expected, a look only makes good for one that was lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.work import Announcement, Work

FIRST_LOOK = timedelta(seconds=20)
"""After the request, where nothing is known of the type. Small reports take this long."""

SHORTEST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)
GROWTH = 0.25
"""A pause is this share of the age: a report is found at most so much later than it is ready."""

GROWTH_WHEN_DUE = 0.08
"""The same once reports of the type are usually ready: this one will be soon, too."""

LATENESS = timedelta(minutes=5)
"""How much later than usual a report may be before its notification counts as lost, at least.

Also the time between two looks for what was lost: no look is worth it for each of them."""


def next_look(work: Work, latencies: Latencies) -> datetime:
    """Return when an open work is worth a look; the past means now."""
    usual = latencies.usual(work.spec.report_type)
    submitted = work.submitted or work.awaited
    due = submitted + _until_due(work, usual)
    if work.looked is None or work.looked < due:
        return due
    growth = GROWTH if usual is None else GROWTH_WHEN_DUE
    least = LATENESS if work.announcement is Announcement.EXPECTED else SHORTEST_PAUSE
    return work.looked + pause(work.looked - submitted, growth, least)


def found_after(ready: timedelta, usual: timedelta) -> timedelta:
    """Return how long after its request a report is found that is ``ready`` after so long."""
    look = usual
    while look < ready:
        look += pause(look, GROWTH_WHEN_DUE)
    return look


def _until_due(work: Work, usual: timedelta | None) -> timedelta:
    """Return how long after its request a work is worth its first look."""
    if work.announcement is Announcement.CAME:
        return timedelta(0)
    ready = FIRST_LOOK if usual is None else usual
    if work.announcement is Announcement.EXPECTED:
        return ready + max(LATENESS, ready / 2)
    return ready


def pause(age: timedelta, growth: float, least: timedelta = SHORTEST_PAUSE) -> timedelta:
    """Return how long to wait for the next look at a report request of an age."""
    return min(max(least, age * growth), LONGEST_PAUSE)


def soonest(works: Iterable[Work], latencies: Latencies) -> list[tuple[datetime, Work]]:
    """Return the works with the moments of their next looks, the soonest first."""
    works = list(works)
    last = max((work.looked for work in works if work.looked), default=None)
    looks = [(next_look(work, latencies), work) for work in works]
    if last is not None:
        looks = [(_put_off(due, work, last + LATENESS), work) for due, work in looks]
    return sorted(looks, key=lambda look: look[0])


def _put_off(due: datetime, work: Work, earliest: datetime) -> datetime:
    return max(due, earliest) if work.announcement is Announcement.EXPECTED else due
