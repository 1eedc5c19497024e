"""The processes that several shards need, each with what it would do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.planning.run_plan import RunPlan
from tap_mws_reports.retrieval.scheduling.forecast import Forecast
from tap_mws_reports.retrieval.shard import Shard

APPLICATION_PROCESS = "application-limits"
"""The name of the process that reads the types limited for a whole application."""

_CALLS_PER_REPORT = 2
"""A poll and a download; the polls are measured in docs/retrieval.md: 0.8 to 1.6 per report."""


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """What one process reads, and the forecast of its run."""

    name: str
    """The name of its state, without the suffix."""
    settings: Mapping[str, Any]
    """What its settings have beside those of all processes."""
    sellers: int
    forecast: Forecast

    @property
    def calls(self) -> int:
        """The expected calls: a request, a poll and a download for each report."""
        return self.forecast.requests + _CALLS_PER_REPORT * self.forecast.reports


def plan_shards(
    partition_requests: Sequence[PartitionRequest],
    count: int,
    limited: Collection[str],
    left_out: Sequence[str],
    make: Callable[[Sequence[PartitionRequest]], RunPlan],
) -> Iterator[ShardPlan]:
    """Yield a process for each shard with sellers, and one for types limited per application.

    Such types are read by a separate process, so that one ledger counts all requests of the
    application.

    Args:
        partition_requests: those of all sellers.
        count: the number of shards.
        limited: the report types that have a limit of the application.
        left_out: the types that the settings leave out with `except`.
        make: returns the plan of some partition requests.
    """
    apart = [each for each in partition_requests if each.report_type in limited]
    names = sorted({each.report_type for each in apart})
    others = [each for each in partition_requests if each.report_type not in limited]
    settings = {"except": [*left_out, *names]} if names else {}
    for index in range(count) if others else ():
        shard = Shard(index, count)
        own = [each for each in others if shard.has(each.seller_id)]
        if own:
            name = f"shard-{index}-of-{count}"
            yield _shard_plan(name, {"shard": str(shard), **settings}, own, make)
    if apart:
        yield _shard_plan(APPLICATION_PROCESS, {"only": names}, apart, make)


def _shard_plan(
    name: str,
    settings: Mapping[str, Any],
    own: Sequence[PartitionRequest],
    make: Callable[[Sequence[PartitionRequest]], RunPlan],
) -> ShardPlan:
    sellers = len({each.seller_id for each in own})
    return ShardPlan(name, settings, sellers, make(own).forecast)
