"""How much of Amazon's quotas a run has used for report requests and downloads.

The other calls of a run, polls and lists, leave no trace in a warehouse; the summary in its log has
the number of all calls (`run_log`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from tap_mws_reports.api.mws import operations as mws
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.sp_api import operations as sp_api
from tap_mws_reports.page.run_timeline import Outcome, ReportLife

Operation = mws.Operation | sp_api.Operation

_OPERATIONS: dict[str, tuple[Operation, Operation]] = {
    "mws": (mws.OPERATIONS["RequestReport"], mws.OPERATIONS["GetReport"]),
    "sp_api": (sp_api.OPERATIONS["createReport"], sp_api.OPERATIONS["getReportDocument"]),
}


class QuotaUse(NamedTuple):
    """The calls of an operation, by the seller with the most of them."""

    operation: str
    calls: int
    """Of all sellers."""
    most_used: int | None
    """How many calls of the burst were used up at most; None without their times."""
    quota: Quota


def quota_use(reports: Iterable[ReportLife], service: str) -> list[QuotaUse]:
    """Return what the reports of a run used of the quotas of a service: `mws` or `sp_api`."""
    requests: defaultdict[str, list[datetime]] = defaultdict(list)
    downloads: defaultdict[str, list[datetime]] = defaultdict(list)
    undated = 0
    for report in reports:
        if report.requested:
            requests[report.seller_id].append(report.requested)
        if report.downloaded:
            downloads[report.seller_id].append(report.downloaded)
        undated += report.outcome is Outcome.LOADED and report.downloaded is None
    request, download = _OPERATIONS[service]
    return [*_use(request, requests, 0), *_use(download, downloads, undated)]


def _use(
    operation: Operation, calls: Mapping[str, list[datetime]], undated: int
) -> Iterator[QuotaUse]:
    """Yield the use of an operation that has a quota; ``undated`` calls have no known time."""
    if (quota := operation.quota) is not None:
        most = max((_most_used(moments, quota) for moments in calls.values()), default=0)
        count = sum(map(len, calls.values())) + undated
        yield QuotaUse(operation.name, count, None if undated else most, quota)


def _most_used(moments: Iterable[datetime], quota: Quota) -> int:
    """Return how many calls were used up at most, from a full bucket on."""
    used = most = 0.0
    before: datetime | None = None
    for moment in sorted(moments):
        if before is not None:
            used = max(0.0, used - (moment - before).total_seconds() / quota.restore_seconds)
        used += 1
        most = max(most, used)
        before = moment
    return round(most)
