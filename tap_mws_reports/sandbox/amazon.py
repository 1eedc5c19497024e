"""The local Amazon: a state machine that answers requests; the caller passes the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from tap_mws_reports.sandbox import network
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.faults import Fault, Faults
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.mws.service import MarketplaceWebService
from tap_mws_reports.sandbox.notification_outbox import OutgoingNotification
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES, LatencyProfile
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS, SandboxSeller
from tap_mws_reports.sandbox.sp_api.service import SellingPartnerApi
from tap_mws_reports.sandbox.sp_api.type_limits import TypeLimits


class Amazon:
    """Amazon's MWS and SP-API for reports, with a seller in every region.

    Args:
        now: when it opens.
        seed: decides the sellers' data and how long each report takes.
        pace: how long reports take.
        faults: the injected faults, and how often they occur.
        members: the sellers, by the names of their accounts.
        fault_seed: decides when random faults strike; ``seed`` if left out.
        limit_scale: multiplies the times of the limits of report types; 0 for no limits.
    """

    def __init__(
        self,
        now: datetime,
        seed: int = 1,
        pace: LatencyProfile = LATENCY_PROFILES["fast"],
        faults: Iterable[Fault] = (),
        members: Mapping[str, SandboxSeller] = SELLERS,
        limit_scale: float = 1.0,
        fault_seed: int | None = None,
    ) -> None:
        self.faults = Faults(faults, seed if fault_seed is None else fault_seed)
        self.accounts = {
            name: SandboxAccount(member, seed, pace, self.faults, now)
            for name, member in members.items()
        }
        accounts = tuple(self.accounts.values())
        self._mws = MarketplaceWebService(accounts, self.faults, f"{seed}/answers")
        limits = TypeLimits(limit_scale)
        self._sp_api = SellingPartnerApi(accounts, self.faults, f"{seed}/sp_api/answers", limits)

    def handle(self, request: Request, now: datetime) -> Response:
        """Answer a request; ``now`` is never before that of an earlier one."""
        return network.carry(request, self.faults, lambda: self._answer(request, now))

    def _answer(self, request: Request, now: datetime) -> Response:
        return self._sp_api.handle(request, now) or self._mws.handle(request, now)

    def outgoing(self, now: datetime) -> list[OutgoingNotification]:
        """Return the notifications that are due by ``now``, each of them once."""
        for account in self.accounts.values():
            account.advance(now)
        return [each for account in self.accounts.values() for each in account.outbox.take()]
