"""Whose reports a run reads, and who of them cannot be asked any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from tap_mws_reports.api.interface import ReportService
from tap_mws_reports.errors import (
    CredentialsError,
    HostUnreachable,
    Retry,
    SkipWindow,
    TapError,
)

T = TypeVar("T")

_ONES_OWN = (CredentialsError, HostUnreachable, Retry, SkipWindow)
"""What may befall one seller and not the others; anything else ends the run."""


@dataclass(eq=False)
class SellerConnection:
    """One seller.

    ``address`` is where Amazon is asked, ``connect`` returns the service that asks there. It is
    called when the first stream needs it.
    """

    seller_id: str
    address: str
    connect: Callable[[], ReportService]

    @cached_property
    def service(self) -> ReportService:
        """Amazon's reports of the seller."""
        return self.connect()


class SellerConnections:
    """The sellers of a run. One for whom a call fails for good is lost, and the others go on.

    Args:
        sellers: all of them.
        failed: told why one is lost.
    """

    def __init__(
        self, sellers: Iterable[SellerConnection], failed: Callable[[TapError], None]
    ) -> None:
        self._sellers = {seller.seller_id: seller for seller in sellers}
        self._failed = failed
        self._lost: dict[str, TapError] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all, also of those who are lost."""
        return tuple(self._sellers)

    def __getitem__(self, seller_id: str) -> SellerConnection:
        """Return a seller, whether lost or not."""
        return self._sellers[seller_id]

    def loss(self, seller_id: str) -> TapError | None:
        """Return why a seller cannot be asked any more, or None."""
        return self._lost.get(seller_id)

    def ask(self, seller_id: str, question: Callable[[SellerConnection], T]) -> T | None:
        """Return the answer to a question about a seller, or None if the seller is or gets lost.

        Raises:
            TapError: no seller can be asked any more.
        """
        if seller_id in self._lost:
            return None
        try:
            return question(self._sellers[seller_id])
        except TapError as error:
            self.lose(seller_id, error)
            return None

    def ask_all(self, question: Callable[[SellerConnection], T]) -> Iterator[tuple[str, T]]:
        """Yield the answers about all sellers who can be asked, with their ids, one by one."""
        for seller_id in self._sellers:
            answer = self.ask(seller_id, question)
            if answer is not None:
                yield seller_id, answer

    def lose(self, seller_id: str, error: TapError) -> frozenset[str]:
        """Note that a seller cannot be asked any more; return all who share that fate.

        Raises:
            TapError: it is the fate of all, or no matter of single sellers.
        """
        if not isinstance(error, _ONES_OWN):
            raise error
        fellows = self._fellows(seller_id, error)
        self._lost.update(dict.fromkeys(fellows, error))
        if len(self._lost) == len(self._sellers):
            raise error
        self._failed(error)
        return fellows

    def _fellows(self, seller_id: str, error: TapError) -> frozenset[str]:
        # Where Amazon answered, it spoke of this seller; where nobody did, all ask in vain there.
        if error.amazon_code or not isinstance(error, HostUnreachable):
            return frozenset({seller_id})
        address = self._sellers[seller_id].address
        return frozenset(
            each.seller_id for each in self._sellers.values() if each.address == address
        )
