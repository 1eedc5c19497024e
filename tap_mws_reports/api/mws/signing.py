"""Signature Version 2.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_SigningQueryRequest.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

_DIGESTS = {"HmacSHA256": hashlib.sha256, "HmacSHA1": hashlib.sha1}
METHOD = "HmacSHA256"
_UNRESERVED = "-_.~"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The developer's keys and the seller. Secrets are not in its ``repr``.

    ``auth_token`` is set if the developer is not the seller.
    """

    seller_id: str
    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    auth_token: str | None = field(default=None, repr=False)

    def redact(self, text: str) -> str:
        """Return ``text`` without the secret parts, as they are or as a query encodes them."""
        secrets = (self.access_key_id, self.secret_access_key, self.auth_token)
        for secret in filter(None, secrets):
            for form in (secret, _quoted(secret)):
                text = text.replace(form, "(hidden)")
        return text


def canonical_query(params: Mapping[str, str]) -> str:
    """Join parameters sorted by the bytes of their names, encoded by RFC 3986.

    The text is also a valid form body and a valid query, so what is sent is what was signed.
    """
    pairs = sorted((name.encode(), value.encode()) for name, value in params.items())
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def string_to_sign(verb: str, host: str, path: str, params: Mapping[str, str]) -> str:
    """Return the four lines that are signed; a ``Signature`` among ``params`` is left out.

    ``host`` has its port only where that is not the scheme's own.
    """
    signed_params = {name: value for name, value in params.items() if name != "Signature"}
    return "\n".join((verb, host.lower(), path or "/", canonical_query(signed_params)))


def sign(secret: str, text: str, method: str = METHOD) -> str:
    """Return the signature in base64. Raises KeyError for a method other than Amazon's two."""
    digest = hmac.new(secret.encode(), text.encode(), _DIGESTS[method]).digest()
    return base64.b64encode(digest).decode()


def signed(
    params: Mapping[str, str],
    *,
    credentials: Credentials,
    verb: str,
    host: str,
    path: str,
    now: datetime,
) -> dict[str, str]:
    """Return ``params`` with keys, seller, time and the signature of all of them."""
    complete = {
        **params,
        "AWSAccessKeyId": credentials.access_key_id,
        "SellerId": credentials.seller_id,
        "SignatureMethod": METHOD,
        "SignatureVersion": "2",
        "Timestamp": timestamp(now),
    }
    if credentials.auth_token:
        complete["MWSAuthToken"] = credentials.auth_token
    text = string_to_sign(verb, host, path, complete)
    return {**complete, "Signature": sign(credentials.secret_access_key, text)}


def timestamp(now: datetime) -> str:
    """Write a moment as Amazon's own headers do, ``2020-06-12T09:29:10.167Z``."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _quoted(text: str | bytes) -> str:
    return quote(text, safe=_UNRESERVED)
