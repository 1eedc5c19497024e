"""Access tokens and Restricted Data Tokens.

Source: https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from tap_mws_reports.sandbox.signed_tokens import InvalidSignature, sign_text, verify_text

LIFE = timedelta(hours=1)
_ACCESS = "Atza|"
_RESTRICTED = "Atz.sprdt|"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token is valid for: one seller's data, or a scope without a seller, until ``ends``.

    A restricted one opens only its ``resources``, each a method and a path, ``GET /a/b``.
    """

    ends: datetime
    seller_id: str | None = None
    scope: str | None = None
    resources: tuple[str, ...] = ()


def write(token: Token) -> str:
    """Return the text of a token."""
    start = _RESTRICTED if token.resources else _ACCESS
    return start + sign_text([{**asdict(token), "ends": token.ends.isoformat()}])


def read(text: str) -> Token | None:
    """Return the token of a text; None for an unknown one."""
    start = next((each for each in (_ACCESS, _RESTRICTED) if text.startswith(each)), None)
    if start is None:
        return None
    try:
        (fields,) = verify_text(text.removeprefix(start))
    except InvalidSignature:
        return None
    ends, resources = datetime.fromisoformat(fields["ends"]), tuple(fields["resources"])
    return Token(**{**fields, "ends": ends, "resources": resources})
