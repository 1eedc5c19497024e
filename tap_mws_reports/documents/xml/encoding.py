"""Which character set an XML document is in: its own declaration takes part.

The rules, first one that decodes every byte to something that begins like XML: byte order mark,
UTF-16 by its first bytes, then the header's charset and the declaration, whichever says UTF-8
first, because no other text passes for it by chance; and last the rules for every document.
Source: https://www.w3.org/TR/xml/#sec-guessing
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tap_mws_reports.documents.decoding import (
    Decoding,
    first_that_fits,
    marked,
    named,
    unnamed,
)
from tap_mws_reports.documents.form import Delivery
from tap_mws_reports.report_types.naming import trimmed

_HEAD_SIZE = 1024  # more than any declaration
_UTF_8 = ("utf-8-sig", "utf-8")
_FIRST_BYTES = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")


def looks_like_xml(head: bytes) -> bool:
    """Whether a document that begins with ``head`` can be XML, in whatever character set."""
    return any(_begins_like_xml(head, codec) for codec in (*_UTF_8, "utf-16", *_utf_16(head)))


def decide_xml(delivery: Delivery) -> Decoding:
    """Return the decoding of an XML document."""
    with delivery.path.open("rb") as document:
        head = document.read(_HEAD_SIZE)
    candidates = _candidates(delivery, head)
    plausible = (each for each in candidates if _begins_like_xml(head, each.encoding))
    return first_that_fits(delivery.path, plausible)


def _candidates(delivery: Delivery, head: bytes) -> Iterator[Decoding]:
    declared = _DECLARED.match(head)
    by_name = [
        *named(delivery.charset, "header"),
        *named(declared[1].decode() if declared else None, "declaration"),
    ]
    yield from marked(head)
    yield from (Decoding(codec, "declaration") for codec in _utf_16(head))
    yield from sorted(by_name, key=lambda each: each.encoding not in _UTF_8)
    yield from unnamed(delivery.habits.code_page)


def _utf_16(head: bytes) -> list[str]:
    return [codec for first, codec in _FIRST_BYTES.items() if head.startswith(first)]


def _begins_like_xml(head: bytes, codec: str) -> bool:
    return trimmed(head.decode(codec, "replace")).startswith("<")
