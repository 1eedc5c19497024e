"""How accurate the forecast of a run is, in virtual time.

`python -m benchmarks.estimate` lets the tap learn how long reports take, makes the plan of the
next run, and runs it against the in-process sandbox: a backfill, one that continues after
a kill, one with few requests open at a time, with the newest windows first, with snapshots, and a
first run, which knows no latency. During the run it compares the tap's forecast of the remaining
time with two plain estimates. It prints a table of the plans, a table of the errors by method and,
as its last line, one JSON object.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from statistics import fmean, median
from typing import Any
from unittest.mock import patch

from benchmarks.makespan import LATENCIES, MEDIANS
from benchmarks.plain_forecast import plain_forecasts
from benchmarks.virtual_run import Constant, Lognormal, VirtualRun
from tap_mws_reports.api.interface import CallQuotas
from tap_mws_reports.retrieval import seller_scheduler
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.scheduling.forecast import Forecast, forecast
from tap_mws_reports.retrieval.scheduling.latency import Latencies

NUMBERS = (10, 50, 125)
SPREADS = (0.05, 0.3)
LESSON = 25
"""Reports of an earlier run, from which the tap has learned how long each type takes."""

WINDOW_DAYS = 7
"""Long enough for every report to have rows."""

MOMENTS = (0.0, 0.25, 0.5, 0.75)
"""When the methods are compared, as shares of the time that the run takes."""

METHODS = ("simulation", "maximum", "sum")
SNAPSHOTS = (
    "_GET_AFN_INVENTORY_DATA_",
    "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_",
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
)
_MEDIANS = {**MEDIANS, **dict.fromkeys(SNAPSHOTS, 240)}
_COLUMNS = (
    *("latencies", "scenario", "reports", "requests"),
    *("adopted", "planned_s", "took_s", "off"),
)
_NEAR = 0.1
_DAY, _IN_A_COOLDOWN = 24 * 3600, 15 * 60

State = dict[str, Any]
Pace = Constant | Lognormal


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.estimate", description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=NUMBERS)
    parser.add_argument("--spread", type=float, nargs="*", default=SPREADS, help="of a mix")
    parser.add_argument("--constant", type=int, nargs="*", default=LATENCIES, help="seconds")
    given = parser.parse_args()
    # The tap makes forecasts only for log lines that are written.
    logging.basicConfig(level=logging.INFO, handlers=[logging.NullHandler()], force=True)
    print("".join(f"{name:>14}" for name in _COLUMNS))
    results = []
    for row in _rows(given.reports, given.spread, given.constant):
        results.append(row)
        print("".join(f"{row[name]:>14}" for name in _COLUMNS), flush=True)
    summary = summarize(results)
    print(f"\n{'error in %':<40}" + "".join(f"{name:>24}" for name in METHODS))
    for group in summary:
        print(_line(group))
    print(json.dumps({"runs": results, "errors": summary}))


def _rows(
    numbers: Sequence[int], spreads: Sequence[float], constants: Sequence[int]
) -> Iterator[dict[str, Any]]:
    for reports in numbers:
        for spread in spreads:
            for name, scenario in SCENARIOS.items():
                found = scenario(reports, Lognormal(_MEDIANS, spread))
                yield {"latencies": f"mix {spread}", "scenario": name, **found}
        for seconds in constants:
            found = _backfill(reports, Constant(seconds))
            yield {"latencies": f"constant {seconds}", "scenario": "backfill", **found}


class ForecastRecorder:
    """Makes the tap's forecasts, and records what each method expects at that moment."""

    def __init__(self) -> None:
        self._made: list[tuple[datetime, dict[str, float]]] = []

    def __call__(
        self,
        jobs: Iterable[ReportJob],
        latencies: Latencies,
        quotas: CallQuotas,
        policy: RetrievalPolicy,
        now: datetime,
        *limits: Any,  # noqa: ANN401 - passed on
    ) -> Forecast:
        """Return the tap's forecast."""
        jobs = list(jobs)
        made = forecast(jobs, latencies, quotas, policy, now, *limits)
        plain = plain_forecasts(jobs, latencies, quotas, now)
        self._made.append((now, {"simulation": made.expected.total_seconds(), **plain}))
        return made

    def errors(self, start: datetime, end: datetime) -> list[dict[str, float]]:
        """Return the relative errors of the remaining time, for a run from ``start`` to ``end``.

        Of each of ``MOMENTS`` the nearest forecast counts, and no forecast counts twice.
        """
        chosen: dict[datetime, tuple[float, dict[str, float]]] = {}
        for share in MOMENTS:
            moment = start + share * (end - start)
            made = [each for each in self._made if each[0] < end]
            now, remaining = min(made, key=lambda each: abs(each[0] - moment))
            chosen.setdefault(now, (share, remaining))
        return [
            {"moment": share, **{name: _off(remaining[name], now, end) for name in METHODS}}
            for now, (share, remaining) in chosen.items()
        ]


def _off(seconds: float, now: datetime, end: datetime) -> float:
    took = (end - now).total_seconds()
    return round((seconds - took) / took, 3)


def summarize(runs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the errors by kind of run and moment, for each method.

    They are the median and the 90th percentile of the absolute relative errors, the bias, which is
    the mean of the relative errors (below 0 if the run ends later than forecast), and the share of
    the forecasts that are at most 10 % off.
    """
    groups: dict[tuple[str, str], list[dict[str, float]]] = {}
    for run in runs:
        first = ", first run" if run["scenario"] == "first run" else ""
        constant = run["latencies"].startswith("constant")
        name = "constant" if constant else run["latencies"] + first
        for errors in run["errors"]:
            moment = "during the run" if errors["moment"] else "at the start"
            groups.setdefault((name, moment), []).append(errors)
    return [
        {
            "latencies": name,
            "moment": moment,
            "forecasts": len(of_group),
            **{method: _spread([errors[method] for errors in of_group]) for method in METHODS},
        }
        for (name, moment), of_group in groups.items()
    ]


def _spread(errors: Sequence[float]) -> dict[str, float]:
    sizes = sorted(map(abs, errors))
    return {
        "median": round(median(sizes), 3),
        "p90": sizes[min(len(sizes) - 1, int(len(sizes) * 0.9))],
        "bias": round(fmean(errors), 3),
        "within_10": round(sum(size <= _NEAR for size in sizes) / len(sizes), 2),
    }


def _line(group: dict[str, Any]) -> str:
    name = f"{group['latencies']}, {group['moment']} ({group['forecasts']})"
    figures = (" / ".join(f"{100 * each:.0f}" for each in group[name].values()) for name in METHODS)
    return f"{name:<40}" + "".join(f"{each:>24}" for each in figures)


def _learned(pace: Pace, **settings: object) -> tuple[VirtualRun, State]:
    """Return an Amazon of which the tap knows how long its reports take, a day later."""
    run = VirtualRun(pace, window_days=WINDOW_DAYS, **settings)
    run.want(LESSON)
    state = run.run()
    run.clock.sleep(_DAY)
    return run, state


def compared(run: VirtualRun, state: State | None) -> dict[str, Any]:
    """Plan the next run, make it, and return the figures."""
    planned, started, recorder = run.plan(state), run.clock.now(), ForecastRecorder()
    with patch.object(seller_scheduler, "forecast", recorder):
        run.run(state)
    ended = run.clock.now()
    expected, took = planned.expected.total_seconds(), (ended - started).total_seconds()
    return {
        "reports": planned.reports,
        "requests": planned.requests,
        "adopted": planned.adopted,
        "planned_s": round(expected),
        "took_s": round(took),
        "off": _off(expected, started, ended),
        "errors": recorder.errors(started, ended),
    }


def _backfill(reports: int, pace: Pace) -> dict[str, Any]:
    run, state = _learned(pace)
    run.want(LESSON + reports)
    return compared(run, state)


def _killed(reports: int, pace: Pace) -> dict[str, Any]:
    """Half of the requests are made when the run is killed; it continues two minutes later."""
    run, state = _learned(pace)
    run.want(LESSON + reports)
    state = run.run(state, dies_after=reports // 2 + 1)
    run.clock.sleep(120)
    return compared(run, state)


def _few_open(reports: int, pace: Pace) -> dict[str, Any]:
    run, state = _learned(pace, max_open=10)
    run.want(LESSON + reports)
    return compared(run, state)


def _newest_first(reports: int, pace: Pace) -> dict[str, Any]:
    run, state = _learned(pace, order="newest")
    run.want(LESSON + reports)
    return compared(run, state)


def _with_snapshots(reports: int, pace: Pace) -> dict[str, Any]:
    """One snapshot was taken just now, and is not due; two others are."""
    run, state = _learned(pace)
    run.also(SNAPSHOTS[0])
    state = run.run(state)
    run.clock.sleep(_IN_A_COOLDOWN)
    run.also(*SNAPSHOTS[1:])
    run.want(LESSON + reports)
    return compared(run, state)


def _first_run(reports: int, pace: Pace) -> dict[str, Any]:
    """No latency is known before the first reports are ready."""
    run = VirtualRun(pace, window_days=WINDOW_DAYS)
    run.want(reports)
    return compared(run, None)


SCENARIOS: dict[str, Callable[[int, Pace], dict[str, Any]]] = {
    "backfill": _backfill,
    "killed": _killed,
    "max_open 10": _few_open,
    "newest first": _newest_first,
    "snapshots": _with_snapshots,
    "first run": _first_run,
}


if __name__ == "__main__":
    main()
