"""Metrics of the tap besides those of the SDK: log lines that begin with ``METRIC:``."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from enum import Enum
from typing import cast

from singer_sdk.metrics import Metric, Point, get_metrics_logger, log

from tap_mws_reports.api.clock import Clock


class TapMetric(Enum):
    """The names of the metrics."""

    QUOTA_WAIT = "quota_wait"
    REPORT_LATENCY = "report_latency"


class QuotaWaits:
    """Sums the waits for quotas, and logs a point per operation at intervals.

    Args:
        clock: the clock; sums are logged `INTERVAL` after the last ones.
    """

    INTERVAL = timedelta(minutes=10)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._logged = clock.now()

    def add(self, operation: str, seconds: float) -> None:
        """Count a wait of an operation or of a `ThrottledCall`."""
        self._sums[operation] += seconds
        if self._clock.now() - self._logged >= self.INTERVAL:
            self.log()

    def log(self) -> None:
        """Log the sums since the last call; also called at the end of a run."""
        for operation, seconds in sorted(self._sums.items()):
            _timer(TapMetric.QUOTA_WAIT, seconds, operation=operation)
        self._sums.clear()
        self._logged = self._clock.now()


def log_report_latency(report_type: str, stream: str, seconds: float) -> None:
    """Log the latency of a report."""
    _timer(TapMetric.REPORT_LATENCY, seconds, report_type=report_type, stream=stream)


def _timer(measure: TapMetric, seconds: float, **tags: str) -> None:
    metric = cast("Metric", measure)  # the SDK only looks at its value
    log(get_metrics_logger(), Point("timer", metric, round(seconds, 3), tags))
