"""The sellers of a run, and the failures of their connections."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeVar

from tap_mws_reports.api.call_executor import CallExecutor, InlineExecutor, in_order
from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.api.interface import ReportService
from tap_mws_reports.errors import (
    ApplicationRefused,
    CredentialsError,
    HostUnreachable,
    Retry,
    SkipWindow,
    TapError,
)

T = TypeVar("T")

_PER_SELLER = (CredentialsError, HostUnreachable, Retry, SkipWindow)
"""Errors that may concern a single seller; any other error ends the run."""


@dataclass(eq=False)
class SellerConnection:
    """The connection of one seller."""

    seller_id: str
    address: str
    """Scheme and host of the endpoint."""
    connect: Callable[[], ReportService]
    """Returns the report service; called when a stream first needs it."""
    application: Hashable = field(default=None, repr=False)
    """The application's id and secret; None if the seller shares them with no other."""

    @cached_property
    def service(self) -> ReportService:
        """The report service of the seller."""
        return self.connect()


class SellerConnections:
    """The sellers of a run. If a call fails for good, its seller is dropped and others continue.

    Args:
        sellers: all sellers.
        failed: called with the error of a failed seller.
        executor: makes the calls; one after the other if it is left out.
    """

    def __init__(
        self,
        sellers: Iterable[SellerConnection],
        failed: Callable[[TapError], None],
        executor: CallExecutor | None = None,
    ) -> None:
        self._executor = executor or InlineExecutor(SystemClock())
        self._sellers = {seller.seller_id: seller for seller in sellers}
        self._failed = failed
        self._failures: dict[str, TapError] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all sellers, including failed ones."""
        return tuple(self._sellers)

    def __getitem__(self, seller_id: str) -> SellerConnection:
        """Return a seller, failed or not."""
        return self._sellers[seller_id]

    def failure(self, seller_id: str) -> TapError | None:
        """Return the error of a failed seller, or None."""
        return self._failures.get(seller_id)

    def call(self, seller_id: str, function: Callable[[SellerConnection], T]) -> T | None:
        """Call ``function`` for a seller; return None if the seller failed before or fails now.

        Raises:
            TapError: all sellers have failed.
        """
        if seller_id in self._failures:
            return None
        try:
            return function(self._sellers[seller_id])
        except TapError as error:
            self.mark_failed(seller_id, error)
            return None

    def call_all(self, function: Callable[[SellerConnection], T]) -> Iterator[tuple[str, T]]:
        """Call ``function`` for each seller that has not failed; yield ids and results.

        Sellers are called at the same time; the results come in the order of the sellers.

        Raises:
            TapError: all sellers have failed.
        """
        return self.call_each(dict.fromkeys(self._sellers, function))

    def call_each(
        self, functions: Mapping[str, Callable[[SellerConnection], T]]
    ) -> Iterator[tuple[str, T]]:
        """Call the function of each seller; as `call_all`."""
        called: list[str] = []

        def calls() -> Iterator[Callable[[], T]]:
            for seller_id, function in functions.items():
                if seller_id not in self._failures:
                    called.append(seller_id)
                    yield partial(function, self._sellers[seller_id])

        for number, outcome in enumerate(in_order(self._executor, calls())):
            seller_id = called[number]
            # While it was called, it may have failed together with another one.
            if seller_id in self._failures:
                continue
            try:
                answer = outcome.result()
            except TapError as error:
                self.mark_failed(seller_id, error)
                continue
            if answer is not None:
                yield seller_id, answer

    def mark_failed(self, seller_id: str, error: TapError) -> frozenset[str]:
        """Mark a seller as failed; return all sellers that fail with it.

        Raises:
            TapError: all sellers have failed, or the error does not concern single sellers.
        """
        if not isinstance(error, _PER_SELLER):
            raise error
        affected = self._affected(seller_id, error)
        self._failures.update(dict.fromkeys(affected, error))
        if len(self._failures) == len(self._sellers):
            raise error
        self._failed(error)
        return affected

    def _affected(self, seller_id: str, error: TapError) -> frozenset[str]:
        if isinstance(error, ApplicationRefused):
            application = self._sellers[seller_id].application
            others = (
                each.seller_id
                for each in self._sellers.values()
                if application is not None and each.application == application
            )
            return frozenset({seller_id, *others})
        # A response from Amazon concerns this seller; an unreachable host all sellers that use it.
        if error.amazon_code or not isinstance(error, HostUnreachable):
            return frozenset({seller_id})
        address = self._sellers[seller_id].address
        return frozenset(
            each.seller_id for each in self._sellers.values() if each.address == address
        )
