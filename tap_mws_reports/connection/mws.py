"""Clients of MWS for a seller."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ListCalls, ThrottledCall
from tap_mws_reports.api.marketplaces import mws_hosts
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.mws.operations import OPERATIONS
from tap_mws_reports.api.mws.service import QUOTAS, MwsReportService
from tap_mws_reports.api.mws.signing import Credentials
from tap_mws_reports.api.mws.subscription_operations import SUBSCRIPTIONS
from tap_mws_reports.api.mws.subscriptions import MwsSubscriptions
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.request_budgets import RequestBudgets, SellerBudgets
from tap_mws_reports.api.retries import QuotaWait
from tap_mws_reports.config.sellers import SellerConfig
from tap_mws_reports.connection.transports import Transports
from tap_mws_reports.errors import SettingsError

_LISTS = {
    "report_requests": "GetReportRequestList",
    "reports": "GetReportList",
    "report_schedules": "GetReportScheduleList",
}


def quotas() -> Mapping[ThrottledCall, Quota]:
    """Return the quotas of each seller."""
    return QUOTAS


def list_calls(owner: SellerConfig) -> Iterator[ListCalls]:
    """Yield what each lifecycle stream takes to list the reports of a seller, of all types."""
    for stream, operation in _LISTS.items():
        if quota := OPERATIONS[operation].quota:
            yield ListCalls(stream, owner.seller_id, operation, quota, calls=1)


def address(owner: SellerConfig) -> str:
    """Return scheme and host of the endpoint."""
    # Discovery needs no marketplace.
    host = owner.marketplaces[0].mws_host if owner.marketplaces else ""
    return owner.endpoint_url or f"https://{host}"


def request_budgets(owners: Sequence[SellerConfig]) -> RequestBudgets:
    """Return no limits: MWS has none of single report types."""
    del owners
    return RequestBudgets()


def report_service(
    owner: SellerConfig,
    transports: Transports,
    clock: Clock,
    rng: random.Random,
    quota_wait: QuotaWait,
    budgets: SellerBudgets | None = None,
) -> MwsReportService:
    """Return the client for the seller's reports; the types of MWS have no ``budgets``.

    Raises:
        SettingsError: the settings lead to the hosts that Amazon has switched off.
    """
    del budgets
    endpoint = Endpoint.at(_endpoint(owner))
    return MwsReportService(
        ClientSettings(_credentials(owner), endpoint, transports.calls, clock, rng, quota_wait)
    )


def subscriptions(
    owner: SellerConfig, transports: Transports, clock: Clock, rng: random.Random
) -> MwsSubscriptions:
    """Return the client for the seller's subscriptions; as `report_service`."""
    endpoint = Endpoint.at(_endpoint(owner), SUBSCRIPTIONS)
    return MwsSubscriptions(
        ClientSettings(_credentials(owner), endpoint, transports.calls, clock, rng)
    )


def _endpoint(owner: SellerConfig) -> str:
    endpoint = address(owner)
    if not owner.in_sandbox and urlsplit(endpoint).hostname in mws_hosts():
        raise SettingsError(
            f"Amazon switched MWS off on 2024-03-31: {endpoint} no longer answers.",
            hint="use SP-API: `api: sp_api`; docs/migration-from-mws.md has the steps. To try the "
            "tap set `sandbox: true`, or `endpoint_url` to a service that still speaks MWS.",
        )
    return endpoint


def _credentials(owner: SellerConfig) -> Credentials:
    return Credentials(
        seller_id=owner.seller_id,
        access_key_id=owner.settings["aws_access_key_id"],
        secret_access_key=owner.settings["aws_secret_access_key"],
        auth_token=owner.settings.get("mws_auth_token"),
    )
