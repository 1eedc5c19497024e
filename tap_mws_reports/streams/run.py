"""What the streams of one run share: Amazon, the clock, and one work list."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import Call
from tap_mws_reports.api.queue import Queue
from tap_mws_reports.errors import TapError
from tap_mws_reports.retrieval.acknowledgement import acknowledge
from tap_mws_reports.retrieval.desk import Desk
from tap_mws_reports.retrieval.events import Event
from tap_mws_reports.retrieval.inbox import Inbox
from tap_mws_reports.retrieval.inventory import made_unasked, take_over
from tap_mws_reports.retrieval.pipeline import Pipeline
from tap_mws_reports.retrieval.plan import latencies_of
from tap_mws_reports.retrieval.policy import Policy
from tap_mws_reports.retrieval.work import Work
from tap_mws_reports.retrieval.worklist import Demand, by_seller, wanted
from tap_mws_reports.streams import measures
from tap_mws_reports.streams.checkpoints import Checkpoints
from tap_mws_reports.streams.journal import Journal
from tap_mws_reports.streams.sellers import Seller, Sellers
from tap_mws_reports.streams.watching import Watcher

logger = logging.getLogger(__name__)


class Run:
    """One run of the tap.

    Args:
        sellers: whose reports are read; Amazon is asked when the first stream needs it.
        clock: tells the time and sleeps.
        start: how far back a first run goes.
        end: where to stop, or None for the present.
        watcher: shows how the run gets on.
        demands: returns what all selected row streams want; called when the first one is read.
        write_state: writes the state of all streams, unless it is as it was last written.
        policy: how reports are asked for.
        make_queue: connects to the queue of notifications, where there is one.
        quota_waits: sums up how long quotas held calls up.
    """

    def __init__(
        self,
        sellers: Iterable[Seller],
        clock: Clock,
        start: datetime,
        end: datetime | None,
        watcher: Watcher,
        demands: Callable[[], list[Demand]],
        write_state: Callable[[], None],
        policy: Policy | None = None,
        make_queue: Callable[[], Queue | None] = lambda: None,
        quota_waits: measures.QuotaWaits | None = None,
    ) -> None:
        self.clock = clock
        self.start = start
        self.end = end
        self._watcher = watcher
        self._policy = policy or Policy()
        self.failures: list[TapError] = []
        self.sellers = Sellers(sellers, self.failed)
        self._write_state = write_state
        self.checkpoints = Checkpoints(write_state)
        self._demands = demands
        self._make_queue = make_queue
        self._quota_waits = quota_waits or measures.QuotaWaits(clock)
        self._pipeline: Pipeline | None = None
        self._directory: Path | None = None

    def documents(self, stream: str) -> Iterator[Work]:
        """Yield the ended works of a stream.

        The first call makes the work list of all streams, so that Amazon works on every report
        while the first one is waited for.

        Args:
            stream: the stream that is being written.
        """
        if self._pipeline is None:
            self._pipeline = self._start(self._demands())
        for work in self._pipeline.ended(stream):
            yield work
            if work.document is not None and not self._pipeline.is_wanted(work):
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

    @property
    def retry_failed_days(self) -> int:
        """For how many days after its first failure a report is asked for again."""
        return self._policy.retry_failed_days

    def given_up(self, error: TapError) -> None:
        """Note that a failure is not to be retried: it does not count for the exit code."""
        self.failures.remove(error)

    def close(self) -> None:
        """Remove what the run left on disk, and show no more of it."""
        self._quota_waits.log()
        self._watcher.close()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _start(self, demands: list[Demand]) -> Pipeline:
        now = self.clock.now()
        self.checkpoints = Checkpoints(self._write_state, len(demands))
        self._directory = Path(tempfile.mkdtemp(prefix="tap-mws-reports-"))
        desks = [
            self._desk(seller_id, of_seller, self._directory)
            for seller_id, of_seller in by_seller(demands).items()
        ]
        for desk in desks:
            if error := self.sellers.loss(desk.seller_id):
                desk.close(error, now)
        self._write_state()
        queue = self._make_queue()
        hearings = {desk.seller_id: desk.hearing for desk in desks}
        inbox = None if queue is None else Inbox(queue, hearings, self.clock, self._watcher)
        pipeline = Pipeline(
            desks,
            self.clock,
            self._held_up,
            self.sellers.lose,
            self.checkpoints.catch_up,
            inbox,
            self._watcher,
        )
        logger.info("%s", pipeline.standing().forecast.in_words(now))
        self._watcher.begin(pipeline.standing)
        return pipeline

    def _desk(self, seller_id: str, demands: list[Demand], directory: Path) -> Desk:
        """Return the desk of a seller, with all that Amazon has already taken over."""
        now, latencies = self.clock.now(), latencies_of(demands)
        service = self.sellers[seller_id].service
        works = wanted(demands, now, marketplaces_told=service.lists_tell_marketplaces)

        def take_stock(seller: Seller) -> list[Work]:
            self._acknowledge(seller, demands)
            take_over(works, demands, seller.service, latencies, now)
            return list(made_unasked(demands, seller.service, now))

        works += self.sellers.ask(seller_id, take_stock) or []
        for work in works:
            work.remember()

        def save(event: Event) -> None:
            self.checkpoints.changed(urgent=not event.work.recognisable)

        journal = Journal(latencies, self._watcher, save)
        # Each has a folder of its own: report ids are unique for one seller only.
        folder = Path(tempfile.mkdtemp(dir=directory))
        return Desk(seller_id, service, works, latencies, self._policy, folder, journal)

    def _acknowledge(self, seller: Seller, demands: list[Demand]) -> None:
        if self._policy.acknowledge:
            count = acknowledge([demand.bookmark for demand in demands], seller.service)
            what = "%d reports of earlier runs of seller %s were acknowledged"
            logger.info(what, count, seller.seller_id)

    def _held_up(self, call: Call, seconds: float) -> None:
        self._quota_waits.add(call.value, seconds)
