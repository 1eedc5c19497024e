"""Of which type the next report is asked for, where each type needs its own time.

Requests and downloads have equal quotas, so a backfill ends in time if hardly any download quota is
lost and no slow report is asked for late. Slow ones alone would leave the downloader without work
at first, and last of all they would keep it waiting. Hence every type is spread over the time in
which it may be asked for, which ends so long before the end as its slowest report takes, and a
quick one goes out of turn where the downloader would have nothing to do.

A flow shop of two machines with delays between the operations:
https://www.econbiz.de/Record/sequencing-n-jobs-on-two-machines-with-arbitrary-time-lags/10009196551
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from tap_mws_reports.retrieval.pace import Pace

AHEAD = 60.0
"""Seconds, by which quota that would be lost is foreseen: the next request waits a minute, too."""


@dataclass(slots=True)
class Rest:
    """The reports of a type that are still to be asked for: how many are ``left``.

    From request to report each takes ``usual`` seconds, and the slowest of many ``longest``.
    """

    report_type: str
    usual: float
    longest: float
    left: int


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is to come after the request that goes ``now``. Moments are in seconds from one start.

    ``requests`` is the pace of further ones, ``downloads`` that of downloads, and ``arrivals`` are
    the moments at which reports are likely to be ready that were asked for already.
    """

    now: float
    requests: Pace
    downloads: Pace
    arrivals: Sequence[float]


def next_type(rests: Sequence[Rest], asked: Container[str], prospect: Prospect) -> str:
    """Return the report type of the next request.

    Args:
        rests: what is left of each type, the slowest first; none of them is empty.
        asked: the types of which a report has been asked for. Others go first: nothing may be
            known of them, and a single report had better not be late.
        prospect: what is to come.
    """
    if _starves(rests, prospect):
        return rests[-1].report_type
    end = max(_last_download(rests, prospect), _last_ready(rests, prospect))
    in_time = [1 + prospect.requests.count(prospect.now, end - rest.longest) for rest in rests]
    rests = _urgent(rests, in_time)
    for rest in rests:
        if rest.report_type not in asked:
            return rest.report_type
    shares = [rest.left / count for rest, count in zip(rests, in_time, strict=False)]
    return rests[shares.index(max(shares))].report_type


def _starves(rests: Sequence[Rest], prospect: Prospect) -> bool:
    """Whether download quota goes by for want of a report, and would be missed at the end."""
    lost = prospect.downloads.lost_from(prospect.now, sorted(prospect.arrivals))
    if lost > prospect.now + rests[-1].usual + AHEAD:
        return False
    return _last_download(rests, prospect) >= _last_ready(rests, prospect)


def _urgent(rests: Sequence[Rest], in_time: Sequence[int]) -> Sequence[Rest]:
    """Return the slow types that need all requests that go in time for them, or else all types."""
    slow = 0
    for place, (rest, count) in enumerate(zip(rests, in_time, strict=True), start=1):
        slow += rest.left
        if slow > count:
            return rests[:1]
        if slow == count:
            return rests[:place]
    return rests


def _last_ready(rests: Sequence[Rest], prospect: Prospect) -> float:
    """Return when the last report may be ready, if the slow types go first from now on."""
    ready = list(prospect.arrivals)
    further = -1  # the first request goes now
    for rest in rests:
        further += rest.left
        moment = prospect.requests.ahead(prospect.now, further) if further else prospect.now
        ready.append(moment + rest.longest)
    return max(ready)


def _last_download(rests: Sequence[Rest], prospect: Prospect) -> float:
    count = sum(rest.left for rest in rests) + len(prospect.arrivals)
    return prospect.downloads.ahead(prospect.now, count)
