"""NextTokens: opaque to the client, and to be believed only when this sandbox wrote them.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_NextToken.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tap_mws_reports.sandbox.mws.refusals import Refusal

_KEY = b"a token is no secret, only sealed"
_SEAL_BYTES = 16


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
    fields = [page.operation, page.seller_id, page.filters, moment.isoformat(), number]
    text = json.dumps(fields).encode()
    return base64.b64encode(_seal(text) + text).decode()


def read(token: str, operation: str, seller_id: str) -> Page:
    """Return the page of a token.

    Raises:
        Refusal: nobody wrote this token, or for another list.
    """
    try:
        sealed = base64.b64decode(token, validate=True)
    except binascii.Error:
        raise _corrupted() from None
    seal, text = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(text)):
        raise _corrupted()
    of_operation, of_seller, filters, moment, number = json.loads(text)
    if (of_operation, of_seller) != (operation, seller_id):
        raise _corrupted()
    return Page(operation, seller_id, filters, (datetime.fromisoformat(moment), number))


def _seal(text: bytes) -> bytes:
    return hmac.new(_KEY, text, hashlib.sha256).digest()[:_SEAL_BYTES]


def _corrupted() -> Refusal:
    return Refusal("NextTokenCorrupted", "The NextToken is not one of this list.")
