"""What a fleet of sellers needs: workers, calls, hours. Calculated from small measured runs.

`python -m benchmarks.fleet` measures the calls and the CPU seconds of a report in a small run of
the tap against the sandbox, in virtual time, takes the forecast of one seller's run, and
multiplies: sellers have quotas of their own, so they take no longer together, but their calls and
documents have to be handled in the same time. It prints a table and, as its last line, one JSON
object.

Not modelled: the time of the target and of the warehouse, rows beyond those of the sandbox's small
documents (`benchmarks.throughput` has the rows per second), refused and repeated calls, sellers
of different size, and the machine's own limits. A worker is a process on one core.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

from benchmarks.quota_bound import bound
from benchmarks.virtual_run import REPORT_TYPES, START, Constant, VirtualRun
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.sp_api.report_type_limits import request_limits
from tap_mws_reports.api.sp_api.service import QUOTAS
from tap_mws_reports.retrieval.scheduling.forecast import Forecast

LATENCY = 300.0
"""Seconds that a report takes Amazon."""

PAST_DAYS = 400
"""How long before the run the windows of `VirtualRun` begin."""

TYPES = (
    *REPORT_TYPES,
    "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_SALES_DATA_",
    "_GET_FBA_FULFILLMENT_REMOVAL_ORDER_DETAIL_DATA_",
    "_GET_FBA_FULFILLMENT_REMOVAL_SHIPMENT_DETAIL_DATA_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_PROMOTION_DATA_",
)
"""Ten types; some go back less than two years."""

UTILISATION = 0.7
"""The part of a worker's time that is planned: the rest is for peaks, start-up and retries."""

APPLICATION_TYPE = "GET_SALES_AND_TRAFFIC_REPORT"
DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Measured:
    """What one report costs, from a small run."""

    calls: float
    cpu_s: float


@dataclass(frozen=True)
class Workload:
    """So many sellers, of each of whom ten types are read for so many days."""

    name: str
    sellers: int
    days: int
    window_days: int = 1
    within_h: float | None = None
    """The hours in which it has to be done; None: as fast as the quotas allow."""


@dataclass(frozen=True)
class Needs:
    """What a workload needs; one row of the table."""

    workload: str
    sellers: int
    reports: int
    calls: int
    one_seller_h: float
    """The forecast of one seller's run, which is that of all with enough workers."""
    bound_h: float
    """The earliest end that the quotas allow."""
    hours: float
    calls_per_s: float
    cpu_h: float
    workers: int
    limited_by: str


def main() -> None:
    """Measure, multiply and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.fleet", description=__doc__)
    parser.add_argument("--call-time", type=float, default=0.3, help="seconds of a call")
    parser.add_argument("--download-time", type=float, default=2.0, help="seconds of a document")
    parser.add_argument("--connections", type=int, default=8, help="calls at a time of a worker")
    given = parser.parse_args()
    logging.disable()
    measured = measure()
    io_s = measured.calls * given.call_time + given.download_time
    print(
        f"A report: {measured.calls:.2f} calls, {measured.cpu_s * 1000:.0f} ms of CPU, "
        f"{io_s:.1f} s of waiting for calls and its document.\n"
    )
    rows = []
    for workload in WORKLOADS:
        found = needs(workload, measured, io_s, given.connections)
        rows.append(found)
        if len(rows) == 1:
            print(" | ".join(asdict(found)))
        print(" | ".join(str(value) for value in asdict(found).values()), flush=True)
    limits = list(application_limits())
    print(
        json.dumps(
            {
                "report": asdict(measured),
                "connections": given.connections,
                "fleets": [asdict(row) for row in rows],
                "application_limits": limits,
            }
        )
    )


WORKLOADS = (
    Workload("10 types daily", 1_000, 1, within_h=1),
    Workload("10 types daily", 10_000, 1, within_h=1),
    Workload("10 types daily", 10_000, 1, within_h=6),
    Workload("two years, day by day", 1_000, 730),
    Workload("two years by 30 days", 1_000, 730, 30),
)


def measure(sellers: int = 5, reports: int = 50) -> Measured:
    """Return the calls and the CPU seconds of a report, apart from what a run costs by itself."""
    small, large = _run(sellers, len(REPORT_TYPES)), _run(sellers, reports)
    count = sellers * (reports - len(REPORT_TYPES))
    return Measured(
        (large.calls - small.calls) / count, max(0.001, (large.cpu_s - small.cpu_s) / count)
    )


def _run(sellers: int, reports: int) -> Measured:
    run = VirtualRun(Constant(LATENCY), sellers, "sp_api")
    run.want(reports)
    started = time.process_time()
    run.run()
    return Measured(run.amazon.calls.total(), time.process_time() - started)


def needs(workload: Workload, measured: Measured, io_s: float, connections: int) -> Needs:
    """Return what a workload needs.

    Args:
        workload: the sellers and their reports.
        measured: what a report costs.
        io_s: the seconds of calls and of the document of a report.
        connections: how many calls a worker makes at a time.
    """
    forecast = forecast_of_one(workload)
    one = forecast.expected / timedelta(hours=1)
    hours = max(one, workload.within_h or 0.0)
    total = workload.sellers * forecast.reports
    seconds = hours * 3600 * UTILISATION
    by_cpu, by_calls = total * measured.cpu_s / seconds, total * io_s / connections / seconds
    workers = max(1, math.ceil(max(by_cpu, by_calls)))
    quota = QUOTAS[ThrottledCall.REQUEST]
    return Needs(
        workload=workload.name,
        sellers=workload.sellers,
        reports=total,
        calls=round(total * measured.calls),
        one_seller_h=round(one, 2),
        bound_h=round(bound(quota, [LATENCY] * forecast.reports) / 3600, 2),
        hours=round(hours, 2),
        calls_per_s=round(total * measured.calls / (hours * 3600), 1),
        cpu_h=round(total * measured.cpu_s / 3600, 1),
        workers=workers,
        limited_by="calls" if by_calls > by_cpu else "CPU",
    )


def forecast_of_one(workload: Workload) -> Forecast:
    """Return what `mws-reports plan` expects of a run of one seller."""
    windows = PAST_DAYS // workload.window_days
    midnight = START.replace(hour=0, minute=0, second=0)
    end = midnight - timedelta(days=PAST_DAYS - windows * workload.window_days)
    start = end - timedelta(days=workload.days)
    run = VirtualRun(
        Constant(LATENCY),
        api="sp_api",
        window_days=workload.window_days,
        report_types=TYPES,
        start_date=start.isoformat(),
    )
    run.want(windows * len(TYPES))
    return run.plan()


def application_limits() -> Iterator[dict[str, object]]:
    """Yield how often sales and traffic, limited per application, can serve each seller."""
    for limit in request_limits(APPLICATION_TYPE):
        if limit.scope == "application":
            per_day = limit.count * DAY_SECONDS / limit.span.total_seconds()
            for sellers in (100, 1_000, 10_000):
                yield {
                    "per_day": round(per_day),
                    "sellers": sellers,
                    "days_per_round": round(sellers / per_day, 1),
                }
            return


if __name__ == "__main__":
    main()
