"""The tap's settings for the sandbox's own sellers, and how long reports take there."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tap_mws_reports.api.marketplaces import find
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS, SandboxSeller

REGION = "NA"
APIS = ("mws", "sp_api")
_DAYS = 60
# Over 60 days they need no more requests and downloads than one burst of Amazon's quotas.
_REPORTS = (
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_",
    "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_",
    "_GET_FBA_REIMBURSEMENTS_DATA_",
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_",
)


def account_settings(region: str = REGION, api: str = APIS[0]) -> dict[str, Any]:
    """Return the settings of a region's seller: id, marketplace, credentials for a service."""
    member = SELLERS[region]
    return {
        "api": api,
        "seller_id": member.seller_id,
        "marketplace_ids": [member.marketplace_ids[0]],
        **(_mws_credentials(member) if api == "mws" else _sp_api_credentials(member)),
    }


def _mws_credentials(member: SandboxSeller) -> dict[str, str]:
    return {
        "aws_access_key_id": member.access_key_id,
        "aws_secret_access_key": member.secret_access_key,
    }


def _sp_api_credentials(member: SandboxSeller) -> dict[str, str]:
    return {
        "lwa_client_id": APPLICATION.client_id,
        "lwa_client_secret": APPLICATION.client_secret,
        "refresh_token": member.refresh_token,
    }


def sandbox_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the seller with the given id or marketplace, or else the first one."""
    return account_settings(_region_meant(given), given.get("api") or APIS[0])


def _region_meant(given: Mapping[str, Any]) -> str:
    for member in SELLERS.values():
        if given.get("seller_id") == member.seller_id:
            return member.region
    regions = [find(text).region for text in given.get("marketplace_ids") or []]
    return next((each for each in regions if each in SELLERS), REGION)


def tap_config(
    endpoint_url: str, now: datetime, region: str = REGION, api: str = APIS[0]
) -> dict[str, Any]:
    """Return a complete configuration: a region's seller, the last 60 days, seven reports."""
    start = (now - timedelta(days=_DAYS)).replace(second=0, microsecond=0)
    return {
        **account_settings(region, api),
        "endpoint_url": endpoint_url,
        "start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reports": list(_REPORTS),
    }


@dataclass(frozen=True, slots=True)
class LatencyProfile:
    """Seconds from submission to start and from start to end: least, usual, most."""

    name: str
    to_start: tuple[float, float, float]
    to_end: tuple[float, float, float]

    def draw(self, rng: random.Random, report_type: str) -> tuple[timedelta, timedelta]:
        """Return how long one report waits and is processed; the same for all types."""
        del report_type
        return _draw(rng, self.to_start), _draw(rng, self.to_end)


def _draw(rng: random.Random, bounds: tuple[float, float, float]) -> timedelta:
    least, usual, most = bounds
    return timedelta(seconds=round(rng.triangular(least, most, usual), 3))


# `real` follows the processing times in recordings of the live service: seconds where sellers are
# small, half an hour where they are large.
LATENCY_PROFILES: dict[str, LatencyProfile] = {
    pace.name: pace
    for pace in (
        LatencyProfile("fast", (0.1, 0.3, 0.6), (0.3, 0.6, 1.0)),
        LatencyProfile("real", (4, 20, 560), (30, 120, 2100)),
    )
}
