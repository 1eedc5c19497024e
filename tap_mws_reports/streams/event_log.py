"""Record job events in the state, the log and the metrics.

Metrics besides those of the SDK are log lines that begin with ``METRIC:``.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum
from typing import cast

from singer_sdk.metrics import Metric, Point, get_metrics_logger, log

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.progress.base import ProgressReporter
from tap_mws_reports.progress.run_summary import RunSummary
from tap_mws_reports.retrieval.report_job import ROUTINE, JobEvent, JobEventType, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies

logger = logging.getLogger(__name__)


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
    SHORTEST_LOGGED = 1.0
    """Seconds; shorter waits are not logged one by one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._purpose = ""
        self._logged = clock.now()

    def add(self, operation: str, seconds: float) -> None:
        """Count a wait of an operation or of a `ThrottledCall`."""
        self._sums[operation] += seconds
        if self._purpose and seconds >= self.SHORTEST_LOGGED:
            extra = {"report_event": "waiting", "seconds": seconds, "operation": operation}
            what = "Waiting %.0f s for the quota of %s, to %s"
            logger.info(what, seconds, operation, self._purpose, extra=extra)
        if self._clock.now() - self._logged >= self.INTERVAL:
            self.log()

    @contextmanager
    def while_doing(self, purpose: str) -> Iterator[None]:
        """Log each wait within the context when it begins; ``purpose`` is an infinitive."""
        self._purpose = purpose
        try:
            yield
        finally:
            self._purpose = ""

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
    metric = cast("Metric", measure)  # the SDK only uses its value
    log(get_metrics_logger(), Point("timer", metric, round(seconds, 3), tags))


_NEW_REQUEST = {JobEventType.REQUESTED, JobEventType.ADOPTED, JobEventType.AGAIN}


class EventLogger:
    """An `EventHandler` that records all events.

    Args:
        latencies: the report latencies of the run.
        reporter: the progress reporter.
        checkpoint: writes the state if due; called after each new report request.
        summary: counts the report requests of the run.
    """

    def __init__(
        self,
        latencies: Latencies,
        reporter: ProgressReporter,
        checkpoint: Callable[[JobEvent], None],
        summary: RunSummary,
    ) -> None:
        self._summary = summary
        self._latencies = latencies
        self._reporter = reporter
        self._checkpoint = checkpoint

    def __call__(self, event: JobEvent) -> None:
        """Record an event."""
        self._update_bookmark(event)
        if event.seconds is not None:
            log_report_latency(event.job.spec.report_type, event.job.stream, event.seconds)
        words = f" ({event.words})" if event.words else ""
        line = f"{event.event_type.value.capitalize()}: {event.job.describe()}{words}"
        quiet = event.event_type in ROUTINE or event.follows
        level = logging.DEBUG if quiet else logging.INFO
        logger.log(level, "%s", line, extra=_log_fields(event))
        self._reporter.record(event)
        if event.event_type is JobEventType.REQUESTED:
            self._summary.requests += 1
        if event.event_type in _NEW_REQUEST:
            self._checkpoint(event)

    def _update_bookmark(self, event: JobEvent) -> None:
        job = event.job
        if event.event_type in _NEW_REQUEST:
            job.remember()
        if event.event_type is JobEventType.READY:
            job.bookmark.record_latencies(self._latencies.kept(job.spec.report_type))


class LeftReports:
    """Counts the reports that are left for the next run, and logs them by type."""

    def __init__(self) -> None:
        self._reports: defaultdict[tuple[str, str], set[object]] = defaultdict(set)
        self._sellers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def add(self, job: ReportJob) -> None:
        """Count a report; streams that share it count it once."""
        key = job.spec.report_type, job.left_because
        self._reports[key].add((job.seller_id, job.spec, job.interval))
        self._sellers[key].add(job.seller_id)

    def log(self) -> None:
        """Log one line for each type and reason."""
        for report_type, reason in sorted(self._reports):
            reports = self._reports[report_type, reason]
            sellers = len(self._sellers[report_type, reason])
            logger.warning(
                "Left for the next run: %d reports of %s of %d seller%s. %s. These are not "
                "failures; the next run requests them first",
                len(reports),
                report_type,
                sellers,
                "" if sellers == 1 else "s",
                reason,
                extra={
                    "report_event": "left",
                    "report_type": report_type,
                    "reports": len(reports),
                    "sellers": sellers,
                },
            )


def _log_fields(event: JobEvent) -> dict[str, object]:
    """Return the fields of a structured log line.

    None is named ``event``: Meltano passes them to structlog, which uses this name for the message
    (https://www.structlog.org/en/stable/api.html#structlog.typing.FilteringBoundLogger).
    """
    job = event.job
    return {
        "report_event": event.event_type.name.lower(),
        "seller_id": job.seller_id,
        "stream": job.stream,
        "report_type": job.spec.report_type,
        "window": str(job.interval) if job.interval else None,
        "report_request_id": job.report_request_id,
        "report_id": job.report_id,
        "seconds": event.seconds,
    }
