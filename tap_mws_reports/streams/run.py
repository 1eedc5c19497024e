"""What the streams of one run share: Amazon, the clock, and one work list."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ReportService
from tap_mws_reports.api.queue import Queue
from tap_mws_reports.errors import TapError
from tap_mws_reports.retrieval.desk import Desk
from tap_mws_reports.retrieval.events import Event, Happening
from tap_mws_reports.retrieval.inbox import Inbox
from tap_mws_reports.retrieval.inventory import made_unasked, take_over
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.pipeline import Pipeline
from tap_mws_reports.retrieval.policy import Policy
from tap_mws_reports.retrieval.work import Work
from tap_mws_reports.retrieval.worklist import Demand, wanted

logger = logging.getLogger(__name__)

_NEW_REQUEST = {Happening.REQUESTED, Happening.ADOPTED, Happening.AGAIN}
_LONG = 30.0  # seconds of waiting that are worth a line in the log


class Run:
    """One run of the tap.

    Args:
        make_service: connects to Amazon; called when the first stream needs it.
        clock: tells the time and sleeps.
        seller_id: whose reports are read.
        start: how far back a first run goes.
        end: where to stop, or None for the present.
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
        policy: Policy | None = None,
        make_queue: Callable[[], Queue | None] = lambda: None,
    ) -> None:
        self.clock = clock
        self.seller_id = seller_id
        self.start = start
        self.end = end
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
            if work.document is not None:
                work.document.path.unlink(missing_ok=True)

    def failed(self, error: TapError) -> None:
        """Note that something was not done; the run ends with exit code 1."""
        self.failures.append(error)
        logger.error("%s", error)

    def close(self) -> None:
        """Remove what the run left on disk."""
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _start(self, demands: list[Demand], checkpoint: Callable[[], None]) -> Pipeline:
        queue = self._make_queue()
        now = self.clock.now()
        latencies = Latencies(_seen(demands))
        works = wanted(demands, now)
        taken_over = take_over(works, demands, self.service, latencies, now)
        works += made_unasked(demands, self.service)
        what = "%d reports are wanted by %d streams, %d of them taken over"
        logger.info(what, len(works), len(demands), len(taken_over))
        self._directory = Path(tempfile.mkdtemp(prefix="tap-mws-reports-"))
        for work in works:
            work.remember()
        checkpoint()

        def tell(event: Event) -> None:
            self._note(event, latencies)
            if event.happening in _NEW_REQUEST:
                checkpoint()

        desk = Desk(self.service, works, latencies, self._policy, self._directory, tell)
        inbox = None if queue is None else Inbox(queue, {self.seller_id: desk}, self.clock)
        return Pipeline([desk], self.clock, self._waiting, inbox)

    def _note(self, event: Event, latencies: Latencies) -> None:
        work = event.work
        if event.happening in _NEW_REQUEST:
            work.remember()
        if event.happening is Happening.READY:
            work.bookmark.note_latencies(latencies.seen(work.spec.report_type))
        words = f" ({event.words})" if event.words else ""
        logger.info("%s: %s%s", event.happening.value.capitalize(), work.describe(), words)

    def _waiting(self, seconds: float) -> None:
        if seconds >= _LONG:
            logger.info("Waiting for Amazon; next step in %.0f s", seconds)


def _seen(demands: list[Demand]) -> dict[str, list[float]]:
    return {demand.report_type: demand.bookmark.latencies for demand in demands}
