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

from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.work import Announcement, Work

FIRST_LOOK = timedelta(seconds=20)
"""After the request, where nothing is known of the type. Small reports take this long."""

SCOUTS = 2
"""Requests of an unknown type that are looked at for what they tell of the others."""

IN_A_MOMENT = timedelta(minutes=1)
"""Looks that are due within this time may as well be one."""

SHORTEST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)
GROWTH = 0.25
"""A pause is this share of the age: a report is found at most so much later than it is ready."""

GROWTH_WHEN_DUE = 0.05
"""The same once most reports of the type are ready: this one will be soon, too."""

LATENESS = timedelta(minutes=5)
"""How much later than usual a report may be before its notification counts as lost, at least.

Also the time between two looks for what was lost: no look is worth it for each of them."""


def next_look(work: Work, latencies: Latencies, untried: timedelta = FIRST_LOOK) -> datetime:
    """Return when an open work is worth a look; the past means now.

    Args:
        work: the work.
        latencies: how long reports took lately.
        untried: the age at which requests of its type are looked at, if nothing is known of it.
    """
    mostly = latencies.mostly(work.spec.report_type)
    submitted = _submitted(work)
    due = submitted + _until_due(work, untried if mostly is None else mostly)
    if work.looked is None or work.looked < due:
        return due
    growth = GROWTH if mostly is None else GROWTH_WHEN_DUE
    least = LATENESS if work.announcement is Announcement.EXPECTED else SHORTEST_PAUSE
    return work.looked + pause(work.looked - submitted, growth, least)


def found_after(ready: timedelta, mostly: timedelta) -> timedelta:
    """Return how long after its request a report is found that is ``ready`` after so long.

    ``mostly`` is the time in which three of four reports of its type have been ready.
    """
    look = mostly
    while look < ready:
        look += pause(look, GROWTH_WHEN_DUE)
    return look


def _until_due(work: Work, ready: timedelta) -> timedelta:
    """Return how long after its request a work is worth its first look."""
    if work.announcement is Announcement.CAME:
        return timedelta(0)
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
    untried = _untried(works)
    looks = [(next_look(work, latencies, untried[work.spec.report_type]), work) for work in works]
    if last is not None:
        looks = [(_put_off(due, work, last + LATENESS), work) for due, work in looks]
    return sorted(looks, key=lambda look: look[0])


def _untried(works: Iterable[Work]) -> Mapping[str, timedelta]:
    """Return for each type the age at which its scouts are looked at next."""
    ages: dict[str, list[timedelta]] = defaultdict(list)
    for work in sorted(works, key=_submitted):
        seen = timedelta(0) if work.looked is None else work.looked - _submitted(work)
        ages[work.spec.report_type].append(seen)
    return {name: _next_age(min(of_type[:SCOUTS])) for name, of_type in ages.items()}


def _next_age(seen: timedelta) -> timedelta:
    return max(FIRST_LOOK, seen + pause(seen, GROWTH)) if seen else FIRST_LOOK


def _submitted(work: Work) -> datetime:
    return work.submitted or work.awaited


def _put_off(due: datetime, work: Work, earliest: datetime) -> datetime:
    return max(due, earliest) if work.announcement is Announcement.EXPECTED else due
