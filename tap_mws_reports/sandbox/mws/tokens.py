"""NextTokens: opaque to the client, and to be believed only when this sandbox wrote them.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_NextToken.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tap_mws_reports.sandbox.mws.refusals import Refusal
from tap_mws_reports.sandbox.seals import BrokenSeal, seal, unseal


@dataclass(frozen=True, slots=True)
class Page:
    """Where a list goes on: the filters of its first call, and the place of its last entry.

    Filters hold dates as ISO 8601 text, so that a page can be written down.
    """

    operation: str
    seller_id: str
    filters: dict[str, Any]
    after: tuple[datetime, int]


def write(page: Page) -> str:
    """Return the token of a page."""
    moment, number = page.after
    return seal([page.operation, page.seller_id, page.filters, moment.isoformat(), number])


def read(token: str, operation: str, seller_id: str) -> Page:
    """Return the page of a token.

    Raises:
        Refusal: nobody wrote this token, or for another list.
    """
    try:
        of_operation, of_seller, filters, moment, number = unseal(token)
    except BrokenSeal:
        raise _corrupted() from None
    if (of_operation, of_seller) != (operation, seller_id):
        raise _corrupted()
    return Page(operation, seller_id, filters, (datetime.fromisoformat(moment), number))


def _corrupted() -> Refusal:
    return Refusal("NextTokenCorrupted", "The NextToken is not one of this list.")
