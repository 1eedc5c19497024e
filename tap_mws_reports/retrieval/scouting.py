"""Which open report request is worth a look, where a look shows only one of them.

It is worth one when three of four reports of its type have been ready. As long as nothing is known
of a type, looking at all of its open requests would tell little more than looking at one; so those
share their looks that have been open longest, and take turns, lest one that is stuck hides those
that are ready. Those of which a notification tells are looked at as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from tap_mws_reports.retrieval import looks
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.work import Announcement, Work

GROWTH = 0.12
"""A pause is this share of the age; a look at one costs less than a look at all."""

LEAST_SCOUTS = 2
"""One of them may be stuck."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def soonest(works: Iterable[Work], latencies: Latencies) -> list[tuple[datetime, Work]]:
    """Return the works that are worth a look with the moments of it, the soonest first."""
    works = list(works)
    silent = [work for work in works if work.announcement is Announcement.NONE]
    moments = looks.soonest((work for work in works if work not in silent), latencies)
    unknown: dict[str, list[Work]] = defaultdict(list)
    for work in silent:
        mostly = latencies.mostly(work.spec.report_type)
        if mostly is None:
            unknown[work.spec.report_type].append(work)
        else:
            moments.append((_next_look(work, mostly), work))
    moments += map(_next_scout, unknown.values())
    return sorted(moments, key=lambda each: each[0])


def _next_look(work: Work, mostly: timedelta) -> datetime:
    expected = _submitted(work) + mostly
    if work.looked is None or work.looked < expected:
        return expected
    return work.looked + looks.pause(work.looked - _submitted(work), GROWTH)


def _next_scout(works: Sequence[Work]) -> tuple[datetime, Work]:
    """Return the work of a type whose turn it is, and when."""
    ordered = sorted(works, key=_submitted)
    oldest = _submitted(ordered[0])
    last = max(work.looked or _NEVER for work in works)
    if last is _NEVER:
        return oldest + looks.FIRST_LOOK, ordered[0]
    scout = min(_likely(ordered, last), key=lambda work: work.looked or _NEVER)
    return last + looks.pause(last - oldest, GROWTH), scout


def _likely(ordered: Sequence[Work], last: datetime) -> Iterator[Work]:
    """Yield the works that may be ready by now if any is, and never only one that may be stuck."""
    for place, work in enumerate(ordered):
        age, oldest = last - _submitted(work), last - _submitted(ordered[0])
        if place < LEAST_SCOUTS or age >= oldest * (1 - GROWTH):
            yield work


def _submitted(work: Work) -> datetime:
    return work.submitted or work.awaited
