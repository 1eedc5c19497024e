"""Writes a document of orders in Amazon's format: 30 typed columns, with some malformed cells."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

REPORT_TYPE = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"

COLUMNS = (
    *("amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date"),
    *("order-status", "fulfillment-channel", "sales-channel", "order-channel"),
    *("ship-service-level", "product-name", "sku", "asin", "item-status", "quantity", "currency"),
    *("item-price", "item-tax", "shipping-price", "shipping-tax", "gift-wrap-price"),
    *("gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount", "ship-city"),
    *("ship-state", "ship-postal-code", "ship-country", "promotion-ids", "is-business-order"),
    "is-replacement-order",
)
_QUANTITY, _PRICE = (COLUMNS.index(name) for name in ("quantity", "item-price"))
_ADJECTIVES = ("Blue", "Large", '4" x 2"', "Süßer", "Folding", "Crème", "Kids'", "Stainless")
_NOUNS = ("Mug, 0.3 l", "Frame", "Lamp", "Tea Set", "Notebook A5", "Backpack", "Charger")
_CITIES = ("Seattle", "Köln", "Málaga", "Austin", "Leeds", "Portland", "São Paulo", "Reno")
_ARTICLES = 2_000
_NEW_ORDER, _PENDING = 0.75, 0.05  # shares of the rows
_ODD_EVERY = 500
_SCATTER = 63_641_362_238_467  # has no factor of ten: different orders keep different numbers


def write_document(path: Path, rows: int, seed: int = 1) -> None:
    """Write a document of so many rows; the same seed gives the same document."""
    with path.open("w", encoding="utf-8", newline="") as document:
        document.write("\t".join(COLUMNS) + "\r\n")
        document.writelines(_lines(rows, random.Random(seed)))  # noqa: S311 - repeatable


def _lines(rows: int, chance: random.Random) -> Iterator[str]:
    order, moment = 0, ""
    for row in range(rows):
        if not order or chance.random() < _NEW_ORDER:
            order += 1
            moment = _moment(chance)
        cells = _cells(order, moment, chance)
        if row % _ODD_EVERY == _ODD_EVERY - 1:
            cells = _odd(cells, row // _ODD_EVERY)
        yield "\t".join(cells) + "\r\n"


def _moment(chance: random.Random) -> str:
    day, second = chance.randrange(1, 29), chance.randrange(86_400)
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return f"2020-{chance.randrange(1, 13):02}-{day:02}T{clock}+00:00"


def _cells(order: int, moment: str, chance: random.Random) -> list[str]:
    quantity = chance.choice((1, 1, 1, 2, 3))
    scattered = order * _SCATTER % 10**14
    number = f"{order % 999 + 1:03}-{scattered // 10**7:07}-{scattered % 10**7:07}"
    article = chance.randrange(_ARTICLES)
    cents = 199 + article * 7919 % 20_000
    title = f"{_ADJECTIVES[article % 8]} {_NOUNS[article % 7]} - set of {article % 12 + 1}, boxed"
    pending = chance.random() < _PENDING
    price = "" if pending else f"{cents * quantity / 100:.2f}"
    tax = "" if pending else f"{cents * quantity / 1250:.2f}"
    return [
        *(number, number, moment, f"{moment[:11]}23:59:59+00:00"),
        *("Pending" if pending else "Shipped", "Amazon", "Amazon.com", ""),
        *("Expedited", title, f"SKU-{article:06}", f"B0{article:08}"),
        *("Unshipped" if pending else "Shipped", str(quantity), "USD", price, tax),
        *("3.99" if article % 3 else "", "0.32" if article % 3 else "", "", "", "", ""),
        *(chance.choice(_CITIES), "WA", f"{article:05}-{order % 10_000:04}", "US", ""),
        *("true" if article % 20 == 0 else "false", "false"),
    ]


def _odd(cells: list[str], kind: int) -> list[str]:
    """Return a malformed row: one of four kinds in turn."""
    ways = (
        [*cells, "one cell too many"],
        cells[:-3],
        [*cells[:_QUANTITY], "one", *cells[_QUANTITY + 1 :]],
        [*cells[:_PRICE], "--", *cells[_PRICE + 1 :]],
    )
    return ways[kind % len(ways)]
