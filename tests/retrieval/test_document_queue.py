"""Which documents of a seller are downloaded at the same time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ReportDocument, ThrottledCall
from tap_mws_reports.api.quota import CallBudgets, Quota
from tap_mws_reports.api.quota_mixin import QuotaMixin
from tap_mws_reports.errors import DocumentDamaged, ReportTypeRefused, RequestRefused, TapError
from tap_mws_reports.retrieval.document_queue import (
    MAX_DOWNLOADS,
    MOST_AT_ONCE,
    DocumentQueue,
)
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.steps import Step

RESTORE = 60.0


class Downloads(QuotaMixin):
    """The quota of downloads, which a call takes from when it is made."""

    def __init__(self, clock: VirtualClock, burst: int) -> None:
        budgets = CallBudgets({"download": Quota(burst, RESTORE)}, clock)
        super().__init__(budgets, {ThrottledCall.DOWNLOAD: "download"})
        self.clock = clock

    def download(self, report_id: str, path: Path) -> ReportDocument:
        self._budgets.of("download").take(self.clock.now())
        return ReportDocument(report_id, path, size=1, md5="", charset=None, proved=True)


class Run:
    """A queue whose downloads end when the test says so."""

    def __init__(self, jobs: list[ReportJob], service: Downloads, directory: Path) -> None:
        self.jobs = jobs
        self.clock = service.clock
        seller = SellerJobs(service, jobs, Latencies(), RetrievalPolicy(), [].append)
        self.queue = DocumentQueue(seller, directory)
        self.in_flight: list[tuple[Step[None], Callable[[], ReportDocument]]] = []

    def begin(self) -> int:
        """Begin all downloads that are allowed; return how many are in flight."""
        while step := self.queue.next_step(self.clock.now()):
            self.in_flight.append((step, next(step)))
        return len(self.in_flight)

    def end(self, number: int = 0, error: Exception | None = None) -> None:
        step, call = self.in_flight.pop(number)
        with suppress(StopIteration):
            if error:
                step.throw(error)
            step.send(call())

    @property
    def fetched(self) -> list[str | None]:
        return [job.report_id for job in self.jobs if job.phase is JobStatus.FETCHED]


@pytest.fixture
def make_run(make_work, now, tmp_path) -> Callable[..., Run]:
    def make(partitions: int, documents: int = 1, burst: int = 15) -> Run:
        jobs = []
        for partition in range(partitions):
            bookmark = make_work().bookmark
            for number in range(documents):
                job = make_work()
                job.bookmark = bookmark
                submitted = now - timedelta(minutes=documents - number)
                job.opened(f"{partition}-{number}", submitted, now, adopted=False)
                job.ready(f"{partition}-{number}")
                jobs.append(job)
        return Run(jobs, Downloads(VirtualClock(now), burst), tmp_path)

    return make


@pytest.mark.parametrize(
    ("partitions", "documents", "in_flight"),
    [
        (1, 1, 1),
        (1, 5, 1),
        (2, 5, 2),
        (MOST_AT_ONCE, 2, MOST_AT_ONCE),
        (MOST_AT_ONCE + 3, 1, MOST_AT_ONCE),
    ],
)
def test_documents_of_different_partitions_are_downloaded_together(
    make_run, partitions, documents, in_flight
) -> None:
    run = make_run(partitions, documents)
    assert run.begin() == in_flight
    assert run.queue.wait() is None


def test_the_next_download_of_a_partition_starts_after_the_last(make_run) -> None:
    run = make_run(2, documents=2)
    run.begin()
    run.end(1)
    assert run.fetched == ["1-0"]
    assert run.begin() == 2
    run.end(1)
    assert run.fetched == ["1-0", "1-1"]


def test_a_damaged_document_is_not_overtaken_by_a_later_one_of_its_partition(make_run) -> None:
    run = make_run(2, documents=2)
    run.begin()
    run.end(0, DocumentDamaged("half"))
    assert run.begin() == 2
    run.end(1)
    assert run.fetched == ["0-0"]


def test_a_report_of_two_streams_keeps_both_partitions_busy(make_run) -> None:
    run = make_run(2, documents=2)
    shared = run.jobs[2]
    shared.report_id = run.jobs[0].report_id
    assert run.begin() == 1
    run.end()
    assert run.fetched == ["0-0", "0-0"]
    assert run.begin() == 2


@pytest.mark.parametrize("adopted", [True, False])
@pytest.mark.parametrize(
    ("failures", "own", "of_an_earlier_run"),
    [
        ([RequestRefused("400")], JobStatus.FETCHED, JobStatus.FETCHED),
        (2 * [RequestRefused("400")], JobStatus.FAILED, JobStatus.TO_REQUEST),
        ([ReportTypeRefused("403")], JobStatus.FAILED, JobStatus.TO_REQUEST),
        ([DocumentDamaged("half"), RequestRefused("400")], JobStatus.FETCHED, JobStatus.FETCHED),
        (3 * [DocumentDamaged("half")], JobStatus.FETCHED, JobStatus.FETCHED),
        (4 * [DocumentDamaged("half")], JobStatus.FAILED, JobStatus.FAILED),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, list) else "",
)
def test_a_document_that_cannot_be_downloaded_is_tried_again(
    make_run, adopted: bool, failures: list[TapError], own, of_an_earlier_run
) -> None:
    """A document that Amazon refused by mistake is there at the next call."""
    run = make_run(1)
    [job] = run.jobs
    job.adopted = adopted
    for error in failures:
        assert run.begin() == 1
        run.end(error=error)
    run.begin()
    for _ in run.in_flight[:]:
        run.end()
    assert job.phase is (of_an_earlier_run if adopted else own)


def test_both_streams_of_a_report_share_its_downloads(make_run) -> None:
    run = make_run(2)
    job, other = run.jobs
    other.report_id = job.report_id
    for count in range(MAX_DOWNLOADS):
        assert not run.fetched, count
        assert run.begin() == 1
        run.end(error=DocumentDamaged("half"))
    assert run.begin() == 0
    assert {job.phase, other.phase} == {JobStatus.FAILED}


def test_downloads_in_flight_keep_their_share_of_the_quota(make_run) -> None:
    run = make_run(4, burst=2)
    assert run.begin() == 2
    assert run.queue.wait() == RESTORE
    assert run.queue.is_quota_limited()
    run.end()
    # One is counted, one is still in flight.
    assert run.begin() == 1
    assert run.queue.wait() == RESTORE
    run.clock.sleep(RESTORE)
    assert run.begin() == 2


@pytest.mark.parametrize("seconds", [0.0, RESTORE / 2, 10 * RESTORE])
def test_downloads_of_any_length_stay_within_the_quota(make_run, seconds) -> None:
    run = make_run(6, burst=2)
    begun: list[datetime] = []
    while len(run.fetched) < 6:
        begun += [run.clock.now()] * (run.begin() - len(begun) + len(run.fetched))
        if run.in_flight:
            run.clock.sleep(seconds)
            run.end()
        else:
            run.clock.sleep(run.queue.wait() or 0.0)
    assert len(begun) == 6
    pairs = zip(begun, begun[2:], strict=False)
    assert all((later - earlier).total_seconds() >= RESTORE / 2 for earlier, later in pairs)
