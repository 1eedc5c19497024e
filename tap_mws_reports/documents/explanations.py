"""The document of a report that failed: it is no report, but says why there is none.

Source: https://developer-docs.amazon.com/sp-api/docs/verify-that-report-processing-is-complete
"""

from __future__ import annotations

from pathlib import Path

from tap_mws_reports.documents.containers import unpacked
from tap_mws_reports.documents.decoding import decide, open_text
from tap_mws_reports.documents.habits import Habits
from tap_mws_reports.documents.media_types import media_type_of
from tap_mws_reports.documents.messages import message_in, one_line, plain
from tap_mws_reports.errors import UnreadableDocument

_LONGEST = 64 * 1024  # characters


def explanation(path: Path, *, charset: str | None, habits: Habits) -> str:
    """Return Amazon's words in such a document, whatever its form, in one line.

    Args:
        path: the document.
        charset: what the Content-Type header announced, or None.
        habits: of the marketplace it comes from.

    Raises:
        UnreadableDocument: it is damaged, empty, or a file such as a PDF.
    """
    with unpacked(path) as document:
        text = _text(document, charset, habits)
    message = message_in(text)
    words = one_line(message.words if message else plain(text))
    if not words:
        raise _unreadable(path, "is empty")
    return words


def _text(document: Path, charset: str | None, habits: Habits) -> str:
    if file := media_type_of(document):
        raise _unreadable(document, f"is {file.called}")
    decoding = decide(document, charset=charset, code_page=habits.code_page)
    with open_text(document, decoding) as stream:
        return stream.read(_LONGEST).lstrip("\ufeff \t\r\n")


def _unreadable(path: Path, what: str) -> UnreadableDocument:
    what = f"the document that should say why the report failed {what}"
    return UnreadableDocument(what, where=path.name, hint="look at the document")
