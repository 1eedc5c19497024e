"""Report types with a limit: whose turn it is to request one, and what a run leaves.

Sellers that share a limit take turns. First come those with a report of the newest window, then
those with older ones; among them the seller that has waited longest since its last request, then
the order of the settings. So every seller has its newest day before any has its old ones, and a
seller that a run left out is the first of the next run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import NamedTuple

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.request_budgets import SellerBudgets, TurnKey
from tap_mws_reports.api.timestamps import format_duration
from tap_mws_reports.retrieval.report_job import JobEvent, JobEventType, JobStatus, ReportJob
from tap_mws_reports.retrieval.seller_jobs import SellerJobs


class Claim(NamedTuple):
    """The place of a seller in line; the lowest is the next."""

    is_old: bool
    """Whether the seller has only reports of older windows."""
    last_turn: int
    """When it last made a request of the type, in seconds of the epoch; -1 for never."""
    order: int
    """Its place in the settings."""


class _Line:
    """Those who wait for one limit. A change costs no more than the logarithm of their number."""

    def __init__(self) -> None:
        self.claims: dict[str, tuple[Claim, datetime]] = {}
        self._later: list[tuple[datetime, str]] = []
        self._ready: list[tuple[Claim, str]] = []
        self.woken: str | None = None

    def claim(self, seller_id: str, claim: Claim, ready: datetime) -> None:
        if self.claims.get(seller_id) != (claim, ready):
            self.claims[seller_id] = (claim, ready)
            heappush(self._later, (ready, seller_id))

    def holder(self, now: datetime) -> str | None:
        while self._later and self._later[0][0] <= now:
            ready, seller_id = heappop(self._later)
            known = self.claims.get(seller_id)
            if known and known[1] == ready:
                heappush(self._ready, (known[0], seller_id))
        while self._ready:
            claim, seller_id = self._ready[0]
            known = self.claims.get(seller_id)
            if known and known[0] == claim and known[1] <= now:
                return seller_id
            heappop(self._ready)
        return None


class RequestTurns:
    """The lines of all limits of a run. The caller passes the time."""

    def __init__(self) -> None:
        self._lines: dict[TurnKey, _Line] = {}
        self._changed: dict[TurnKey, None] = {}
        """In the order of the changes, which a set would not keep."""
        self._woken: list[str] = []
        self._order: dict[str, int] = {}
        self._learned = False

    def order_of(self, seller_id: str) -> int:
        """Return the place of a seller in the settings: the order in which they are first named."""
        return self._order.setdefault(seller_id, len(self._order))

    def claim(self, key: TurnKey, seller_id: str, claim: Claim, ready: datetime) -> None:
        """Put a seller in line, or move it; it can take its turn from ``ready`` on."""
        self._lines.setdefault(key, _Line()).claim(seller_id, claim, ready)
        self._changed[key] = None

    def drop(self, key: TurnKey, seller_id: str) -> None:
        """Remove a seller from a line."""
        line = self._lines.get(key)
        if line and seller_id in line.claims:
            del line.claims[seller_id]
            self._changed[key] = None

    def holder(self, key: TurnKey, now: datetime) -> str | None:
        """Return whose turn it is; None if no seller can take it now."""
        line = self._lines.get(key)
        return line.holder(now) if line else None

    def wake_all(self, key: TurnKey) -> None:
        """Wake all sellers in a line; those that still wait get in line again."""
        line = self._lines.pop(key, None)
        self._woken += line.claims if line else ()

    def to_wake(self, now: datetime) -> list[str]:
        """Return the sellers whose turn it has become since the last call."""
        changed, self._changed = self._changed, {}
        woken, self._woken = self._woken, []
        for key in changed:
            line = self._lines.get(key)
            holder = line.holder(now) if line else None
            if line and holder != line.woken:
                line.woken = holder
                woken += [holder] if holder else []
        return woken

    def learned(self) -> None:
        """Record that a type has a limit that was not known: all who wait for it get in line."""
        self._learned = True

    def take_learned(self) -> bool:
        """Whether a limit was learned since the last call."""
        learned, self._learned = self._learned, False
        return learned


class LimitedJobs:
    """The jobs of one seller that wait for a limited type, in the order of their requests.

    Args:
        jobs: the jobs of the seller.
    """

    def __init__(self, jobs: Sequence[ReportJob]) -> None:
        self._jobs = jobs
        self._last_turns: dict[str, int] = {}
        self._newest: dict[int, datetime] = {}
        for job in jobs:
            self._note(job)

    def _note(self, job: ReportJob) -> None:
        bookmark = job.bookmark
        if bookmark.last_granted:
            report_type = job.spec.report_type
            last = self._last_turns.get(report_type, -1)
            self._last_turns[report_type] = max(last, bookmark.last_granted)
        if job.interval is not None:
            if id(bookmark) not in self._newest:
                ends = [interval.end for interval in bookmark.done[-1:]]
                ends += [each.interval.end for each in bookmark.open_requests if each.interval]
                self._newest[id(bookmark)] = max(ends, default=job.interval.end)
            newest = self._newest[id(bookmark)]
            self._newest[id(bookmark)] = max(newest, job.interval.end)

    def took_turn(self, report_type: str, now: datetime) -> None:
        """Record a request, granted or refused: the seller goes to the end of the line."""
        self._last_turns[report_type] = int(now.timestamp())

    def waiting(self, limits: SellerBudgets) -> dict[str, list[ReportJob]]:
        """Return the waiting jobs of each limited type."""
        found: dict[str, list[ReportJob]] = {}
        types: dict[str, bool] = {}
        for job in self._jobs:
            if job.phase is JobStatus.TO_REQUEST:
                name = job.spec.report_type
                if name not in types:
                    types[name] = limits.is_limited(name)
                if types[name]:
                    found.setdefault(name, []).append(job)
        return found

    def next_job(self, waiting: Collection[ReportJob], now: datetime) -> ReportJob:
        """Return the job of a type to request next: of the newest window that may be requested."""
        ready = [job for job in waiting if job.not_before <= now]
        return min(ready or waiting, key=self.rank)

    def rank(self, job: ReportJob) -> tuple[bool, float]:
        """Return the place of a job among those of its type; the lowest is requested first."""
        return self.is_old(job), -job.age_key.timestamp()

    def claim(self, job: ReportJob, order: int) -> Claim:
        """Return the claim of the seller with its next job."""
        last = self._last_turns.get(job.spec.report_type, -1)
        return Claim(self.is_old(job), last, order)

    def is_old(self, job: ReportJob) -> bool:
        """Whether a job has an older window than the newest one of its partition."""
        newest = self._newest.get(id(job.bookmark))
        return job.interval is not None and newest is not None and job.interval.end < newest


class _SimulatedTurns(NamedTuple):
    """The jobs of a seller for one type while turns are simulated, the next one last."""

    jobs: list[ReportJob]
    limited: LimitedJobs


def grant_moments(
    sellers: Mapping[str, tuple[LimitedJobs, SellerBudgets]], now: datetime, deadline: datetime
) -> dict[int, datetime | None]:
    """Simulate the turns of all sellers; return when each waiting job can be requested.

    Args:
        sellers: the jobs of each seller, and what limits it, in the order of the settings.
        now: the current time.
        deadline: the horizon of the run.

    Returns:
        By `id` of the job, None for one that cannot be requested before the deadline. Jobs that
        share a report have the same moment; jobs of types without a limit are left out.
    """
    lines: dict[TurnKey, list[tuple[Claim, str]]] = {}
    simulated: dict[tuple[TurnKey, str], _SimulatedTurns] = {}
    budgets: dict[TurnKey, tuple[SellerBudgets, str]] = {}
    moments: dict[int, datetime | None] = {}
    same: dict[int, list[ReportJob]] = {}
    for order, (seller_id, (limited, limits)) in enumerate(sellers.items()):
        for name, waiting in limited.waiting(limits).items():
            key = limits.turn_key(name)
            budgets.setdefault(key, (limits, name))
            jobs = _one_of_each(waiting, same)
            jobs.sort(key=limited.rank, reverse=True)
            simulated[key, seller_id] = _SimulatedTurns(jobs, limited)
            heappush(lines.setdefault(key, []), (limited.claim(jobs[-1], order), seller_id))
    for key, line in lines.items():
        limits, name = budgets[key]
        allowed = limits.upcoming(name, now)
        while line:
            claim, seller_id = heappop(line)
            jobs, limited = simulated[key, seller_id]
            job, moment = jobs.pop(), next(allowed)
            granted = moment if moment < deadline else None
            moments.update((id(each), granted) for each in same[id(job)])
            if jobs:
                last = int(moment.timestamp())
                heappush(line, (Claim(limited.is_old(jobs[-1]), last, claim.order), seller_id))
    return moments


def _one_of_each(jobs: Iterable[ReportJob], same: dict[int, list[ReportJob]]) -> list[ReportJob]:
    """Return one job for each report, and note the others that share it."""
    first: dict[object, ReportJob] = {}
    for job in jobs:
        kept = first.setdefault((job.spec, job.interval), job)
        same.setdefault(id(kept), []).append(job)
    return list(first.values())


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
