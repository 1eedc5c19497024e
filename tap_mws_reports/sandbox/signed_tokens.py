"""Tokens that only the sandbox can have written, and pages of lists."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tap_mws_reports.sandbox.account_entries import MadeReport, RequestEntry

_KEY = b"a token is no secret, only sealed"
_SEAL_BYTES = 16


class InvalidSignature(ValueError):
    """The signature of a text is wrong."""


def sign_text(fields: Sequence[Any]) -> str:
    """Return values of JSON as one signed text in Base64."""
    text = json.dumps(fields).encode()
    return base64.b64encode(_digest(text)[:_SEAL_BYTES] + text).decode()


def verify_text(text: str) -> list[Any]:
    """Return the values of a signed text.

    Raises:
        InvalidSignature: the text is not as `sign_text` wrote it.
    """
    try:
        sealed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidSignature(text) from None
    digest, written = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
    if not hmac.compare_digest(digest, _digest(written)[:_SEAL_BYTES]):
        raise InvalidSignature(text)
    fields: list[Any] = json.loads(written)
    return fields


def signature(text: str) -> str:
    """Return the signature of a text, in hexadecimal digits."""
    return _digest(text.encode()).hex()


def _digest(text: bytes) -> bytes:
    return hmac.new(_KEY, text, hashlib.sha256).digest()


Listed = TypeVar("Listed", RequestEntry, MadeReport)
PagePosition = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Where a list continues: the filters of its first call, and the key of its last entry."""

    operation: str
    seller_id: str
    filters: dict[str, Any]
    after: PagePosition


def paginate(
    entries: Sequence[Listed], size: int, after: PagePosition | None
) -> tuple[Sequence[Listed], PagePosition | None]:
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
    return sign_text([page.operation, page.seller_id, filters, dates, moment.isoformat(), number])


def read(token: str, operation: str, seller_id: str) -> Page:
    """Return the page of a token.

    Raises:
        InvalidSignature: the token is not authentic, or is for another list.
    """
    of_operation, of_seller, filters, dates, moment, number = verify_text(token)
    if (of_operation, of_seller) != (operation, seller_id):
        raise InvalidSignature(token)
    filters.update({name: datetime.fromisoformat(filters[name]) for name in dates})
    return Page(operation, seller_id, filters, (datetime.fromisoformat(moment), number))
