"""XML documents that are not read."""

from __future__ import annotations

from typing import NoReturn

from tap_mws_reports.errors import UnreadableDocument

_HINT = "try the report again later; if it stays so, look at the document"


def refuse(what: str) -> NoReturn:
    """Raise `UnreadableDocument`."""
    raise UnreadableDocument(what, hint=_HINT)
