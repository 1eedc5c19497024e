"""The events after the delivery of an order: returns, reimbursements, feedback."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from tap_mws_reports.sandbox.sample_data.orders import Order, OrderItem

_RETURNED_SHARE = 0.08
_REIMBURSED_SHARE = 0.03
_FEEDBACK_SHARE = 0.12
_REASONS = ("DEFECTIVE", "NOT_AS_DESCRIBED", "UNWANTED_ITEM", "ORDERED_WRONG_ITEM")
_DISPOSITIONS = ("SELLABLE", "CUSTOMER_DAMAGED", "DEFECTIVE")


@dataclass(frozen=True, slots=True)
class Return:
    """One unit that came back."""

    moment: datetime
    order: Order
    item: OrderItem
    reason: str
    disposition: str
    licence_plate: str


@dataclass(frozen=True, slots=True)
class Reimbursement:
    """What Amazon paid for one unit."""

    moment: datetime
    order: Order
    item: OrderItem
    reimbursement_id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Feedback:
    """A buyer's rating and comment; ``rating`` is from 1 to 5."""

    moment: datetime
    order: Order
    rating: int


class AfterSales(NamedTuple):
    """The events after one order; none for one that was never shipped."""

    returns: tuple[Return, ...] = ()
    reimbursements: tuple[Reimbursement, ...] = ()
    feedback: tuple[Feedback, ...] = ()


def after_sales(seed: int, order: Order) -> AfterSales:
    """Return what follows from an order."""
    if order.shipped is None:
        return AfterSales()
    rng = random.Random(f"{seed}/aftermath/{order.order_id}")
    feedback = []
    if rng.random() < _FEEDBACK_SHARE:
        moment = order.shipped + timedelta(days=rng.randint(2, 20))
        feedback.append(Feedback(moment, order, rng.choice((5, 5, 5, 4, 4, 3, 1))))
    if not order.fba:
        return AfterSales(feedback=tuple(feedback))
    returns = [
        _returned(rng, order, item) for item in order.items if rng.random() < _RETURNED_SHARE
    ]
    reimbursements = [
        _reimbursed(rng, order, item) for item in order.items if rng.random() < _REIMBURSED_SHARE
    ]
    return AfterSales(tuple(returns), tuple(reimbursements), tuple(feedback))


def _returned(rng: random.Random, order: Order, item: OrderItem) -> Return:
    return Return(
        moment=_later(rng, order),
        order=order,
        item=item,
        reason=rng.choice(_REASONS),
        disposition=rng.choice(_DISPOSITIONS),
        licence_plate=f"LPNRR{rng.randrange(10**9):09d}",
    )


def _reimbursed(rng: random.Random, order: Order, item: OrderItem) -> Reimbursement:
    return Reimbursement(
        moment=_later(rng, order),
        order=order,
        item=item,
        reimbursement_id=f"{rng.randrange(10**10, 10**11)}",
        amount=item.product.price,
    )


def _later(rng: random.Random, order: Order) -> datetime:
    assert order.shipped is not None  # noqa: S101 - checked by the caller
    return order.shipped + timedelta(minutes=rng.randint(3 * 1440, 30 * 1440))
