"""What the streams of one sync share: sellers, clock, jobs, and when STATE is written."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tap_mws_reports.api.call_executor import CallExecutor, InlineExecutor
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.request_budgets import RequestBudgets
from tap_mws_reports.api.sqs import Queue
from tap_mws_reports.errors import SellerLost, TapError
from tap_mws_reports.progress.base import ProgressReporter
from tap_mws_reports.progress.run_summary import RunSummary
from tap_mws_reports.retrieval.acknowledgement import acknowledge_reports
from tap_mws_reports.retrieval.adoption import adopt_existing, list_generated
from tap_mws_reports.retrieval.notification_consumer import NotificationConsumer
from tap_mws_reports.retrieval.pipeline import Pipeline
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest, by_seller, plan_jobs
from tap_mws_reports.retrieval.planning.request_range import describe_ranges
from tap_mws_reports.retrieval.planning.run_plan import known_latencies
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobEvent, JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies, SharedLatencies
from tap_mws_reports.retrieval.scheduling.request_turns import RequestTurns
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler
from tap_mws_reports.retrieval.state.ledger_state import LedgerState, load_ledgers
from tap_mws_reports.streams import event_log
from tap_mws_reports.streams.event_log import EventLogger, LeftReports
from tap_mws_reports.streams.interleaved_sync import InterleavedSync
from tap_mws_reports.streams.run_folder import RunFolder, remove_abandoned_folders
from tap_mws_reports.streams.seller_connections import SellerConnection, SellerConnections
from tap_mws_reports.streams.state_flush import StateFlushPolicy

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 2.0
"""How long a run that is stopped waits for the answers to its report requests."""


class SyncContext:
    """The context of one run of the tap.

    Args:
        sellers: the sellers; the first stream that needs Amazon makes the first call.
        clock: the clock.
        start: the start date of a first run.
        end: the end date, or None for now.
        reporter: the progress reporter.
        partition_requests: returns the partition requests of all selected row streams; called
            when the first one is read.
        write_state: writes the state of all streams if it has changed.
        policy: the user's settings of retrieval.
        make_queue: connects to the notification queue, if there is one.
        quota_waits: sums the waits for quotas.
        budgets: the request ledgers that the services of the sellers use.
        executor: makes the calls; one after the other if it is left out.
        summary: counts what the run does.
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
        quota_waits: event_log.QuotaWaits | None = None,
        budgets: RequestBudgets | None = None,
        executor: CallExecutor | None = None,
        summary: RunSummary | None = None,
    ) -> None:
        self.clock = clock
        self._executor = executor or InlineExecutor(clock)
        self.start = start
        self.end = end
        self.summary = summary or RunSummary(clock.now())
        self._reporter = reporter
        self._policy = policy or RetrievalPolicy()
        self.failures: list[TapError] = []
        self._logged: set[tuple[str, ...]] = set()
        self.sellers = SellerConnections(sellers, self.failed, self._executor)
        self._write_state = write_state
        self.checkpoints = StateFlushPolicy(write_state, clock)
        self._get_partition_requests = partition_requests
        self._make_queue = make_queue
        self.quota_waits = quota_waits or event_log.QuotaWaits(clock)
        self._budgets = budgets or RequestBudgets()
        self._ledger_states: list[LedgerState] = []
        self._turns = RequestTurns()
        self._latencies = SharedLatencies()
        self._left = LeftReports()
        self._pipeline: Pipeline | None = None
        self._folder: RunFolder | None = None
        self._interleaved: InterleavedSync | None = None

    def sync_together(self, syncs: Mapping[str, Callable[[], None]]) -> None:
        """Sync row streams, by their names, at the same time; see `InterleavedSync`."""
        self._interleaved = InterleavedSync(syncs)
        try:
            self._interleaved.run(self.completed, self._awaits)
        finally:
            self._interleaved = None

    def documents(self, stream: str) -> Iterator[ReportJob]:
        """Yield the completed jobs of a stream, which may be synced together with others."""
        if self._interleaved is None:
            return self.completed(stream)
        return self._interleaved.documents(stream)

    def completed(self, *streams: str) -> Iterator[ReportJob]:
        """Yield the completed jobs of some streams, as they are completed; see `steps`."""
        return (job for job in self.steps(*streams) if job is not None)

    def steps(self, *streams: str) -> Iterator[ReportJob | None]:
        """Yield the completed jobs of some streams, and None after each wait without one.

        The first call plans the jobs of all streams, so that Amazon processes all reports
        while the run waits for the first one.

        Args:
            streams: the names of the streams.
        """
        if not streams:
            return
        if self._pipeline is None:
            self._pipeline = self._start(self._get_partition_requests())
        for job in self._pipeline.steps(*streams):
            if job is not None and job.phase is JobStatus.LEFT:
                self._left.add(job)
                continue
            yield job
            if job is not None and job.document is not None and not self._pipeline.is_wanted(job):
                job.document.path.unlink(missing_ok=True)

    def _awaits(self, stream: str) -> bool:
        return self._pipeline is not None and self._pipeline.awaits(stream)

    def recount(self, job: ReportJob) -> datetime | None:
        """Request a delivered report once more; return when, or None if its seller has failed."""
        if self._pipeline is None or self.sellers.failure(job.seller_id):
            return None
        document = job.document
        wanted = self._pipeline.is_wanted(job)
        not_before = self._pipeline.recount(job)
        if document is not None and not wanted:
            document.path.unlink(missing_ok=True)
        self.checkpoints.changed()
        return not_before

    def go_on(self) -> None:
        """Begin the calls that are due while a document is read."""
        if self._pipeline is not None:
            self._pipeline.go_on()

    def settle(self, *, stop: bool = True) -> None:
        """Take the answers to report requests in flight before a stop, or before a long break."""
        if self._pipeline is not None:
            self._pipeline.settle(SETTLE_SECONDS, stop=stop)

    def written(self, job: ReportJob) -> None:
        """Move the bookmark of a job whose rows have all been written."""
        job.finish()
        if self._policy.acknowledge and job.report_id:
            job.bookmark.record_written(job.report_id)

    def read(self, rows: int) -> None:
        """Count rows that were read."""
        self._reporter.read(rows)

    def failed(self, error: TapError) -> None:
        """Record a failure; the run ends with exit code 1. Each cause is logged once."""
        # The loss of a seller was logged when its call failed.
        was_logged = error.cause in self._logged or isinstance(error, SellerLost)
        self._logged.add(error.cause)
        self.failures.append(error)
        if not was_logged:
            logger.error("%s", error)

    @property
    def retry_failed_days(self) -> int:
        """For how many days after its first failure a window is retried."""
        return self._policy.retry_failed_days

    def given_up(self, error: TapError) -> None:
        """Remove a failure that is given up: it does not count for the exit code."""
        self.failures.remove(error)

    def log_left(self) -> None:
        """Log what is left for the next run, one line for each report type."""
        self._left.log()

    def close(self) -> None:
        """Remove temporary files and end the progress report."""
        self._executor.close()
        self.quota_waits.log()
        self._reporter.close()
        if self._folder is not None:
            self._folder.remove()

    def _start(self, partition_requests: list[PartitionRequest]) -> Pipeline:
        now = self.clock.now()
        self.checkpoints = StateFlushPolicy(self._write_state, self.clock, len(partition_requests))
        if count := remove_abandoned_folders():
            logger.info("Removed %d temporary folders of runs that were killed", count)
        self._folder = RunFolder()
        self._ledger_states = load_ledgers(
            (partition_request.ledgers for partition_request in partition_requests), self._budgets
        )
        schedulers = self._make_schedulers(by_seller(partition_requests), self._folder.path)
        for scheduler in schedulers:
            if error := self.sellers.failure(scheduler.seller_id):
                scheduler.close(error, now)
        self._write_state()
        pipeline = self._make_pipeline(schedulers, self._make_consumer(schedulers))
        for line in describe_ranges(partition_requests, now):
            logger.info("%s", line)
        logger.info("%s", pipeline.snapshot().forecast.describe(now))
        self._reporter.begin(pipeline.snapshot)
        return pipeline

    def _make_consumer(self, schedulers: Sequence[SellerScheduler]) -> NotificationConsumer | None:
        queue = self._make_queue()
        if queue is None:
            return None
        handlers = {scheduler.seller_id: scheduler.notifications for scheduler in schedulers}
        return NotificationConsumer(queue, handlers, self._executor.clock, self._reporter)

    def _make_pipeline(
        self, schedulers: Sequence[SellerScheduler], consumer: NotificationConsumer | None
    ) -> Pipeline:
        return Pipeline(
            schedulers,
            self.clock,
            self._add_quota_wait,
            self.sellers.mark_failed,
            self.checkpoints.catch_up,
            consumer,
            self._reporter,
            self._turns,
            self._executor,
            lambda: self.checkpoints.due,
            self._latencies,
        )

    def _make_schedulers(
        self, partition_requests: Mapping[str, list[PartitionRequest]], directory: Path
    ) -> list[SellerScheduler]:
        """Return the schedulers of all sellers, with existing requests adopted."""
        latencies = {
            name: known_latencies(each, self._latencies)
            for name, each in partition_requests.items()
        }
        jobs = {name: self._plan(name, each) for name, each in partition_requests.items()}

        def find_existing(seller: SellerConnection) -> list[ReportJob]:
            seller_id, now = seller.seller_id, self.clock.now()
            wanted = partition_requests[seller_id]
            self._acknowledge(seller, wanted)
            adopt_existing(jobs[seller_id], wanted, seller.service, latencies[seller_id], now)
            return list(list_generated(wanted, seller.service, now))

        calls = dict.fromkeys(partition_requests, find_existing)
        for seller_id, generated in self.sellers.call_each(calls):
            jobs[seller_id] += generated
        return [
            self._scheduler(seller_id, jobs[seller_id], latencies[seller_id], directory, place)
            for place, seller_id in enumerate(partition_requests)
        ]

    def _plan(self, seller_id: str, partition_requests: list[PartitionRequest]) -> list[ReportJob]:
        service = self.sellers[seller_id].service
        return plan_jobs(
            partition_requests,
            self.clock.now(),
            lists_have_marketplaces=service.lists_have_marketplaces,
        )

    def _scheduler(
        self,
        seller_id: str,
        jobs: list[ReportJob],
        latencies: Latencies,
        directory: Path,
        place: int,
    ) -> SellerScheduler:
        service = self.sellers[seller_id].service
        for job in jobs:
            job.remember()

        def save(event: JobEvent) -> None:
            limited = service.request_budgets.is_limited(event.job.spec.report_type)
            if limited:
                self._save_ledgers(event.job.spec.report_type)
            self.checkpoints.changed(requests=1, urgent=limited or not event.job.matchable)

        event_logger = EventLogger(latencies, self._reporter, save, self.summary)
        # One folder per seller: report ids are unique only within a seller.
        folder = Path(tempfile.mkdtemp(dir=directory))
        seller_jobs = SellerJobs(service, jobs, latencies, self._policy, event_logger)
        return SellerScheduler(seller_id, seller_jobs, folder, self._turns, self.clock.now(), place)

    def _save_ledgers(self, report_type: str) -> None:
        for state in self._ledger_states:
            if state.report_type == report_type:
                state.save(self._budgets, self.clock.now())

    def _acknowledge(
        self, seller: SellerConnection, partition_requests: list[PartitionRequest]
    ) -> None:
        if self._policy.acknowledge:
            count = acknowledge_reports(
                [partition_request.bookmark for partition_request in partition_requests],
                seller.service,
            )
            what = "Acknowledged %d reports of earlier runs of seller %s"
            logger.info(what, count, seller.seller_id)

    def _add_quota_wait(self, call: ThrottledCall, seconds: float) -> None:
        self.quota_waits.add(call.value, seconds)
