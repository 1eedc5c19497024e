"""What a run would do, told from settings and state alone: nobody is asked, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tap_mws_reports.api.interface import Call, CallQuotas
from tap_mws_reports.api.quota import HOUR, Budget, Quota
from tap_mws_reports.retrieval.forecast import Forecast, forecast, together
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.policy import Policy
from tap_mws_reports.retrieval.work import Phase, Work
from tap_mws_reports.retrieval.worklist import Demand, by_seller, wanted


@dataclass(frozen=True, slots=True)
class Share:
    """What one demand adds to the work list.

    ``windows`` are to be requested for the first time, ``again`` after earlier runs have failed
    to have them; ``taken_over`` were requested by earlier runs; ``snapshots`` are due. ``unasked``
    says that Amazon makes the documents by itself: how many, only Amazon knows. ``given_up`` is
    how many failures the state lists that are not retried any more.
    """

    demand: Demand
    windows: int
    again: int
    taken_over: int
    snapshots: int
    unasked: bool
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What each demand adds, and when the run is likely to end that starts ``now``."""

    now: datetime
    shares: tuple[Share, ...]
    forecast: Forecast


def plan(
    demands: Sequence[Demand], policy: Policy, quotas: Mapping[Call, Quota], now: datetime
) -> Plan:
    """Return the plan of a run that starts ``now``.

    Args:
        demands: what the row streams want.
        policy: what the user decided.
        quotas: what Amazon allows each seller; those are used up that the state says were used.
        now: the present moment.
    """
    shares, forecasts = [], []
    for of_seller in by_seller(demands).values():
        works = []
        for demand in of_seller:
            of_demand = wanted([demand], now)
            shares.append(_share(demand, of_demand))
            works += of_demand
        left = _left(works, quotas, now)
        forecasts.append(forecast(works, latencies_of(of_seller), left, policy, now))
    return Plan(now, tuple(shares), together(forecasts))


def latencies_of(demands: Iterable[Demand]) -> Latencies:
    """Return how long reports took in earlier runs."""
    return Latencies({demand.report_type: demand.bookmark.latencies for demand in demands})


def _share(demand: Demand, works: Sequence[Work]) -> Share:
    holes = {hole.span for hole in demand.bookmark.holes if hole.span}
    new = [work for work in works if work.phase is Phase.TO_REQUEST]
    again = sum(work.span in holes for work in new)
    snapshots = sum(work.span is None for work in new)
    return Share(
        demand=demand,
        windows=len(new) - again - snapshots,
        again=again,
        taken_over=len(works) - len(new),
        snapshots=snapshots,
        unasked=demand.kind == "generated",
        given_up=len(demand.bookmark.given_up),
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """The quotas of one seller as they are ``now``."""

    quotas: Mapping[Call, Quota]
    budgets: Mapping[Call, Budget]
    now: datetime

    def moments(self, call: Call, count: int) -> list[float]:
        return self.budgets[call].moments(self.now, count)


def _left(works: Iterable[Work], quotas: Mapping[Call, Quota], now: datetime) -> CallQuotas:
    """Return what the quotas of one seller allow, less what the state says was used lately."""
    requests = {work.report_request_id: work.submitted for work in works if work.submitted}
    lately = [moment for moment in requests.values() if moment > now - HOUR]
    budgets = {call: Budget(quota, now) for call, quota in quotas.items()}
    budgets[Call.REQUEST] = Budget.after(quotas[Call.REQUEST], lately, now)
    return _Left(quotas, budgets, now)
