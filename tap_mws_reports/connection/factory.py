"""Create the clients of the service that the setting `api` names."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ListCalls, ReportClient, ReportService, ThrottledCall
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.report_notifications import Subscriptions
from tap_mws_reports.api.request_budgets import RequestBudgets, SellerBudgets
from tap_mws_reports.api.retries import QuotaWait, no_op
from tap_mws_reports.api.sqs import Queue, SqsQueue
from tap_mws_reports.config.sellers import SellerConfig
from tap_mws_reports.config.service_choice import chosen_service
from tap_mws_reports.connection.transports import Transports


class _Service(Protocol):
    def quotas(self) -> Mapping[ThrottledCall, Quota]: ...

    def list_calls(self, owner: SellerConfig) -> Iterable[ListCalls]: ...

    def address(self, owner: SellerConfig) -> str: ...

    def request_budgets(self, owners: Sequence[SellerConfig]) -> RequestBudgets: ...

    def report_service(
        self,
        owner: SellerConfig,
        transports: Transports,
        clock: Clock,
        rng: random.Random,
        quota_wait: QuotaWait,
        budgets: SellerBudgets | None = None,
    ) -> ReportClient: ...

    def subscriptions(
        self, owner: SellerConfig, transports: Transports, clock: Clock, rng: random.Random
    ) -> Subscriptions: ...


def _service(api: str) -> _Service:
    """Return the module of a service, which is imported for its first seller."""
    if api == "mws":
        from tap_mws_reports.connection import mws  # noqa: PLC0415

        return mws
    from tap_mws_reports.connection import sp_api  # noqa: PLC0415

    return sp_api


def quotas(config: Mapping[str, Any]) -> Mapping[ThrottledCall, Quota]:
    """Return the quotas per seller. Makes no call."""
    return _service(chosen_service(config)).quotas()


def list_calls(owners: Sequence[SellerConfig], streams: Iterable[str]) -> list[ListCalls]:
    """Return what lifecycle streams take to list the reports of all sellers. Makes no call.

    Args:
        owners: the sellers, in the order in which each stream lists them.
        streams: the names of the streams, in the order of the run; others take nothing.
    """
    every = [each for owner in owners for each in _service(owner.api).list_calls(owner)]
    return [each for stream in streams for each in every if each.stream == stream]


def address(owner: SellerConfig) -> str:
    """Return scheme and host of the endpoint of a seller."""
    return _service(owner.api).address(owner)


def request_budgets(owners: Sequence[SellerConfig]) -> RequestBudgets:
    """Return the request ledgers that the sellers of a process share; all of one service."""
    return _service(owners[0].api).request_budgets(owners) if owners else RequestBudgets()


def connect(
    owner: SellerConfig,
    transports: Transports,
    clock: Clock,
    quota_wait: QuotaWait,
    budgets: SellerBudgets | None = None,
) -> ReportService:
    """Return the report client of a seller. Makes no call.

    Args:
        owner: the seller.
        transports: connections to Amazon.
        clock: the clock.
        quota_wait: called before each wait for a quota, with the operation and the seconds.
        budgets: what limits the requests of the seller, of `request_budgets`; its own if left out.

    Raises:
        SettingsError: the settings have no service for this seller.
    """
    return _service(owner.api).report_service(owner, transports, clock, _rng(), quota_wait, budgets)


def connect_administration(
    owner: SellerConfig, transports: Transports, clock: Clock, quota_wait: QuotaWait = no_op
) -> ReportClient:
    """Return a client with the operations that only a person needs, too; as `connect`."""
    return _service(owner.api).report_service(owner, transports, clock, _rng(), quota_wait)


def connect_subscriptions(
    owner: SellerConfig, transports: Transports, clock: Clock
) -> Subscriptions:
    """Return the notification subscriptions of a seller; as `connect`."""
    return _service(owner.api).subscriptions(owner, transports, clock, _rng())


def connect_queue(config: Mapping[str, Any]) -> Queue | None:
    """Return the notification queue, or None if the settings name none. Makes no call.

    Raises:
        SettingsError: the extra `notifications` is not installed.
    """
    url = config.get("notification_queue_url")
    return SqsQueue(url) if url else None


def _rng() -> random.Random:
    return random.Random()  # noqa: S311 - spreads retries, protects nothing
