"""When a run is likely to end, from the pace of the quotas and how long reports take.

Requests go when their quota allows, in the order the desk takes; a report is ready as long after
its request as reports of its type took lately; documents are fetched as their quota allows. The
desk asks so that downloads never wait for want of a report (see `order`), so the run ends with
the last report or the last download, whichever is later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from math import exp, log
from statistics import NormalDist, median, pstdev

from tap_mws_reports.api.interface import Call
from tap_mws_reports.dates import by_the_clock, in_words
from tap_mws_reports.retrieval import order
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.looks import found_after
from tap_mws_reports.retrieval.policy import Policy
from tap_mws_reports.retrieval.work import Phase, Work

Moments = Callable[[Call, int], list[float]]
"""The seconds after which each of the next calls may go: `ReportService.moments`."""

_NONE = timedelta(0)
_GOLDEN = 0.618033988749895
"""Its multiples, without their whole part, lie evenly from 0 to 1 however many are taken
(https://en.wikipedia.org/wiki/Low-discrepancy_sequence#Additive_recurrence)."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still to be done, and how long that takes.

    ``reports`` are still wanted; ``requests`` have to be made for them, and ``taken_over`` of them
    need none. No run ends before ``at_least``: the quotas forbid it, and Amazon needs its usual
    time; types of which no report was ever seen count as if they needed none. ``expected`` is the
    likely time, and a guess as far as it rests on the types in ``unknown``.
    """

    reports: int
    requests: int
    taken_over: int
    at_least: timedelta
    expected: timedelta
    unknown: tuple[str, ...] = ()

    def in_words(self, now: datetime) -> str:
        """Say it in a line, for a run that starts ``now``."""
        if not self.reports:
            return "No report is wanted"
        counted = "1 report" if self.reports == 1 else f"{self.reports} reports"
        over = f", {self.taken_over} of them taken over" if self.taken_over else ""
        least, end = in_words(self.at_least), by_the_clock(now + self.expected, now)
        return f"{counted}{over}, at least {least} by quota; finish about {end}"


def forecast(
    works: Iterable[Work], latencies: Latencies, moments: Moments, policy: Policy, now: datetime
) -> Forecast:
    """Return when the works of one seller are likely to have ended. Changes nothing.

    Args:
        works: what is wanted; those that have ended are left out.
        latencies: how long reports took lately.
        moments: what the quotas allow.
        policy: what the user decided.
        now: the present moment.
    """
    left = [work for work in works if not work.phase.ended]
    waiting = [work for work in left if work.phase is Phase.TO_REQUEST]
    asked = list({work.spec: work for work in waiting}.values())
    taken = [work for work in left if work.phase is Phase.OPEN]
    requests = moments(Call.REQUEST, len(asked))
    downloaded = max(moments(Call.DOWNLOAD, len(left)), default=0.0)

    def usual(work: Work) -> timedelta:
        return latencies.usual(work.spec.report_type) or _NONE

    soonest = order.last_ready(asked, taken, usual, requests, now)
    likely = _last_ready(asked, taken, latencies, requests, policy, now)
    return Forecast(
        reports=len(left),
        requests=len(asked),
        taken_over=sum(work.adopted for work in left),
        at_least=timedelta(seconds=max(downloaded, soonest)),
        expected=timedelta(seconds=max(downloaded, soonest, likely)),
        unknown=_unknown([*asked, *taken], latencies),
    )


def together(forecasts: Sequence[Forecast]) -> Forecast:
    """Return the forecast of several sellers, whose quotas are their own."""
    return Forecast(
        reports=sum(each.reports for each in forecasts),
        requests=sum(each.requests for each in forecasts),
        taken_over=sum(each.taken_over for each in forecasts),
        at_least=max((each.at_least for each in forecasts), default=_NONE),
        expected=max((each.expected for each in forecasts), default=_NONE),
        unknown=tuple(sorted({name for each in forecasts for name in each.unknown})),
    )


class _Spread:
    """Hands out times that are spread around the usual one, as those seen lately are.

    The last of many reports is no usual one. The times are taken to be log-normal, so that a few
    that were seen tell something of the slow ones that were not.
    """

    def __init__(self, works: Iterable[Work], latencies: Latencies) -> None:
        counts = Counter(work.spec.report_type for work in works)
        self._times = {
            report_type: iter(_spread(latencies.seen(report_type), count))
            for report_type, count in counts.items()
        }

    def __call__(self, work: Work) -> float:
        """Return the seconds that the report of a work is taken to need."""
        return next(self._times[work.spec.report_type])


def _spread(seen: Sequence[float], count: int) -> list[float]:
    """Return so many times, quick and slow ones mixed."""
    logarithms = [log(max(seconds, 1.0)) for seconds in seen or [order.UNKNOWN.total_seconds()]]
    usual, deviation = median(logarithms), pstdev(logarithms)
    if not deviation:
        return [exp(usual)] * count
    times = NormalDist(usual, deviation)
    mixed = sorted(range(count), key=lambda place: place * _GOLDEN % 1)
    return [_found(exp(times.inv_cdf((place + 0.5) / count)), exp(usual)) for place in mixed]


def _found(ready: float, usual: float) -> float:
    return found_after(timedelta(seconds=ready), timedelta(seconds=usual)).total_seconds()


def _last_ready(
    asked: Sequence[Work],
    taken: Sequence[Work],
    latencies: Latencies,
    requests: Sequence[float],
    policy: Policy,
    now: datetime,
) -> float:
    """Return in how many seconds the last report is likely to be ready."""
    spread = _Spread([*asked, *taken], latencies)
    ready = [max(0.0, spread(work) - _age(work, now)) for work in taken]
    heapify(ready)
    for allowed, work in zip(requests, _in_order(asked, latencies, policy), strict=True):
        moment = max(allowed, (max(work.not_before, now) - now).total_seconds())
        if policy.most_open is not None and len(ready) >= policy.most_open:
            moment = max(moment, heappop(ready))
        heappush(ready, moment + spread(work))
    return max(ready, default=0.0)


def _in_order(asked: Sequence[Work], latencies: Latencies, policy: Policy) -> list[Work]:
    if policy.order == "newest":
        return sorted(asked, key=lambda work: work.age_key, reverse=True)

    def guess(work: Work) -> timedelta:
        usual = latencies.usual(work.spec.report_type)
        return order.UNKNOWN if usual is None else usual

    return sorted(asked, key=guess, reverse=True)


def _age(work: Work, now: datetime) -> float:
    return (now - (work.submitted or now)).total_seconds()


def _unknown(works: Iterable[Work], latencies: Latencies) -> tuple[str, ...]:
    types = {work.spec.report_type for work in works}
    return tuple(sorted(name for name in types if latencies.usual(name) is None))
