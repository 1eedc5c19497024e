"""The request ledgers of all sellers and applications of a process.

Sellers that share an application share its ledgers: a limit of the application, and one that was
learned from refusals, holds for all of them together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tap_mws_reports.api.request_ledger import RequestLedger, RequestLimit
from tap_mws_reports.api.timestamps import format_duration

TurnKey = tuple[str, str]
"""What identifies a turn: the owner of the ledger, and the report type."""

LimitsOf = Callable[[str], Sequence[RequestLimit]]
"""Returns the known limits of a report type, by the project's name."""

_WHOLE = Fraction(1)


def application_key(client_id: str) -> str:
    """Return the short hash by which the state names an application."""
    return hashlib.sha256(client_id.encode()).hexdigest()[:12]


class RequestBudgets:
    """Finds the ledgers of each seller and report type.

    Args:
        limits_of: the known limits.
        applications: the key of each seller's application.
        share: the part of an application's limits that this process may use.
    """

    def __init__(
        self,
        limits_of: LimitsOf = lambda _: (),
        applications: Mapping[str, str] | None = None,
        share: Fraction = _WHOLE,
    ) -> None:
        self._limits_of = limits_of
        self._applications = applications or {}
        self._share = share
        self._limits: dict[str, tuple[RequestLimit, ...]] = {}
        self._ledgers: dict[tuple[str, str, str], RequestLedger] = {}
        """By application, seller (empty: all of them) and report type."""

    def of(self, seller_id: str) -> SellerBudgets:
        """Return what limits the requests of a seller."""
        return SellerBudgets(self, seller_id, self._applications.get(seller_id, seller_id))

    def limits(self, report_type: str) -> tuple[RequestLimit, ...]:
        """Return the known limits of a report type, those of the application divided."""
        if report_type not in self._limits:
            self._limits[report_type] = tuple(
                each.divided(self._share) if each.scope == "application" else each
                for each in self._limits_of(report_type)
            )
        return self._limits[report_type]

    def has_application_limit(self, report_type: str) -> bool:
        """Whether a report type has a known limit of the application, for all its sellers."""
        return any(each.scope == "application" for each in self.limits(report_type))

    def ledger(self, application: str, seller_id: str, report_type: str) -> RequestLedger:
        """Return a ledger; with an empty ``seller_id`` that of the application."""
        key = (application, seller_id, report_type)
        if key not in self._ledgers:
            scope = "seller" if seller_id else "application"
            limits = [each for each in self.limits(report_type) if each.scope == scope]
            self._ledgers[key] = RequestLedger(limits)
        return self._ledgers[key]

    def existing(self, application: str, seller_id: str, report_type: str) -> RequestLedger | None:
        """Return a ledger, or None if nothing was recorded in it."""
        return self._ledgers.get((application, seller_id, report_type))

    def load(self, report_type: str, entries: Iterable[Mapping[str, Any]]) -> None:
        """Add what a state has of a report type; states of several streams may have the same."""
        for entry in entries:
            seller_id = entry.get("seller_id", "")
            self.ledger(entry["application"], seller_id, report_type).merge(entry)

    def entries(self, report_type: str, now: datetime) -> list[dict[str, Any]]:
        """Return the ledgers of a report type as the state keeps them."""
        found = []
        for (application, seller_id, name), ledger in self._ledgers.items():
            if name == report_type and (entry := ledger.entry(now)):
                owner = {"application": application}
                found.append({**owner, **({"seller_id": seller_id} if seller_id else {}), **entry})
        return found


class SellerBudgets:
    """What limits the requests of one seller. Report types have the project's names."""

    def __init__(self, budgets: RequestBudgets, seller_id: str, application: str) -> None:
        self._budgets = budgets
        self._seller_id = seller_id
        self._application = application

    def is_limited(self, report_type: str) -> bool:
        """Whether requests of a type may have to wait for more than the quota of the call."""
        return any(ledger.is_limited for ledger in self._ledgers(report_type))

    def allowed_at(self, report_type: str, now: datetime) -> datetime:
        """Return when a report of a type may be requested, ``now`` at the earliest."""
        return max((each.allowed_at(now) for each in self._ledgers(report_type)), default=now)

    def turn_key(self, report_type: str) -> TurnKey:
        """Return who takes turns with this seller at a type."""
        if self._scope(report_type) == "application":
            return self._application, report_type
        return f"{self._application}/{self._seller_id}", report_type

    def upcoming(self, report_type: str, now: datetime) -> Iterator[datetime]:
        """Yield when those who share the limit of a type may make the next requests."""
        return self._main(report_type).upcoming(now)

    def granted(self, report_type: str, now: datetime) -> None:
        """Record a request that Amazon accepted."""
        for ledger in self._recorded(report_type):
            ledger.granted(now)

    def refused(self, report_type: str, now: datetime) -> None:
        """Record a request that Amazon refused because of its type."""
        self._budgets.ledger(self._application, self._seller_id, report_type)
        for ledger in self._recorded(report_type):
            ledger.refused(now)

    def listed(self, report_type: str, created: datetime) -> None:
        """Record a request that Amazon lists, made by any program."""
        for ledger in self._ledgers(report_type):
            if ledger.limits:
                ledger.listed(created)

    def longest_queue(self, report_type: str) -> timedelta:
        """Return how long a report may stay in Amazon's queue because of a limit of its type."""
        limits = self._budgets.limits(report_type)
        return max((each.span for each in limits if each.keeps_in_queue), default=timedelta(0))

    def is_unavailable(self, report_type: str, now: datetime) -> bool:
        """Whether Amazon has granted no request of a type for hours, and never before."""
        return any(ledger.is_unavailable(now) for ledger in self._recorded(report_type))

    def describe(self, report_type: str, now: datetime) -> str:
        """Describe the limits of a type that are known or were learned."""
        texts = []
        for limit in sorted(self._budgets.limits(report_type), key=lambda each: each.span):
            whose = "all sellers of the application" if limit.scope == "application" else "a seller"
            texts.append(f"{limit.count} in {format_duration(limit.span)} for {whose}")
        for ledger in self._ledgers(report_type):
            if ledger.spacing:
                texts.append(f"one in {format_duration(ledger.spacing)}, learned from refusals")
            elif ledger.refused_since and not ledger.limits:
                texts.append(f"none granted since {ledger.refused_since:%Y-%m-%d %H:%M} UTC")
        return ", ".join(dict.fromkeys(texts))

    def _scope(self, report_type: str) -> str:
        limits = self._budgets.limits(report_type)
        of_seller_alone = limits and all(each.scope == "seller" for each in limits)
        return "seller" if of_seller_alone else "application"

    def _main(self, report_type: str) -> RequestLedger:
        seller_id = self._seller_id if self._scope(report_type) == "seller" else ""
        return self._budgets.ledger(self._application, seller_id, report_type)

    def _ledgers(self, report_type: str) -> list[RequestLedger]:
        """Return the ledgers that limit requests of a type."""
        main, own = self._main(report_type), self._own(report_type)
        return [main] if own is None or not own.limits else [main, own]

    def _recorded(self, report_type: str) -> list[RequestLedger]:
        """Return the ledgers in which requests of a type are recorded.

        A seller whose requests were refused has one beside that of its application: it shows
        whether this seller was ever granted one.
        """
        main, own = self._main(report_type), self._own(report_type)
        return [main] if own is None else [main, own]

    def _own(self, report_type: str) -> RequestLedger | None:
        own = self._budgets.existing(self._application, self._seller_id, report_type)
        return None if own is self._main(report_type) else own


UNLIMITED = RequestBudgets().of("")
"""The budgets of a service whose report types have no limits; nothing is recorded in them."""
