"""What both services say beside an answer's body.

Names are expected in lower case. A header that cannot be read is as good as an absent one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message

_NUMBER = re.compile(r"\d{1,9}(\.\d*)?")


def charset(headers: Mapping[str, str]) -> str | None:
    """Return the charset of the Content-Type in lower case, or None when none is announced."""
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    return message.get_content_charset()


def number(text: str | None) -> float | None:
    """Read a figure such as ``80.0``; None for anything else."""
    return float(text) if text is not None and _NUMBER.fullmatch(text) else None
