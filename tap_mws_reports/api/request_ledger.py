"""What Amazon granted and refused of one report type, and when the next request is allowed.

A ledger belongs to one owner: a seller, or an application with all its sellers. It keeps the known
limits of the type, and learns those that are not published: two requests that were granted some
time apart, and two of which the later was refused, enclose the spacing that the service requires.
The ledger tries the middle, until both differ by a fifth or less. What was learned is dropped a
week after the last refusal. After a refusal no request is made for a quarter of an hour.

Nothing here reads a clock: the caller passes the time. Times are whole seconds of the epoch,
rounded up, because they are kept in the state.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Literal

Scope = Literal["seller", "application"]

PROBE_INTERVAL = timedelta(minutes=15)
"""How long after a refused request the next one of the type is made."""

FORGOTTEN_AFTER = timedelta(days=7)
"""How long a refusal is remembered, and what was learned from it."""

UNAVAILABLE_AFTER = timedelta(hours=3)
"""How long a type that was never granted is tried in a run."""

_PLAN_SECONDS = 60
"""The spacing of createReport itself: a type that is granted as often has no separate limit."""

_CLOSE_ENOUGH = 0.8
"""The ratio of the spacings refused and granted above which no other is tried."""


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """At most ``count`` requests of a type in any ``span``."""

    count: int
    span: timedelta
    scope: Scope
    """Whether the requests of one seller count, or those of all sellers of the application."""
    keeps_in_queue: bool = False
    """Whether an excess stays in Amazon's queue, instead of being refused or failing."""

    def divided(self, share: Fraction) -> RequestLimit:
        """Return the part of a limit that a process may use; the rate is exactly that part."""
        count = max(1, math.floor(self.count * share))
        return replace(self, count=count, span=self.span * (count / float(self.count * share)))


class RequestLedger:
    """The requests of one owner and report type.

    Args:
        limits: the known limits.
    """

    def __init__(self, limits: Sequence[RequestLimit] = ()) -> None:
        self.limits = tuple(limits)
        self._granted: list[int] = []
        self._refused: list[int] = []
        self._refused_since: int | None = None
        """The first refusal since the last grant."""
        self._refused_gap: int | None = None
        """The longest spacing, in seconds, at which a request was refused."""
        self._granted_gap: int | None = None
        """The shortest spacing, in seconds, at which a request was granted since then."""

    @property
    def is_limited(self) -> bool:
        """Whether requests of the type may have to wait."""
        return bool(self.limits or self._refused or self._refused_gap)

    @property
    def spacing(self) -> timedelta:
        """The spacing of requests that was learned; zero if there is none."""
        if self._refused_gap is None or self._granted_gap is None:
            return timedelta(0)
        if self._refused_gap >= _CLOSE_ENOUGH * self._granted_gap:
            return timedelta(seconds=self._granted_gap)
        return timedelta(seconds=(self._refused_gap + self._granted_gap) // 2)

    def granted(self, now: datetime) -> None:
        """Record a request that Amazon accepted."""
        moment, gap = _seconds(now), self._gap(now)
        insort(self._granted, moment)
        self._refused_since = None
        if self._refused_gap is not None and gap is not None:
            self._granted_gap = min(gap, self._granted_gap or gap)
            if gap <= self._refused_gap:
                self._refused_gap = gap // 2
            if self._granted_gap <= _PLAN_SECONDS:
                self._refused_gap = self._granted_gap = None
        self._prune(moment)

    def refused(self, now: datetime) -> None:
        """Record a request that Amazon refused because of the type; it counts as one."""
        moment, gap = _seconds(now), self._gap(now)
        insort(self._refused, moment)
        self._refused_since = self._refused_since or moment
        if gap is not None:
            if self._granted_gap is not None and gap >= self._granted_gap:
                self._granted_gap = None
            self._refused_gap = max(gap, self._refused_gap or 0)
        self._prune(moment)

    def listed(self, created: datetime) -> None:
        """Record a request of another program or an earlier run, unless it is known."""
        moment = _seconds(created)
        if all(abs(moment - each) > _SAME for each in self._granted):
            insort(self._granted, moment)

    def allowed_at(self, now: datetime) -> datetime:
        """Return when the next request may be made, ``now`` at the earliest."""
        return next(self.upcoming(now))

    def upcoming(self, now: datetime) -> Iterator[datetime]:
        """Yield when each of the next requests may be made if all are granted."""
        uses = sorted([*self._granted, *self._refused])
        apart = self.spacing
        last = self._granted[-1] if self._granted else None
        moment = now
        if self._refused:
            moment = max(moment, _moment(self._refused[-1]) + PROBE_INTERVAL)
        while True:
            for limit in self.limits:
                if len(uses) >= limit.count:
                    moment = max(moment, _moment(uses[-limit.count]) + limit.span)
            if last is not None and apart:
                moment = max(moment, _moment(last) + apart)
            yield moment
            last = _seconds(moment)
            uses.append(last)

    def is_unavailable(self, now: datetime) -> bool:
        """Whether Amazon has refused all requests of the type for hours, and granted none."""
        since = self._refused_since
        return (
            not self._granted
            and since is not None
            and now >= _moment(since) + UNAVAILABLE_AFTER
            and self.allowed_at(now) > now
        )

    @property
    def refused_since(self) -> datetime | None:
        """When Amazon first refused a request after the last one that it granted."""
        return None if self._refused_since is None else _moment(self._refused_since)

    def entry(self, now: datetime) -> dict[str, Any]:
        """Return the ledger as the state keeps it; empty if there is nothing to keep."""
        self._prune(_seconds(now))
        entry = self._entry()
        if not self.is_limited:
            entry.pop("granted", None)
        return entry

    def merge(self, entry: Mapping[str, Any]) -> None:
        """Add what a state has; several states may have the same requests."""
        granted, refused = entry.get("granted", []), entry.get("refused", [])
        is_newer = max(refused, default=0) >= max(self._refused, default=0)
        if is_newer and (refused or self._refused_gap is None):
            self._refused_gap = entry.get("refused_gap")
            self._granted_gap = entry.get("granted_gap")
        self._granted = _union(self._granted, granted)
        self._refused = _union(self._refused, refused)
        since = [each for each in (self._refused_since, entry.get("refused_since")) if each]
        last = self._granted[-1] if self._granted else 0
        self._refused_since = min((each for each in since if each > last), default=None)

    def _entry(self) -> dict[str, Any]:
        values = {
            "granted": list(self._granted),
            "refused": list(self._refused),
            "refused_since": self._refused_since,
            "refused_gap": self._refused_gap,
            "granted_gap": self._granted_gap,
        }
        return {name: value for name, value in values.items() if value}

    def _gap(self, now: datetime) -> int | None:
        return max(1, _seconds(now) - self._granted[-1]) if self._granted else None

    def _prune(self, now: int) -> None:
        """Forget what no limit counts any more, and what was learned long ago."""
        week = int(FORGOTTEN_AFTER.total_seconds())
        span = int(max((each.span.total_seconds() for each in self.limits), default=0))
        if not any(each > now - week for each in self._refused):
            self._refused_gap = self._granted_gap = self._refused_since = None
        self._refused = [each for each in self._refused if each > now - max(span, 0)] or [
            each for each in self._refused[-1:] if each > now - week
        ]
        recent = [each for each in self._granted if each > now - span]
        # The spacing counts from the last one.
        self._granted = recent or self._granted[-1:]


def merge_entries(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one entry for a ledger of which several states have a copy.

    Nothing is forgotten: what no limit counts any more, the next run removes.
    """
    ledger = RequestLedger()
    owner: dict[str, Any] = {}
    for entry in entries:
        ledger.merge(entry)
        owner |= {name: entry[name] for name in ("application", "seller_id") if name in entry}
    return owner | ledger._entry()  # noqa: SLF001 - of the class above


_SAME = 5
"""Amazon's time of a request and our own differ by less than this many seconds."""


def _union(ours: Sequence[int], theirs: Sequence[int]) -> list[int]:
    return sorted((Counter(ours) | Counter(theirs)).elements())


def _seconds(moment: datetime) -> int:
    return math.ceil(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
