"""Pages of lists, and the tokens that lead to the next one.

A token holds the filters of the list's first call, so that it needs nothing beside it.
Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_NextToken.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tap_mws_reports.sandbox.entries import MadeReport, RequestEntry
from tap_mws_reports.sandbox.seals import BrokenSeal, seal, unseal

Listed = TypeVar("Listed", RequestEntry, MadeReport)
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Where a list continues: the filters of its first call, and the key of its last entry."""

    operation: str
    seller_id: str
    filters: dict[str, Any]
    after: Place


def turn(
    entries: Sequence[Listed], size: int, after: Place | None
) -> tuple[Sequence[Listed], Place | None]:
    """Return a page of a list that is newest first, and where the next begins if there is one."""
    if after is not None:
        entries = [entry for entry in entries if entry.order < after]
    page = entries[:size]
    return page, page[-1].order if len(entries) > size else None


def write(page: Page) -> str:
    """Return the token of a page."""
    moment, number = page.after
    filters = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in page.filters.items()
    }
    dates = [name for name, value in page.filters.items() if isinstance(value, datetime)]
    return seal([page.operation, page.seller_id, filters, dates, moment.isoformat(), number])


def read(token: str, operation: str, seller_id: str) -> Page:
    """Return the page of a token.

    Raises:
        BrokenSeal: nobody wrote this token, or for another list.
    """
    of_operation, of_seller, filters, dates, moment, number = unseal(token)
    if (of_operation, of_seller) != (operation, seller_id):
        raise BrokenSeal(token)
    filters.update({name: datetime.fromisoformat(filters[name]) for name in dates})
    return Page(operation, seller_id, filters, (datetime.fromisoformat(moment), number))
