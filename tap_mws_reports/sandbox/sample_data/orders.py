"""Orders, and how each of them changes as time passes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.sandbox.sample_data.products import Product, money, of_country

LONGEST_LIFE = timedelta(days=5)
"""How long after its purchase an order may change."""

_FEWEST, _MOST = 6, 14
_ITEM_COUNTS = (1, 1, 1, 1, 2, 3)
_CANCELLED_SHARE = 0.06
_BUSINESS_SHARE = 0.1
_PROMOTION_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line of an order; amounts are for the whole quantity."""

    item_id: str
    product: Product
    quantity: int
    price: Decimal
    tax: Decimal
    shipping: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """One order; ``changes`` are its statuses and since when, the first at its purchase."""

    order_id: str
    marketplace: Marketplace
    items: tuple[OrderItem, ...]
    changes: tuple[tuple[datetime, str], ...]
    city: str
    state: str
    postal_code: str
    business: bool

    @property
    def purchased(self) -> datetime:
        """Return when it was placed."""
        return self.changes[0][0]

    @property
    def fba(self) -> bool:
        """Whether Amazon ships it."""
        return self.items[0].product.fba

    def last_change(self, now: datetime) -> tuple[datetime, str]:
        """Return when it last changed by ``now``, and to which status."""
        return [change for change in self.changes if change[0] <= now][-1]

    @property
    def shipped(self) -> datetime | None:
        """Return when it will be or was shipped; None when it never is."""
        moment, status = self.changes[-1]
        return moment if status == "Shipped" else None


def orders_of(
    seed: int, marketplace: Marketplace, products: Sequence[Product], day: date
) -> Iterator[Order]:
    """Yield the orders placed on a day of the marketplace's time zone, as they come in."""
    rng = random.Random(f"{seed}/{marketplace.marketplace_id}/orders/{day}")
    midnight = datetime.combine(day, time(), ZoneInfo(marketplace.time_zone))
    seconds = sorted(rng.randrange(86_400) for _ in range(rng.randint(_FEWEST, _MOST)))
    for second in seconds:
        placed = (midnight + timedelta(seconds=second)).astimezone(UTC)
        yield _order(rng, marketplace, products, placed)


def _order(
    rng: random.Random, marketplace: Marketplace, products: Sequence[Product], placed: datetime
) -> Order:
    fba = rng.random() < len([each for each in products if each.fba]) / len(products)
    choice = [each for each in products if each.fba is fba]
    items = tuple(
        _item(rng, marketplace, product) for product in rng.sample(choice, rng.choice(_ITEM_COUNTS))
    )
    city, state, postal_code = rng.choice(of_country("places", marketplace.country))
    return Order(
        order_id=f"{rng.randint(101, 999)}-{rng.randrange(10**7):07d}-{rng.randrange(10**7):07d}",
        marketplace=marketplace,
        items=items,
        changes=tuple(_life(rng, placed)),
        city=city,
        state=state,
        postal_code=postal_code,
        business=rng.random() < _BUSINESS_SHARE,
    )


def _item(rng: random.Random, marketplace: Marketplace, product: Product) -> OrderItem:
    currency = marketplace.currency
    quantity = rng.choice((1, 1, 1, 2, 3))
    price = product.price * quantity
    tax = Decimal(of_country("tax", marketplace.country))
    shipping = money(price * Decimal("0.1"), currency) if rng.random() < _PROMOTION_SHARE else 0
    discount = money(price * Decimal("0.05"), currency) if rng.random() < _PROMOTION_SHARE else 0
    return OrderItem(
        item_id=f"{rng.randrange(10**13, 10**14)}",
        product=product,
        quantity=quantity,
        price=price,
        tax=money(price * tax, currency),
        shipping=money(Decimal(shipping), currency),
        discount=money(Decimal(discount), currency),
    )


def _life(rng: random.Random, placed: datetime) -> Iterator[tuple[datetime, str]]:
    yield placed, "Pending"
    confirmed = placed + timedelta(minutes=rng.randint(3, 45))
    if rng.random() < _CANCELLED_SHARE:
        yield confirmed + timedelta(hours=rng.randint(1, 30)), "Cancelled"
        return
    yield confirmed, "Unshipped"
    yield confirmed + timedelta(minutes=rng.randint(300, 5700)), "Shipped"
