"""A seller's documents that are ready: which one is downloaded next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tap_mws_reports.api.interface import ReportDocument, ThrottledCall
from tap_mws_reports.errors import DocumentDamaged, ReportTypeRefused, RequestRefused
from tap_mws_reports.retrieval.report_job import JobEvent, JobEventType, JobStatus, ReportJob
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.steps import Step, StepCounter

_EVER = datetime.min.replace(tzinfo=UTC)

MAX_DOWNLOADS = 4
"""Per document: "discard the report and try the request up to three more times", says
https://docs.developer.amazonservices.com/en_US/dev_guide/DG_MD5.html"""

MAX_REFUSALS = 2
"""Of a document's downloads: a call refused by mistake looks as if Amazon had no such document, and
a new request costs more than a second call."""

MOST_AT_ONCE = 4
"""How many documents of a seller are downloaded at the same time.

A quarter of the burst of both services: more would leave connections to one seller that others
need, and the connection of a machine is busy with a few."""


class DocumentQueue:
    """Downloads the documents of a seller, a few at a time.

    Args:
        seller: the jobs of the seller.
        directory: where documents are saved; the caller removes them once read.
    """

    def __init__(self, seller: SellerJobs, directory: Path) -> None:
        self._seller = seller
        self._service = seller.service
        self._directory = directory
        self._steps = StepCounter()
        self._downloading: set[str] = set()
        """The reports that are being downloaded."""

    def waiting(self) -> list[ReportJob]:
        """Return the jobs whose documents are ready, not being downloaded, and not held back.

        A document is held back while an older request of an earlier run is open for its partition:
        of a row in both, the version that is older would be read later, and replace the newer one.
        """
        ready = [
            job
            for job in self._seller.in_status(JobStatus.READY)
            if job.report_id not in self._downloading
        ]
        if not ready:
            return []
        oldest: dict[Bookmark, datetime] = {}
        for job in self._seller.in_status(JobStatus.OPEN):
            if job.adopted and job.submitted:
                oldest[job.bookmark] = min(oldest.get(job.bookmark, job.submitted), job.submitted)
        return [
            job
            for job in ready
            if (job.submitted or _EVER) <= oldest.get(job.bookmark, job.submitted or _EVER)
        ]

    def wait(self) -> float | None:
        """Return the seconds until the next download; None if only another step allows one."""
        return self._seconds_until_allowed() if self._startable() else None

    def is_quota_limited(self) -> bool:
        """Whether only the quota prevents a download now."""
        return self._seconds_until_allowed() > 0 and bool(self._startable())

    def next_step(self, now: datetime) -> Step[None] | None:
        """Return a download, if one is allowed now."""
        ready = self._startable()
        if not ready or self._seconds_until_allowed() > 0:
            return None
        job = _next_download(ready)
        jobs = [job, *(each for each in self._readers(job) if each is not job)]
        return self._steps.counted(self._seller.handled(jobs, now, self._fetch(job, now)))

    def _readers(self, job: ReportJob) -> list[ReportJob]:
        """Return the jobs that are ready to read the report of a job: one for each stream."""
        ready = self._seller.in_status(JobStatus.READY)
        return [each for each in ready if each.report_id == job.report_id]

    def _startable(self) -> list[ReportJob]:
        """Return the waiting jobs whose download may begin beside those in flight.

        Of a partition one document is downloaded at a time, so that none overtakes another.
        """
        if self._steps.in_flight >= MOST_AT_ONCE or not (waiting := self.waiting()):
            return []
        busy = {
            job.bookmark
            for job in self._seller.in_status(JobStatus.READY)
            if job.report_id in self._downloading
        }
        return [job for job in waiting if job.bookmark not in busy]

    def _seconds_until_allowed(self) -> float:
        """Return the seconds until the quota allows another download beside those in flight."""
        # A call counts for the quota from its answer on; until then, its share is kept for it.
        if not self._steps.in_flight:
            return self._service.seconds_until_allowed(ThrottledCall.DOWNLOAD)
        return self._service.moments(ThrottledCall.DOWNLOAD, self._steps.in_flight + 1)[-1]

    def _fetch(self, job: ReportJob, now: datetime) -> Step[None]:
        report_id = job.report_id or ""
        path = self._directory / f"{report_id}.report"
        self._downloading.add(report_id)
        try:
            document: ReportDocument = yield lambda: self._service.download(report_id, path)
        except (DocumentDamaged, RequestRefused) as error:
            if isinstance(error, ReportTypeRefused) or not self._is_tried_again(job, error):
                raise
            self._seller.emit(JobEvent(JobEventType.AGAIN, job, now, error.what))
            return
        finally:
            self._downloading.discard(report_id)
        for each in self._readers(job):
            each.fetched(document)
        self._seller.emit(JobEvent(JobEventType.DOWNLOADED, job, now, f"{document.size} bytes"))

    def _is_tried_again(self, job: ReportJob, error: DocumentDamaged | RequestRefused) -> bool:
        """Count a failed download for all jobs that read the report; return whether to repeat it.

        Otherwise each stream would have as many tries.
        """
        for each in self._readers(job):
            if isinstance(error, DocumentDamaged):
                each.record_damaged_download()
            else:
                each.record_refused_download()
        return job.damaged < MAX_DOWNLOADS and job.refused < MAX_REFUSALS


def _next_download(ready: Sequence[ReportJob]) -> ReportJob:
    """Return the job whose document is downloaded next.

    Documents whose downloads failed come last, but none after one of its partition that was
    requested later: of a row that is in both, the older version would replace the newer one.
    """
    first: dict[Bookmark, ReportJob] = {}
    for job in ready:
        earliest = first.setdefault(job.bookmark, job)
        if (job.submitted or _EVER) < (earliest.submitted or _EVER):
            first[job.bookmark] = job
    return min(first.values(), key=lambda job: job.damaged + job.refused)
