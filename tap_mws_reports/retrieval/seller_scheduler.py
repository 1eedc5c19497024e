"""Schedule the jobs of one seller, from request to document.

Each step makes the most valuable call that a quota allows now: download before request before poll.
A scheduler never waits, and a waiting job holds no slot, so one bad window delays no other. One
request and one poll is made at a time, and a few downloads.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.errors import SellerLost, TapError
from tap_mws_reports.retrieval.document_queue import DocumentQueue
from tap_mws_reports.retrieval.poll_queue import PollQueue
from tap_mws_reports.retrieval.progress_snapshot import (
    ProgressSnapshot,
    awaited_reports,
    progress_snapshot,
)
from tap_mws_reports.retrieval.request_queue import RequestQueue
from tap_mws_reports.retrieval.scheduling.forecast import NOTHING_LEFT, GrantMoments, forecast
from tap_mws_reports.retrieval.scheduling.poll_schedule import stagger
from tap_mws_reports.retrieval.scheduling.request_turns import LimitedTypes, RequestTurns
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.status_poller import NotificationHandler, StatusPoller
from tap_mws_reports.retrieval.steps import Step


class SellerScheduler:
    """Moves the jobs of a seller.

    Args:
        seller_id: the seller.
        seller: the jobs of the seller.
        directory: where documents are saved; the caller removes them once read.
        turns: whose turn it is, for the limits that this seller shares with others.
        started: when the run began; its horizon counts from then, and from the first move if it is
            left out.
        place: the seller's place among those of the run, from 0; see `poll_schedule.stagger`.
    """

    def __init__(
        self,
        seller_id: str,
        seller: SellerJobs,
        directory: Path,
        turns: RequestTurns | None = None,
        started: datetime | None = None,
        place: int = 0,
    ) -> None:
        self.seller_id = seller_id
        self.jobs = seller.jobs
        self.limited = LimitedTypes(seller_id, seller, turns, started)
        self._seller = seller
        poller = StatusPoller(seller)
        self.notifications = NotificationHandler(seller.jobs, poller)
        """Handles the notifications of the requests."""
        self._documents = DocumentQueue(seller, directory)
        self._requests = RequestQueue(seller, self.limited, self.notifications)
        self._polls = PollQueue(seller, poller, stagger(place))
        self._forecast = NOTHING_LEFT
        self.forecast_at: datetime | None = None
        """When the last forecast was made."""
        self.is_closed = False
        """Whether the seller's connection has failed."""

    def next_step(self, now: datetime) -> Step[None] | None:
        """Return the most valuable step that is allowed now, to be begun at once.

        There may be another one while its call is in flight.
        """
        self.take_places(now)
        return (
            self._documents.next_step(now)
            or self._requests.next_step(now)
            or self._polls.early_step(now)
            # The next download takes precedence over polling.
            or (None if self._documents.waiting() else self._polls.next_step(now))
        )

    @property
    def is_requesting(self) -> bool:
        """Whether a report request is in flight."""
        return self._requests.is_requesting

    def take_places(self, now: datetime) -> None:
        """Get in line for the limited types, and leave what they do not allow in this run."""
        self._requests.take_places(now)

    def close(self, error: TapError, now: datetime) -> None:
        """Give up all jobs that have not completed: the seller's connection failed."""
        self.is_closed = True
        self.limited.drop_places()
        lost = SellerLost(error.what, where=f"seller {self.seller_id}", hint=error.hint)
        for job in [job for job in self.jobs if not job.phase.ended]:
            self._seller.give_up(job, now, lost, follows=True)

    def is_about_to_poll(self, now: datetime) -> bool:
        """Whether `next_step` would poll if there were nothing else to do."""
        return not self._documents.waiting() and self._polls.is_due(now)

    def until_next_move(self, now: datetime) -> float | None:
        """Return the seconds until the next step, after `next_step` returned none.

        None when all jobs have completed, when there is none before the end of a call in flight,
        and when others have their turns first: then `RequestTurns.to_wake` says when it is this
        seller's.
        """
        if self._documents.waiting():
            waits = [self._documents.wait(), self._requests.wait(now)]
        else:
            waits = [self._polls.wait(now), self._requests.wait(now)]
        return min((max(0.0, each) for each in waits if each is not None), default=None)

    def quota_limited(self, now: datetime) -> list[ThrottledCall]:
        """Return the calls that only their quotas prevent now."""
        is_limited = {
            ThrottledCall.DOWNLOAD: self._documents.is_quota_limited(),
            ThrottledCall.REQUEST: self._requests.is_quota_limited(now),
        }
        return [call for call, limited in is_limited.items() if limited]

    def update_forecast(self, now: datetime, moments: GrantMoments) -> None:
        """Make the forecast of the seller that `snapshot` uses.

        Args:
            now: the current time.
            moments: when the jobs of limited types can be requested.
        """
        seller = self._seller
        self._forecast = forecast(
            seller.jobs, seller.latencies, seller.service, seller.policy, now, moments
        )
        self.forecast_at = now

    @property
    def expected_end(self) -> datetime | None:
        """When the seller's jobs are likely to be completed, by the last forecast."""
        return None if self.forecast_at is None else self.forecast_at + self._forecast.expected

    def snapshot(self, now: datetime) -> ProgressSnapshot:
        """Return the progress snapshot of the seller, with the last forecast."""
        elapsed = now - (self.forecast_at or now)
        return progress_snapshot(
            self.jobs,
            self._seller.service,
            self._forecast.after(elapsed),
            awaited_reports(self.jobs, self._seller.latencies, now),
            self._polls.next_poll(now),
        )
