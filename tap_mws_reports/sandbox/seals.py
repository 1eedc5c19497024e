"""Signed texts, such as tokens."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

_KEY = b"a token is no secret, only sealed"
_SEAL_BYTES = 16


class BrokenSeal(ValueError):
    """The signature of a text is wrong."""


def seal(fields: Sequence[Any]) -> str:
    """Return values of JSON as one signed text in Base64."""
    text = json.dumps(fields).encode()
    return base64.b64encode(_digest(text)[:_SEAL_BYTES] + text).decode()


def unseal(text: str) -> list[Any]:
    """Return the values of a signed text.

    Raises:
        BrokenSeal: the text is not as `seal` wrote it.
    """
    try:
        sealed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BrokenSeal(text) from None
    digest, written = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
    if not hmac.compare_digest(digest, _digest(written)[:_SEAL_BYTES]):
        raise BrokenSeal(text)
    fields: list[Any] = json.loads(written)
    return fields


def signature(text: str) -> str:
    """Return the signature of a text, in hexadecimal digits."""
    return _digest(text.encode()).hex()


def _digest(text: bytes) -> bytes:
    return hmac.new(_KEY, text, hashlib.sha256).digest()
