"""One seller's data in one marketplace, seen at any moment."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tap_mws_reports.api.marketplaces import MARKETPLACES
from tap_mws_reports.sandbox.sample_data.after_sales import (
    AfterSales,
    Feedback,
    Reimbursement,
    Return,
    after_sales,
)
from tap_mws_reports.sandbox.sample_data.orders import LONGEST_LIFE, Order, orders_of
from tap_mws_reports.sandbox.sample_data.products import Product, catalogue

_DAY = timedelta(days=1)
_UNSHIPPED_DAYS = timedelta(days=38)
_AFTERMATH_DAYS = timedelta(days=40)
_KEPT_DAYS = 1000
_KEPT_SELLERS = 16


class SellerData:
    """The sample data of a seller in a marketplace. All of it is derived from the seed and the day.

    Spans of time include their start and exclude their end; nothing after ``now`` is shown.
    """

    def __init__(self, seed: int, marketplace_id: str) -> None:
        self.seed = seed
        self.marketplace = MARKETPLACES[marketplace_id]
        self.products = catalogue(seed, self.marketplace)
        self._zone = ZoneInfo(self.marketplace.time_zone)
        self._orders_of = lru_cache(_KEPT_DAYS)(self._orders_on)
        self._after_sales_of = lru_cache(_KEPT_DAYS)(self._after_sales_on)

    def placed(self, start: datetime, end: datetime, now: datetime) -> Iterator[Order]:
        """Yield the orders placed within a span, oldest first."""
        end = min(end, now + timedelta(microseconds=1))
        for order in self._orders(start, end):
            if start <= order.purchased < end:
                yield order

    def changed(self, start: datetime, end: datetime, now: datetime) -> Iterator[Order]:
        """Yield the orders whose last change lies within a span."""
        for order in self.placed(start - LONGEST_LIFE, end, now):
            if start <= order.last_change(now)[0] < end:
                yield order

    def shipped(self, start: datetime, end: datetime, now: datetime) -> Iterator[Order]:
        """Yield the orders shipped within a span."""
        for order in self.placed(start - LONGEST_LIFE, end, now):
            if order.shipped is not None and start <= order.shipped < min(end, now):
                yield order

    def unshipped(self, now: datetime) -> Iterator[Order]:
        """Yield the orders of the last 38 days that the seller has still to ship."""
        for order in self.placed(now - _UNSHIPPED_DAYS, now, now):
            if not order.fba and order.last_change(now)[1] == "Unshipped":
                yield order

    def returns(self, start: datetime, end: datetime, now: datetime) -> Iterator[Return]:
        """Yield what came back to Amazon's warehouses within a span."""
        for followed in self._after_sales(start, end):
            for returned in followed.returns:
                if start <= returned.moment < min(end, now):
                    yield returned

    def reimbursements(
        self, start: datetime, end: datetime, now: datetime
    ) -> Iterator[Reimbursement]:
        """Yield what Amazon paid for lost or damaged goods within a span."""
        for followed in self._after_sales(start, end):
            for reimbursement in followed.reimbursements:
                if start <= reimbursement.moment < min(end, now):
                    yield reimbursement

    def feedback(self, start: datetime, end: datetime, now: datetime) -> Iterator[Feedback]:
        """Yield what buyers said within a span."""
        for followed in self._after_sales(start, end):
            for feedback in followed.feedback:
                if start <= feedback.moment < min(end, now):
                    yield feedback

    def stock(self, product: Product, now: datetime) -> int:
        """Return the stock of a product, which changes at midnight."""
        today = now.astimezone(self._zone).date()
        rng = random.Random(f"{self.seed}/{self.marketplace.marketplace_id}/{product.sku}/{today}")
        return rng.randrange(0, 120)

    def _after_sales(self, start: datetime, end: datetime) -> Iterator[AfterSales]:
        """Yield what followed from each order that can have had consequences within a span."""
        for day in self._days(start - _AFTERMATH_DAYS, end):
            yield from self._after_sales_of(day)

    def _orders(self, start: datetime, end: datetime) -> Iterator[Order]:
        for day in self._days(start, end):
            yield from self._orders_of(day)

    def _days(self, start: datetime, end: datetime) -> Iterator[date]:
        day, last = (moment.astimezone(self._zone).date() for moment in (start, end))
        while day <= last:
            yield day
            day += _DAY

    def _orders_on(self, day: date) -> tuple[Order, ...]:
        return tuple(orders_of(self.seed, self.marketplace, self.products, day))

    def _after_sales_on(self, day: date) -> tuple[AfterSales, ...]:
        every = (after_sales(self.seed, order) for order in self._orders_of(day))
        return tuple(each for each in every if any(each))


@lru_cache(_KEPT_SELLERS)
def seller_data(seed: int, marketplace_id: str) -> SellerData:
    """Return what a seller sells in a marketplace; every sandbox of a process shares it."""
    return SellerData(seed, marketplace_id)
