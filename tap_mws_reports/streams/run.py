"""What the streams of one run share: Amazon, the clock, and one work list."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import Call, ReportService
from tap_mws_reports.api.queue import Queue
from tap_mws_reports.errors import TapError
from tap_mws_reports.retrieval.acknowledgement import acknowledge
from tap_mws_reports.retrieval.desk import Desk
from tap_mws_reports.retrieval.inbox import Inbox
from tap_mws_reports.retrieval.inventory import made_unasked, take_over
from tap_mws_reports.retrieval.pipeline import Pipeline
from tap_mws_reports.retrieval.plan import latencies_of
from tap_mws_reports.retrieval.policy import Policy
from tap_mws_reports.retrieval.work import Work
from tap_mws_reports.retrieval.worklist import Demand, wanted
from tap_mws_reports.streams import measures
from tap_mws_reports.streams.journal import Journal
from tap_mws_reports.streams.watching import Watcher

logger = logging.getLogger(__name__)


class Run:
    """One run of the tap.

    Args:
        make_service: connects to Amazon; called when the first stream needs it.
        clock: tells the time and sleeps.
        seller_id: whose reports are read.
        start: how far back a first run goes.
        end: where to stop, or None for the present.
        watcher: shows how the run gets on.
        policy: how reports are asked for.
        make_queue: connects to the queue of notifications, where there is one.

    ``demands`` is set by the tap once it has its streams: what all row streams want.
    """

    def __init__(
        self,
        make_service: Callable[[], ReportService],
        clock: Clock,
        seller_id: str,
        start: datetime,
        end: datetime | None,
        watcher: Watcher,
        policy: Policy | None = None,
        make_queue: Callable[[], Queue | None] = lambda: None,
    ) -> None:
        self.clock = clock
        self.seller_id = seller_id
        self.start = start
        self.end = end
        self._watcher = watcher
        self._policy = policy or Policy()
        self.failures: list[TapError] = []
        self.demands: Callable[[], list[Demand]] = list
        self._make_service = make_service
        self._make_queue = make_queue
        self._service: ReportService | None = None
        self._pipeline: Pipeline | None = None
        self._directory: Path | None = None

    @property
    def service(self) -> ReportService:
        """Amazon's reports of the seller."""
        if self._service is None:
            self._service = self._make_service()
        return self._service

    def documents(self, stream: str, checkpoint: Callable[[], None]) -> Iterator[Work]:
        """Yield the ended works of a stream.

        The first call makes the work list of all streams, so that Amazon works on every report
        while the first one is waited for.

        Args:
            stream: the stream that is being written.
            checkpoint: writes the state; called whenever a report request is new.
        """
        if self._pipeline is None:
            self._pipeline = self._start(self.demands(), checkpoint)
        for work in self._pipeline.ended(stream):
            yield work
            if work.document is not None and not self._pipeline.is_wanted(work.document):
                work.document.path.unlink(missing_ok=True)

    def written(self, work: Work) -> None:
        """Move the bookmark of a work whose rows have all been written."""
        work.finish()
        if self._policy.acknowledge and work.report_id:
            work.bookmark.note_written(work.report_id)

    def read(self, rows: int) -> None:
        """Note that so many more rows were read."""
        self._watcher.read(rows)

    def failed(self, error: TapError) -> None:
        """Note that something was not done; the run ends with exit code 1."""
        self.failures.append(error)
        logger.error("%s", error)

    def close(self) -> None:
        """Remove what the run left on disk, and show no more of it."""
        self._watcher.close()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _start(self, demands: list[Demand], checkpoint: Callable[[], None]) -> Pipeline:
        queue = self._make_queue()
        if self._policy.acknowledge:
            count = acknowledge([demand.bookmark for demand in demands], self.service)
            logger.info("%d reports of earlier runs were acknowledged", count)
        now = self.clock.now()
        latencies = latencies_of(demands)
        works = wanted(demands, now)
        take_over(works, demands, self.service, latencies, now)
        works += made_unasked(demands, self.service, now)
        self._directory = Path(tempfile.mkdtemp(prefix="tap-mws-reports-"))
        for work in works:
            work.remember()
        checkpoint()
        journal = Journal(latencies, self._watcher, checkpoint)
        desk = Desk(self.service, works, latencies, self._policy, self._directory, journal)
        inbox = None if queue is None else Inbox(queue, {self.seller_id: desk.hearing}, self.clock)
        pipeline = Pipeline([desk], self.clock, self._held_up, inbox)
        logger.info("%s", pipeline.standing().forecast.in_words(now))
        self._watcher.begin(pipeline.standing)
        return pipeline

    def _held_up(self, call: Call, seconds: float) -> None:
        measures.quota_wait(call.value, seconds)
