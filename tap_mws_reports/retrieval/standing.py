"""Where the works of a run stand, for whoever shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tap_mws_reports.api.interface import Call, CallQuotas
from tap_mws_reports.retrieval.forecast import Forecast, together
from tap_mws_reports.retrieval.work import Phase, Work


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many calls may go at once; when there is none, the seconds until the next may."""

    now: int
    next_in: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How many works there are in each phase, what the quotas allow, and when the run ends."""

    phases: Mapping[Phase, int]
    requests: Allowance
    downloads: Allowance
    forecast: Forecast

    @property
    def total(self) -> int:
        """How many reports there are, whatever has become of them."""
        return sum(self.phases.values())

    @property
    def ended(self) -> int:
        """Of how many reports nothing more is wanted of Amazon."""
        return sum(count for phase, count in self.phases.items() if phase.ended)


def standing(works: Iterable[Work], quotas: CallQuotas, forecast: Forecast) -> Standing:
    """Return where the works of one seller stand.

    Args:
        works: all of them, also those that have ended.
        quotas: what they allow.
        forecast: when they are likely to have ended.
    """
    phases = Counter(work.phase for work in works)
    return Standing(
        phases, _allowance(quotas, Call.REQUEST), _allowance(quotas, Call.DOWNLOAD), forecast
    )


def of_all(standings: Sequence[Standing]) -> Standing:
    """Return the standing of several sellers, whose quotas are their own."""
    phases: Counter[Phase] = Counter()
    for each in standings:
        phases.update(each.phases)
    return Standing(
        phases,
        _summed([each.requests for each in standings]),
        _summed([each.downloads for each in standings]),
        together([each.forecast for each in standings]),
    )


def _allowance(quotas: CallQuotas, call: Call) -> Allowance:
    allowed = quotas.moments(call, quotas.quotas[call].burst)
    return Allowance(sum(moment <= 0 for moment in allowed), allowed[0])


def _summed(allowances: Sequence[Allowance]) -> Allowance:
    soonest = min((each.next_in for each in allowances), default=0.0)
    return Allowance(sum(each.now for each in allowances), soonest)
