"""Handle jobs whose request or download failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tap_mws_reports.errors import (
    ReportTypeRefused,
    RequestRefused,
    Retry,
    SkipWindow,
    UnreadableDocument,
)
from tap_mws_reports.retrieval.report_job import (
    EventHandler,
    JobEvent,
    JobEventType,
    JobStatus,
    ReportJob,
    jobs_in,
)
from tap_mws_reports.retrieval.steps import Step


class JobFailures:
    """Gives up jobs, or has them requested again. Arguments as of `SellerScheduler`."""

    def __init__(self, jobs: Sequence[ReportJob], emit: EventHandler) -> None:
        self._jobs = jobs
        self._emit = emit

    def handled(self, job: ReportJob, now: datetime, step: Step[None]) -> Step[None]:
        """Return a step whose errors that concern a job alone end only this job."""
        try:
            yield from step
        except SkipWindow as error:
            if job.adopted and isinstance(error, RequestRefused):
                job.request_again()
                self._emit(JobEvent(JobEventType.AGAIN, job, now, error.what))
            else:
                self.give_up(job, now, error)
                if isinstance(error, ReportTypeRefused):
                    self._give_up_type(job, now, error)
        except Retry as error:
            self.give_up(job, now, UnreadableDocument(error.what, hint=error.hint))

    def give_up(
        self, job: ReportJob, now: datetime, error: SkipWindow, *, follows: bool = False
    ) -> None:
        """Give up a job; ``follows`` if the cause was logged with another one."""
        job.failed(error)
        self._emit(JobEvent(JobEventType.GIVEN_UP, job, now, error.what, follows=follows))

    def _give_up_type(self, refused: ReportJob, now: datetime, error: ReportTypeRefused) -> None:
        """Give up the jobs that Amazon would refuse as well, without a call for each."""
        spec = refused.spec
        for job in jobs_in(self._jobs, JobStatus.TO_REQUEST):
            alike = (job.spec.report_type, job.spec.marketplace_ids)
            if alike == (spec.report_type, spec.marketplace_ids):
                self.give_up(job, now, error, follows=True)
