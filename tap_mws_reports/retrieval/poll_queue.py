"""A seller's open requests: which ones are polled next, and by which call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling import poll_schedule
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.status_poller import StatusPoller, is_on_first_page
from tap_mws_reports.retrieval.steps import Step, StepCounter
from tap_mws_reports.retrieval.waiting import seconds_until


class PollQueue:
    """Polls the open requests of a seller, one call at a time.

    Args:
        seller: the jobs of the seller.
        poller: makes the polls.
        staggered_by: the seller's `poll_schedule.stagger`.
    """

    def __init__(self, seller: SellerJobs, poller: StatusPoller, staggered_by: float = 0.0) -> None:
        self._seller = seller
        self._service = seller.service
        self._poller = poller
        self._staggered_by = staggered_by
        self._steps = StepCounter()

    def wait(self, now: datetime) -> float | None:
        """Return the seconds until the next poll; None if no poll is to be made."""
        if self._is_polling or not (due := self._schedule()):
            return None
        moment = max(due[0][0], now)
        quota = self._service.seconds_until_allowed(self._call(moment, due))
        wait = max((moment - now).total_seconds(), quota)
        if early := self._early(now):
            quota = self._service.seconds_until_allowed(ThrottledCall.POLL)
            wait = min(wait, max(seconds_until(early[0][0], now), quota))
        return wait

    def next_poll(self, now: datetime) -> datetime | None:
        """Return when the next poll is due and allowed; None if there is nothing to poll."""
        due = [*self._schedule()[:1], *self._early(now)[:1]]
        quota = timedelta(seconds=self._service.seconds_until_allowed(ThrottledCall.POLL))
        return max(min(moment for moment, _ in due), now + quota) if due else None

    def is_due(self, now: datetime) -> bool:
        """Whether `next_step` would poll."""
        return bool(self._due(now)[0])

    def next_step(self, now: datetime) -> Step[None] | None:
        """Return a poll of the requests that are due, if one is."""
        jobs, call = self._due(now)
        if not jobs:
            return None
        by_list = call is ThrottledCall.LIST
        step = self._poller.list_all(jobs, now) if by_list else self._poller.poll(jobs, now)
        return self._steps.counted(step)

    def early_step(self, now: datetime) -> Step[None] | None:
        """Return a poll of the oldest requests while they are young, whatever the schedule."""
        if self._is_polling or self._service.seconds_until_allowed(ThrottledCall.POLL) > 0:
            return None
        early = [job for moment, job in self._early(now) if moment <= now]
        return self._steps.counted(self._poller.poll(early, now, early=True)) if early else None

    @property
    def _is_polling(self) -> bool:
        return self._steps.in_flight > 0

    def _due(self, now: datetime) -> tuple[list[ReportJob], ThrottledCall]:
        """Return all open jobs, the most urgent first, if one of them is due; and by which call."""
        due = [] if self._is_polling else self._schedule()
        if not due or due[0][0] > now:
            return [], ThrottledCall.POLL
        call = self._call(now, due)
        if self._service.seconds_until_allowed(call) > 0:
            return [], call
        return [job for _, job in due], call

    def _call(self, now: datetime, schedule: Sequence[tuple[datetime, ReportJob]]) -> ThrottledCall:
        """Return the call to poll with: a list if more is due soon than one call by ids shows.

        Then it is worth waiting for the quota of the list.
        """
        soon = now + poll_schedule.COALESCE_WITHIN
        due = [job for moment, job in schedule if moment <= soon and is_on_first_page(job, now)]
        ids = {job.report_request_id for job in due}
        return ThrottledCall.LIST if len(ids) > self._service.ids_per_poll else ThrottledCall.POLL

    def _early(self, now: datetime) -> list[tuple[datetime, ReportJob]]:
        """Return the young jobs that are polled early, with the times, the soonest first."""
        return poll_schedule.early_polls(
            self._seller.in_status(JobStatus.OPEN),
            self._seller.latencies,
            now,
            self._service.ids_per_poll,
        )

    def _schedule(self) -> list[tuple[datetime, ReportJob]]:
        """Return the open jobs with the times of their next polls, the soonest first."""
        return poll_schedule.by_next_poll(
            self._seller.in_status(JobStatus.OPEN), self._seller.latencies, self._staggered_by
        )
