"""A seller's report types with a limit: its place in line for them, and what a run leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.timestamps import format_duration
from tap_mws_reports.retrieval.report_job import JobEvent, JobEventType, ReportJob
from tap_mws_reports.retrieval.scheduling.request_turns import LimitedJobs, RequestTurns
from tap_mws_reports.retrieval.seller_jobs import SellerJobs


class LimitedTypes:
    """The limited types of one seller. Arguments as of `SellerScheduler`."""

    def __init__(
        self,
        seller_id: str,
        seller: SellerJobs,
        turns: RequestTurns | None = None,
        started: datetime | None = None,
    ) -> None:
        self.seller_id = seller_id
        self.jobs = LimitedJobs(seller.jobs)
        self.limits = seller.service.request_budgets
        self.turns = RequestTurns() if turns is None else turns
        self.deadline = None if started is None else started + seller.policy.horizon
        """Until when their reports are requested; None before the first move."""
        self.waiting: dict[str, list[ReportJob]] = {}
        """The waiting jobs of each limited type, as of the last `take_places`."""
        self._order = self.turns.order_of(seller_id)
        self._places: set[str] = set()
        """The limited types for which the seller is in line."""
        self._seller = seller

    def take_places(self, now: datetime, *, has_room: bool) -> None:
        """Get in line for the limited types, and leave what they do not allow in this run.

        Args:
            now: the current time.
            has_room: whether the seller may have another open request.
        """
        if self.deadline is None:
            self.deadline = now + self._seller.policy.horizon
        self.waiting = self.jobs.waiting(self.limits)
        for name in sorted(self._places.difference(self.waiting)):
            self.turns.drop(self.limits.turn_key(name), self.seller_id)
        self._places = set(self.waiting)
        for name, jobs in list(self.waiting.items()):
            if reason := self._beyond(name, jobs, now):
                self._leave(name, jobs, reason, now)
            elif has_room:
                job = self.jobs.next_job(jobs, now)
                ready = max(now, job.not_before)
                if (quota := self._seller.service.seconds_until_allowed(ThrottledCall.REQUEST)) > 0:
                    ready = max(ready, now + timedelta(seconds=quota))
                claim = self.jobs.claim(job, self._order)
                self.turns.claim(self.limits.turn_key(name), self.seller_id, claim, ready)
            else:
                self.turns.drop(self.limits.turn_key(name), self.seller_id)

    def _beyond(self, report_type: str, jobs: Sequence[ReportJob], now: datetime) -> str:
        """Return why a limited type cannot be requested in this run; empty if it can."""
        assert self.deadline is not None  # noqa: S101 - the caller sets it
        limits = self.limits.describe(report_type, now)
        if self.limits.allowed_at(report_type, now) >= self.deadline:
            horizon = format_duration(self._seller.policy.horizon)
            return f"Amazon allows no more within {horizon} of the run's start: {limits}"
        if self.limits.is_unavailable(report_type, now) and not any(
            job.bookmark.done or job.bookmark.snapshot_taken for job in jobs
        ):
            return (
                f"Amazon refuses all requests ({limits}): these marketplaces may not have the "
                "type, or other programs use up its limit"
            )
        return ""

    def _leave(
        self, report_type: str, jobs: Sequence[ReportJob], reason: str, now: datetime
    ) -> None:
        key = self.limits.turn_key(report_type)
        self.turns.drop(key, self.seller_id)
        self._places.discard(report_type)
        del self.waiting[report_type]
        for job in jobs:
            job.leave(reason)
            self._seller.emit(JobEvent(JobEventType.LEFT, job, now, reason))
        # What Amazon tells this seller applies to all that share the limit.
        self.turns.wake_all(key)

    def drop_places(self) -> None:
        """Leave all lines."""
        for name in sorted(self._places):
            self.turns.drop(self.limits.turn_key(name), self.seller_id)
        self._places = set()

    def has_turn(self, report_type: str, now: datetime) -> bool:
        """Whether it is the seller's turn to request a type."""
        return self.turns.holder(self.limits.turn_key(report_type), now) == self.seller_id

    def next_job(self, now: datetime) -> ReportJob | None:
        """Return a job of a limited type whose turn it is: others wait for it."""
        for name, jobs in self.waiting.items():
            job = self.jobs.next_job(jobs, now)
            if (
                job.not_before <= now
                and self.limits.allowed_at(name, now) <= now
                and self.has_turn(name, now)
            ):
                return job
        return None

    def took_turn(self, jobs: Sequence[ReportJob], now: datetime, *, granted: bool) -> None:
        """Record a request that jobs of one type share."""
        if self.limits.is_limited(jobs[0].spec.report_type):
            self.jobs.took_turn(jobs[0].spec.report_type, now)
            for job in jobs if granted else ():
                job.bookmark.record_granted(now)
