"""Cells as Amazon's documents have them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.sandbox.sample_data import SellerData

Row = dict[str, str]


class ReportQuery(NamedTuple):
    """The data of a report: whose, from which time, and as of ``now``."""

    seller_data: tuple[SellerData, ...]
    start: datetime
    end: datetime
    now: datetime


def iso(moment: datetime) -> str:
    """Write a moment as order and FBA reports do, ``2025-05-05T10:19:22+00:00``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def local_iso(moment: datetime, marketplace: Marketplace) -> str:
    """Write a moment with the marketplace's own offset."""
    return moment.astimezone(ZoneInfo(marketplace.time_zone)).isoformat(timespec="seconds")


def flag(value: bool, words: str = "true false") -> str:  # noqa: FBT001 - a cell's value
    """Write a boolean."""
    return words.split()[0 if value else 1]


def amount(value: Decimal) -> str:
    """Write an amount with two decimals and a point, as all but settlements do, even for yen."""
    return f"{value:.2f}"


def sales_channel(marketplace: Marketplace) -> str:
    """Return the marketplace's name as reports have it, such as ``Amazon.com``."""
    return _SITES.get(marketplace.country, f"Amazon.{marketplace.country.lower()}")


def short_date(day: date, order: str, mark: str = "/") -> str:
    """Write a day without leading zeros and with two digits of the year, such as ``6/9/25``."""
    parts = {"D": str(day.day), "M": str(day.month), "Y": f"{day:%y}"}
    return mark.join(parts[part] for part in order)


_SITES = {
    "US": "Amazon.com",
    "MX": "Amazon.com.mx",
    "GB": "Amazon.co.uk",
    "JP": "Amazon.co.jp",
}
