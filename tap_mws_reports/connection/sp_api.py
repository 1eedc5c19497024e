"""Clients of SP-API for a seller."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ListCalls, ThrottledCall
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.request_budgets import RequestBudgets, SellerBudgets, application_key
from tap_mws_reports.api.request_ledger import RequestLimit
from tap_mws_reports.api.retries import QuotaWait
from tap_mws_reports.api.sp_api.operations import OPERATIONS, TYPES_PER_LIST
from tap_mws_reports.api.sp_api.report_type_limits import request_limits
from tap_mws_reports.api.sp_api.service import (
    QUOTAS,
    Credentials,
    Endpoint,
    SpApiReportService,
    SpApiType,
)
from tap_mws_reports.api.sp_api.subscriptions import SpApiSubscriptions
from tap_mws_reports.config import validation
from tap_mws_reports.config.sellers import SellerConfig
from tap_mws_reports.connection.transports import Transports
from tap_mws_reports.report_types import ReportType

_LISTS = {
    "report_requests": "getReports",
    "reports": "getReports",
    "report_schedules": "getReportSchedules",
}


def quotas() -> Mapping[ThrottledCall, Quota]:
    """Return the quotas of each seller."""
    return QUOTAS


def list_calls(owner: SellerConfig) -> Iterator[ListCalls]:
    """Yield what each lifecycle stream takes to list the types of a seller."""
    types = {each.sp_api_name for each in owner.report_types if each.sp_api_name}
    calls = -(-len(types) // TYPES_PER_LIST)
    for stream, operation in _LISTS.items():
        yield ListCalls(stream, owner.seller_id, operation, OPERATIONS[operation].quota, calls)


def address(owner: SellerConfig) -> str:
    """Return scheme and host of the endpoint."""
    # Discovery needs no marketplace.
    return _endpoint(owner).url if owner.endpoint_url or owner.marketplaces else ""


def request_budgets(owners: Sequence[SellerConfig]) -> RequestBudgets:
    """Return the request ledgers of all sellers and their applications."""
    names = {each.name: each.sp_api_name for owner in owners for each in owner.report_types}

    def limits_of(report_type: str) -> Sequence[RequestLimit]:
        return request_limits(names.get(report_type) or report_type.strip("_"))

    applications = {
        owner.seller_id: application_key(owner.settings.get("lwa_client_id") or "")
        for owner in owners
    }
    share = validation.application_share(owners[0].settings) if owners else Fraction(1)
    return RequestBudgets(limits_of, applications, share)


def report_service(
    owner: SellerConfig,
    transports: Transports,
    clock: Clock,
    rng: random.Random,
    quota_wait: QuotaWait,
    budgets: SellerBudgets | None = None,
) -> SpApiReportService:
    """Return the client for the seller's reports.

    Raises:
        SettingsError: the region is not served, or two types would fill one stream.
    """
    credentials, endpoint = _credentials(owner), _endpoint(owner)
    return SpApiReportService(
        ClientSettings(credentials, endpoint, transports.calls, clock, rng, quota_wait),
        transports.documents,
        types=_types(owner.report_types),
        marketplace_ids=[each.marketplace_id for each in owner.marketplaces],
        budgets=budgets,
    )


def subscriptions(
    owner: SellerConfig, transports: Transports, clock: Clock, rng: random.Random
) -> SpApiSubscriptions:
    """Return the client for the seller's subscriptions; as `report_service`."""
    return SpApiSubscriptions(
        ClientSettings(_credentials(owner), _endpoint(owner), transports.calls, clock, rng)
    )


def _endpoint(owner: SellerConfig) -> Endpoint:
    if owner.endpoint_url:
        return Endpoint.at(owner.endpoint_url)
    return Endpoint.of(owner.marketplaces[0].region)


def _credentials(owner: SellerConfig) -> Credentials:
    return Credentials(
        seller_id=owner.seller_id,
        client_id=owner.settings["lwa_client_id"],
        client_secret=owner.settings["lwa_client_secret"],
        refresh_token=owner.settings["refresh_token"],
    )


def _types(wanted: Iterable[ReportType]) -> list[SpApiType]:
    """Return the report types that SP-API has."""
    return [
        SpApiType(
            each.name,
            each.sp_api_name,
            personal=each.restricted == "personal",
            cooldown=timedelta(minutes=each.cooldown_minutes or 0),
        )
        for each in wanted
        if each.sp_api_name
    ]
