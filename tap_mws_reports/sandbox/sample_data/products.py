"""What a seller offers in a marketplace."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from tap_mws_reports.api.marketplaces import Marketplace

_OPENED = datetime(2012, 3, 5, 7, 39, 41, tzinfo=UTC)
_PRICES = ("9.99", "14.50", "19.95", "24.00", "39.90", "59.99", "119.00")


@dataclass(frozen=True, slots=True)
class Product:
    """One offer. ``fba`` says who ships it: Amazon or the seller."""

    sku: str
    asin: str
    fnsku: str
    listing_id: str
    title: str
    price: Decimal
    fba: bool
    opened: datetime


@cache
def facts() -> dict[str, Any]:
    """Return the tables of `goods.toml`."""
    text = resources.files(__package__).joinpath("goods.toml").read_text("utf-8")
    return tomllib.loads(text)


def of_country(table: str, country: str) -> Any:  # noqa: ANN401 - as the table has it
    """Return the value of a table for a country, or else that for the United States."""
    rows = facts()[table]
    return rows.get(country, rows["US"])


def money(amount: Decimal, currency: str) -> Decimal:
    """Return an amount as it is paid: yen are whole, others have hundredths."""
    return amount.quantize(Decimal(1) if currency == "JPY" else Decimal("0.01"))


def catalogue(seed: int, marketplace: Marketplace) -> tuple[Product, ...]:
    """Return every offer of a seller in a marketplace; a SKU is the same article everywhere."""
    names = of_country("names", marketplace.country)
    variants = of_country("variants", marketplace.country)
    titles = [f"{name} - {variant}" for name in names for variant in variants]
    return tuple(_product(seed, marketplace, number, title) for number, title in enumerate(titles))


def _product(seed: int, marketplace: Marketplace, number: int, title: str) -> Product:
    rng = random.Random(f"{seed}/product/{number}")
    dollars = Decimal(rng.choice(_PRICES))
    local = random.Random(f"{seed}/{marketplace.marketplace_id}/listing/{number}")
    rate = Decimal(facts()["rate"][marketplace.currency])
    return Product(
        # A leading zero is part of a SKU.
        sku=f"{number:03d}-{rng.randrange(16**4):04X}",
        asin=f"B0{rng.randrange(36**5, 36**6) % 10**8:08d}",
        fnsku=f"X00{rng.randrange(10**7):07d}",
        listing_id=f"0305X{local.randrange(10**7):07d}",
        title=title,
        price=money(dollars * rate, marketplace.currency),
        fba=number % 3 != 0,
        opened=_OPENED + timedelta(days=rng.randrange(2000), seconds=rng.randrange(86_400)),
    )
