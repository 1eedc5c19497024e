"""What the streams of one sync share: sellers, clock, jobs, and when STATE is written."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.sqs import Queue
from tap_mws_reports.errors import TapError
from tap_mws_reports.progress.base import ProgressReporter
from tap_mws_reports.retrieval.acknowledgement import acknowledge_reports
from tap_mws_reports.retrieval.adoption import adopt_existing, list_generated
from tap_mws_reports.retrieval.notification_consumer import NotificationConsumer
from tap_mws_reports.retrieval.pipeline import Pipeline
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest, by_seller, plan_jobs
from tap_mws_reports.retrieval.planning.run_plan import known_latencies
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobEvent, ReportJob
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler
from tap_mws_reports.streams import metrics
from tap_mws_reports.streams.event_log import EventLogger
from tap_mws_reports.streams.seller_connections import SellerConnection, SellerConnections

PARTITIONS_PER_CHANGE = 100
"""So many partitions are written for each change: a larger state waits for several changes."""


class StateFlushPolicy:
    """Decides when the state is written.

    What a killed run has not written it has to read again, and to find in Amazon's list. So what
    that list does not tell is urgent.

    Args:
        write_state: writes the whole state.
        partitions: how many parts the state has.
    """

    def __init__(self, write_state: Callable[[], None], partitions: int = 0) -> None:
        self._write_state = write_state
        self._enough = max(1, partitions // PARTITIONS_PER_CHANGE)
        self._unwritten = 0

    def changed(self, *, urgent: bool = False) -> None:
        """Note that the state has changed, and write it when it is time."""
        self._unwritten += 1
        if urgent or self._unwritten >= self._enough:
            self.catch_up()

    def catch_up(self) -> None:
        """Write the state if it has changed since it was last written."""
        if self._unwritten:
            self._unwritten = 0
            self._write_state()


logger = logging.getLogger(__name__)


class SyncContext:
    """One run of the tap.

    Args:
        sellers: whose reports are read; Amazon is asked when the first stream needs it.
        clock: tells the time and sleeps.
        start: how far back a first run goes.
        end: where to stop, or None for the present.
        reporter: shows how the run gets on.
        partition_requests: returns what all selected row streams want; called when the first
            one is read.
        write_state: writes the state of all streams, unless it is as it was last written.
        policy: how reports are requested.
        make_queue: connects to the queue of notifications, where there is one.
        quota_waits: sums up how long quotas held calls up.
    """

    def __init__(
        self,
        sellers: Iterable[SellerConnection],
        clock: Clock,
        start: datetime,
        end: datetime | None,
        reporter: ProgressReporter,
        partition_requests: Callable[[], list[PartitionRequest]],
        write_state: Callable[[], None],
        policy: RetrievalPolicy | None = None,
        make_queue: Callable[[], Queue | None] = lambda: None,
        quota_waits: metrics.QuotaWaits | None = None,
    ) -> None:
        self.clock = clock
        self.start = start
        self.end = end
        self._reporter = reporter
        self._policy = policy or RetrievalPolicy()
        self.failures: list[TapError] = []
        self.sellers = SellerConnections(sellers, self.failed)
        self._write_state = write_state
        self.checkpoints = StateFlushPolicy(write_state)
        self._demands = partition_requests
        self._make_queue = make_queue
        self._quota_waits = quota_waits or metrics.QuotaWaits(clock)
        self._pipeline: Pipeline | None = None
        self._directory: Path | None = None

    def documents(self, stream: str) -> Iterator[ReportJob]:
        """Yield the ended jobs of a stream.

        The first call makes the job list of all streams, so that Amazon jobs on every report
        while the first one is waited for.

        Args:
            stream: the stream that is being written.
        """
        if self._pipeline is None:
            self._pipeline = self._start(self._demands())
        for job in self._pipeline.ended(stream):
            yield job
            if job.document is not None and not self._pipeline.is_wanted(job):
                job.document.path.unlink(missing_ok=True)

    def written(self, job: ReportJob) -> None:
        """Move the bookmark of a job whose rows have all been written."""
        job.finish()
        if self._policy.acknowledge and job.report_id:
            job.bookmark.note_written(job.report_id)

    def read(self, rows: int) -> None:
        """Note that so many more rows were read."""
        self._reporter.read(rows)

    def failed(self, error: TapError) -> None:
        """Note that something was not done; the run ends with exit code 1."""
        self.failures.append(error)
        logger.error("%s", error)

    @property
    def retry_failed_days(self) -> int:
        """For how many days after its first failure a report is requested again."""
        return self._policy.retry_failed_days

    def given_up(self, error: TapError) -> None:
        """Note that a failure is not to be retried: it does not count for the exit code."""
        self.failures.remove(error)

    def close(self) -> None:
        """Remove what the run left on disk, and show no more of it."""
        self._quota_waits.log()
        self._reporter.close()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _start(self, partition_requests: list[PartitionRequest]) -> Pipeline:
        now = self.clock.now()
        self.checkpoints = StateFlushPolicy(self._write_state, len(partition_requests))
        self._directory = Path(tempfile.mkdtemp(prefix="tap-mws-reports-"))
        schedulers = [
            self._scheduler(seller_id, of_seller, self._directory)
            for seller_id, of_seller in by_seller(partition_requests).items()
        ]
        for scheduler in schedulers:
            if error := self.sellers.loss(scheduler.seller_id):
                scheduler.close(error, now)
        self._write_state()
        queue = self._make_queue()
        notification_handlers = {
            scheduler.seller_id: scheduler.notifications for scheduler in schedulers
        }
        inbox = (
            None
            if queue is None
            else NotificationConsumer(queue, notification_handlers, self.clock, self._reporter)
        )
        pipeline = Pipeline(
            schedulers,
            self.clock,
            self._held_up,
            self.sellers.lose,
            self.checkpoints.catch_up,
            inbox,
            self._reporter,
        )
        logger.info("%s", pipeline.snapshot().forecast.describe(now))
        self._reporter.begin(pipeline.snapshot)
        return pipeline

    def _scheduler(
        self, seller_id: str, partition_requests: list[PartitionRequest], directory: Path
    ) -> SellerScheduler:
        """Return the scheduler of a seller, with all that Amazon has already taken over."""
        now, latencies = self.clock.now(), known_latencies(partition_requests)
        service = self.sellers[seller_id].service
        jobs = plan_jobs(partition_requests, now, marketplaces_told=service.lists_tell_marketplaces)

        def take_stock(seller: SellerConnection) -> list[ReportJob]:
            self._acknowledge(seller, partition_requests)
            adopt_existing(jobs, partition_requests, seller.service, latencies, now)
            return list(list_generated(partition_requests, seller.service, now))

        jobs += self.sellers.ask(seller_id, take_stock) or []
        for job in jobs:
            job.remember()

        def save(event: JobEvent) -> None:
            self.checkpoints.changed(urgent=not event.job.matchable)

        journal = EventLogger(latencies, self._reporter, save)
        # Each has a folder of its own: report ids are unique for one seller only.
        folder = Path(tempfile.mkdtemp(dir=directory))
        return SellerScheduler(seller_id, service, jobs, latencies, self._policy, folder, journal)

    def _acknowledge(
        self, seller: SellerConnection, partition_requests: list[PartitionRequest]
    ) -> None:
        if self._policy.acknowledge:
            count = acknowledge_reports(
                [partition_request.bookmark for partition_request in partition_requests],
                seller.service,
            )
            what = "%d reports of earlier runs of seller %s were acknowledged"
            logger.info(what, count, seller.seller_id)

    def _held_up(self, call: ThrottledCall, seconds: float) -> None:
        self._quota_waits.add(call.value, seconds)
