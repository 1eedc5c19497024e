"""When a run is likely to end, from the pace of the quotas and how long reports take.

Requests go when their quota allows, in the order the desk takes; a report is ready as long after
its request as reports of its type took lately; documents are fetched as their quota allows (see
`rehearsal`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from statistics import NormalDist, median, pstdev

from tap_mws_reports.api.interface import Call, CallQuotas
from tap_mws_reports.dates import by_the_clock, in_words
from tap_mws_reports.retrieval import order
from tap_mws_reports.retrieval.latency import MOSTLY, Latencies
from tap_mws_reports.retrieval.looks import found_after
from tap_mws_reports.retrieval.mixture import Rest
from tap_mws_reports.retrieval.pace import Pace
from tap_mws_reports.retrieval.policy import Policy
from tap_mws_reports.retrieval.rehearsal import Queue, Rehearsal
from tap_mws_reports.retrieval.work import Phase, Work

_NONE = timedelta(0)
_GOLDEN = 0.618033988749895
"""Its multiples, without their whole part, lie evenly from 0 to 1 however many are taken
(https://en.wikipedia.org/wiki/Low-discrepancy_sequence#Additive_recurrence)."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still to be done, and how long that takes.

    ``reports`` are still wanted; ``requests`` have to be made for them, and ``taken_over`` of them
    need none. No run ends before ``at_least``: the quotas forbid it, and Amazon needs its usual
    time; types of which no report was ever seen count as if they needed none. Every report counts
    as one that has rows: an empty one needs no download, and may end earlier. ``expected`` is the
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
    works: Iterable[Work], latencies: Latencies, quotas: CallQuotas, policy: Policy, now: datetime
) -> Forecast:
    """Return when the works of one seller are likely to have ended. Changes nothing.

    Args:
        works: what is wanted; those that have ended are left out.
        latencies: how long reports took lately.
        quotas: what they allow.
        policy: what the user decided.
        now: the present moment.
    """
    left = [work for work in works if not work.phase.ended]
    reports = list({_report(work): work for work in left}.values())
    asked = [work for work in reports if work.phase is Phase.TO_REQUEST]
    taken = [work for work in reports if work.phase is Phase.OPEN]
    requests = quotas.moments(Call.REQUEST, len(asked))
    downloaded = max(quotas.moments(Call.DOWNLOAD, len(reports)), default=0.0)

    def usual(work: Work) -> timedelta:
        return latencies.usual(work.spec.report_type) or _NONE

    least = max(downloaded, order.last_ready(asked, taken, usual, requests, now))
    likely = _likely_end(reports, latencies, quotas, policy, now)
    return Forecast(
        reports=len(left),
        requests=len(asked),
        taken_over=sum(work.adopted for work in left),
        at_least=timedelta(seconds=least),
        expected=timedelta(seconds=max(least, likely)),
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


def _report(work: Work) -> Hashable:
    """Return what tells a report from others: several streams may read the same one."""
    return work.report_id or work.report_request_id or work.spec


def _likely_end(
    reports: Sequence[Work], latencies: Latencies, quotas: CallQuotas, policy: Policy, now: datetime
) -> float:
    """Return in how many seconds the last report is likely to be here."""
    needs = _Spread(reports, latencies)
    taken = [work for work in reports if work.phase is Phase.OPEN]
    found = [max(0.0, needs(work.spec.report_type) - _age(work, now)) for work in taken]
    found += [0.0 for work in reports if work.phase is Phase.READY]
    guess = order.Guess(latencies, taken, now)
    asked = [work for work in reports if work.phase is Phase.TO_REQUEST]
    at_once = [work for work in asked if work.not_before <= now]
    late = [work for work in asked if work.not_before > now]
    rehearsal = Rehearsal(
        Pace.of(quotas, Call.REQUEST, 2 * len(asked)),
        Pace.of(quotas, Call.DOWNLOAD, 2 * len(reports)),
        needs,
        policy.most_open,
    )
    end = rehearsal.end(_queue(at_once, taken, guess, policy), found)
    later = [
        (work.not_before - now).total_seconds() + needs(work.spec.report_type) for work in late
    ]
    return max([end, *later])


class _Spread:
    """Hands out times that are spread around the usual one, as those seen lately are.

    The last of many reports is no usual one. The times are taken to be log-normal, so that a few
    that were seen tell something of the slow ones that were not.
    """

    def __init__(self, reports: Iterable[Work], latencies: Latencies) -> None:
        works = (work for work in reports if work.phase is not Phase.READY)
        counts = Counter(work.spec.report_type for work in works)
        self._times = {
            report_type: iter(_spread(latencies.seen(report_type), count))
            for report_type, count in counts.items()
        }

    def __call__(self, report_type: str) -> float:
        """Return the seconds that the next report of a type is taken to need."""
        return next(self._times[report_type])


def _spread(seen: Sequence[float], count: int) -> list[float]:
    """Return so many times, quick and slow ones mixed."""
    logarithms = [log(max(seconds, 1.0)) for seconds in seen or [order.UNKNOWN.total_seconds()]]
    usual, deviation = median(logarithms), pstdev(logarithms)
    if not deviation:
        return [exp(usual)] * count
    times = NormalDist(usual, deviation)
    mixed = sorted(range(count), key=lambda place: place * _GOLDEN % 1)
    mostly = exp(times.inv_cdf(MOSTLY))
    return [_found(exp(times.inv_cdf((place + 0.5) / count)), mostly) for place in mixed]


def _found(ready: float, mostly: float) -> float:
    return found_after(timedelta(seconds=ready), timedelta(seconds=mostly)).total_seconds()


def _queue(
    asked: Sequence[Work], taken: Sequence[Work], guess: order.Guess, policy: Policy
) -> Queue:
    """Return the reports that may be asked for at once, in the order they are asked for."""
    if policy.order == "newest":
        newest = sorted(asked, key=lambda work: work.age_key, reverse=True)
        return Queue([Rest(work.spec.report_type, 0.0, 0.0, 1) for work in newest], mixed=False)
    return Queue(order.rests(asked, guess), asked={work.spec.report_type for work in taken})


def _age(work: Work, now: datetime) -> float:
    return (now - (work.submitted or now)).total_seconds()


def _unknown(works: Iterable[Work], latencies: Latencies) -> tuple[str, ...]:
    types = {work.spec.report_type for work in works}
    return tuple(sorted(name for name in types if latencies.usual(name) is None))
