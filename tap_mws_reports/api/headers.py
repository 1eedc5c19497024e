"""Headers of answers that both services send.

Names are expected in lower case. A header that cannot be parsed counts as absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message

_NUMBER = re.compile(r"\d{1,9}(\.\d*)?")


def charset(headers: Mapping[str, str]) -> str | None:
    """Return the charset of the Content-Type in lower case, or None where there is none."""
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    return message.get_content_charset()


def number(text: str | None) -> float | None:
    """Parse a number such as ``80.0``; return None for anything else."""
    return float(text) if text is not None and _NUMBER.fullmatch(text) else None
