"""SP-API for a seller."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import timedelta

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import Call
from tap_mws_reports.api.patience import QuotaWait
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.sp_api.service import (
    QUOTAS,
    Credentials,
    Endpoint,
    SpApiReportService,
    SpApiType,
)
from tap_mws_reports.api.sp_api.subscriptions import SpApiSubscriptions
from tap_mws_reports.connection.transports import Transports
from tap_mws_reports.owners import Owner
from tap_mws_reports.report_types import ReportType


def quotas() -> Mapping[Call, Quota]:
    """Return what Amazon allows each seller."""
    return QUOTAS


def address(owner: Owner) -> str:
    """Return where the seller's reports are asked for: scheme and host."""
    # Who only wants to know the streams need not name a marketplace.
    return _endpoint(owner).url if owner.endpoint_url or owner.marketplaces else ""


def report_service(
    owner: Owner, transports: Transports, clock: Clock, rng: random.Random, quota_wait: QuotaWait
) -> SpApiReportService:
    """Return the reports of the seller.

    Raises:
        SettingsError: the region is not served, or two types would fill one stream.
    """
    credentials, endpoint = _credentials(owner), _endpoint(owner)
    return SpApiReportService(
        ClientSettings(credentials, endpoint, transports.calls, clock, rng, quota_wait),
        transports.documents,
        types=_types(owner.report_types),
        marketplace_ids=[each.marketplace_id for each in owner.marketplaces],
    )


def subscriptions(
    owner: Owner, transports: Transports, clock: Clock, rng: random.Random
) -> SpApiSubscriptions:
    """Return the subscriptions of the seller; as `report_service`."""
    return SpApiSubscriptions(
        ClientSettings(_credentials(owner), _endpoint(owner), transports.calls, clock, rng)
    )


def _endpoint(owner: Owner) -> Endpoint:
    if owner.endpoint_url:
        return Endpoint.at(owner.endpoint_url)
    return Endpoint.of(owner.marketplaces[0].region)


def _credentials(owner: Owner) -> Credentials:
    return Credentials(
        seller_id=owner.seller_id,
        client_id=owner.settings["lwa_client_id"],
        client_secret=owner.settings["lwa_client_secret"],
        refresh_token=owner.settings["refresh_token"],
    )


def _types(wanted: Iterable[ReportType]) -> list[SpApiType]:
    """Return what the service has to know of the report types that it offers."""
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
