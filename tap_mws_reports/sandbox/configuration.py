"""The tap's settings for the sandbox's own sellers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tap_mws_reports.api.marketplaces import find
from tap_mws_reports.sandbox.members import MEMBERS

REGION = "NA"
_DAYS = 60
# With what there is in 60 days, no more than one burst of Amazon's quotas requests and downloads.
_REPORTS = (
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_",
    "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_",
    "_GET_FBA_REIMBURSEMENTS_DATA_",
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_",
)


def account_settings(region: str = REGION) -> dict[str, Any]:
    """Return who the seller of a region is: id, first marketplace, credentials."""
    member = MEMBERS[region]
    return {
        "api": "mws",
        "seller_id": member.seller_id,
        "marketplace_ids": [member.marketplace_ids[0]],
        "aws_access_key_id": member.access_key_id,
        "aws_secret_access_key": member.secret_access_key,
    }


def settings_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return who the seller is that settings mean: by its id, by a marketplace, or the first."""
    for member in MEMBERS.values():
        if given.get("seller_id") == member.seller_id:
            return account_settings(member.region)
    regions = [find(text).region for text in given.get("marketplace_ids") or []]
    return account_settings(next((each for each in regions if each in MEMBERS), REGION))


def tap_config(endpoint_url: str, now: datetime, region: str = REGION) -> dict[str, Any]:
    """Return a complete configuration: a region's seller, the last 60 days, seven reports."""
    start = (now - timedelta(days=_DAYS)).replace(second=0, microsecond=0)
    return {
        **account_settings(region),
        "endpoint_url": endpoint_url,
        "start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reports": list(_REPORTS),
    }
