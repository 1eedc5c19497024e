"""Credentials of an application for a seller."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

# Access, refresh and restricted tokens, and the query of a presigned address.
_TOKENS = re.compile(r"(?:Atza|Atzr|Atc|Atz)[|.%][\w|.%+/=-]+|X-Amz-[\w-]+=[^&\s\"'<>]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The application's id and secret, and the seller's refresh token; none is in its ``repr``.

    ``refresh_token`` is not needed for the operations that concern no seller.
    """

    seller_id: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)

    def redact(self, text: str) -> str:
        """Return ``text`` without secrets, as they are or encoded, and without any token."""
        for secret in filter(None, (self.client_secret, self.refresh_token, self.client_id)):
            for form in (secret, quote(secret, safe=""), quote_plus(secret)):
                text = text.replace(form, "(hidden)")
        return _TOKENS.sub("(hidden)", text)
