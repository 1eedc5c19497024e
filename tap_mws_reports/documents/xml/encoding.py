"""Which character set an XML document is in: its own declaration takes part.

Source: https://www.w3.org/TR/xml/#sec-guessing
"""

from __future__ import annotations

import re

from tap_mws_reports.documents.decoding import Decoding, decide
from tap_mws_reports.documents.form import Delivery

_HEAD_SIZE = 1024  # more than any declaration
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")


def decide_xml(delivery: Delivery) -> Decoding:
    """Return the decoding of an XML document."""
    with delivery.path.open("rb") as document:
        declared = _DECLARED.match(document.read(_HEAD_SIZE))
    return decide(
        delivery.path,
        charset=delivery.charset,
        code_page=delivery.habits.code_page,
        declared=declared[1].decode() if declared else None,
    )
