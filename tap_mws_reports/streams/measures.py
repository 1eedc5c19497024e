"""What the tap measures beside the SDK's own metrics: lines that begin with ``METRIC:``."""

from __future__ import annotations

from enum import Enum
from typing import cast

from singer_sdk.metrics import Metric, Point, get_metrics_logger, log


class Measure(Enum):
    """The names of the metrics."""

    QUOTA_WAIT = "quota_wait"
    REPORT_LATENCY = "report_latency"


def quota_wait(operation: str, seconds: float) -> None:
    """Log that calls of an operation were held up by its quota."""
    _timer(Measure.QUOTA_WAIT, seconds, operation=operation)


def report_latency(report_type: str, stream: str, seconds: float) -> None:
    """Log how long Amazon took from a report request to its report."""
    _timer(Measure.REPORT_LATENCY, seconds, report_type=report_type, stream=stream)


def _timer(measure: Measure, seconds: float, **tags: str) -> None:
    metric = cast("Metric", measure)  # the SDK only looks at its value
    log(get_metrics_logger(), Point("timer", metric, round(seconds, 3), tags))
