"""The jobs of one seller, with what all parts of its scheduler share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tap_mws_reports.api.interface import ReportService
from tap_mws_reports.errors import (
    ReportTypeRefused,
    RequestRefused,
    Retry,
    SkipWindow,
    UnreadableDocument,
)
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import (
    EventHandler,
    JobEvent,
    JobEventType,
    JobStatus,
    ReportJob,
)
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.steps import Step


@dataclass(frozen=True, slots=True)
class SellerJobs:
    """All jobs of a seller in a run."""

    service: ReportService
    """The report service of the seller."""
    jobs: Sequence[ReportJob]
    latencies: Latencies
    """The known report latencies; new ones are added."""
    policy: RetrievalPolicy
    """The user's settings."""
    emit: EventHandler
    """Receives every job event."""

    def in_status(self, status: JobStatus) -> list[ReportJob]:
        """Return the jobs with a status."""
        return [job for job in self.jobs if job.phase is status]

    def handled(self, jobs: Sequence[ReportJob], now: datetime, step: Step[None]) -> Step[None]:
        """Return a step whose errors that concern a report alone end only the jobs that read it.

        Args:
            jobs: the jobs that read the report. If some went on alone, they would request it again.
            now: the current time.
            step: a request or a download.
        """
        try:
            yield from step
        except SkipWindow as error:
            if isinstance(error, RequestRefused) and all(job.adopted for job in jobs):
                for job in jobs:
                    job.request_again()
                    self.emit(JobEvent(JobEventType.AGAIN, job, now, error.what))
            else:
                self._give_up_together(jobs, now, error)
                if isinstance(error, ReportTypeRefused):
                    self._give_up_type(jobs[0], now, error)
        except Retry as error:
            self._give_up_together(jobs, now, UnreadableDocument(error.what, hint=error.hint))

    def give_up(
        self, job: ReportJob, now: datetime, error: SkipWindow, *, follows: bool = False
    ) -> None:
        """Give up a job; ``follows`` if the cause was logged with another one."""
        job.failed(error)
        self.emit(JobEvent(JobEventType.GIVEN_UP, job, now, error.what, follows=follows))

    def _give_up_together(
        self, jobs: Sequence[ReportJob], now: datetime, error: SkipWindow
    ) -> None:
        for place, job in enumerate(jobs):
            self.give_up(job, now, error, follows=place > 0)

    def _give_up_type(self, refused: ReportJob, now: datetime, error: ReportTypeRefused) -> None:
        """Give up the jobs that Amazon would refuse as well, without a call for each."""
        spec = refused.spec
        for job in self.in_status(JobStatus.TO_REQUEST):
            alike = (job.spec.report_type, job.spec.marketplace_ids)
            if alike == (spec.report_type, spec.marketplace_ids):
                self.give_up(job, now, error, follows=True)
