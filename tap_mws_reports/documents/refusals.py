"""Documents that are no table: error messages in place of a report, and other containers.

Amazon delivers a sentence, an HTML page or an XML answer with the status of a finished report; the
words are raised, never read as zero rows.
Sources: https://github.com/amzn/selling-partner-api-models/issues/2591,
https://github.com/amzn/selling-partner-api-docs/issues/3148
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NoReturn

from tap_mws_reports.errors import ErrorDocument, UnreadableDocument

_CONTAINERS = {
    b"\x1f\x8b": "gzip-compressed",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP or XLSX file",
}
_LONGEST_QUOTE = 300
_FEWEST_WORDS = 4
_HINT = "if Amazon's words do not help, ask for a shorter range or try the report again later"

_TAGS = re.compile(r"(?is)<(script|style)\b.*?</\1>|<[^>]*>")
_XML_ERROR = re.compile(r"<(?:\w+:)?(?:ErrorResponse|Error|ErrorList)\b")


def refuse_other_forms(head: bytes) -> None:
    """Raise unless the beginning of a document may be that of a separated one or of a JSON report.

    Raises:
        ErrorDocument: it is an HTML page, or Amazon's error answer as XML or JSON.
        UnreadableDocument: it is compressed, PDF, XLSX or XML.
    """
    for magic, form in _CONTAINERS.items():
        if head.startswith(magic):
            _unreadable(form)
    text = head.decode("utf-8-sig", "replace").strip()
    if text.startswith("<"):
        _refuse_markup(text)
    if text.startswith(("{", "[")):
        _refuse_json(text)


def refuse_sentence(header: Sequence[str], *, beginning: str, known_type: bool) -> None:
    """Raise when what should be the header of a document is a sentence.

    To be called for headers without a tab of which no name is known. One cell is no header of a
    type whose columns are known; with any type, a few words that end like a sentence are none.

    Args:
        header: the cells of the first line.
        beginning: the beginning of the document, to be quoted.
        known_type: whether the columns of the report type are known.

    Raises:
        ErrorDocument: with the document's words.
    """
    single = len(header) == 1
    words = ",".join(header).split()
    prose = len(words) >= _FEWEST_WORDS and (single or words[-1].endswith((".", "!", "?")))
    if (single and known_type) or prose:
        _error(beginning)


def _refuse_markup(text: str) -> NoReturn:
    if _XML_ERROR.search(text):
        _error(_element(text, "Message") or text, code=_element(text, "Code"))
    if re.match(r"(?is)<!doctype html|<html|<(head|body|h1|p)\b", text):
        _error(_TAGS.sub(" ", text))
    _unreadable("XML")


def _element(text: str, name: str) -> str:
    found = re.search(rf"(?s)<(?:\w+:)?{name}>(.*?)</", text)
    return found[1].strip() if found else ""


def _refuse_json(text: str) -> None:
    """Raise Amazon's error answers, which are short; other JSON is a report."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(content, dict) and any(map(content.get, ("errors", "errorDetails", "error"))):
        _error(text)


def _error(words: str, code: str = "") -> NoReturn:
    quote = " ".join(words.split())
    if len(quote) > _LONGEST_QUOTE:
        quote = quote[:_LONGEST_QUOTE].rstrip() + " ..."
    raise ErrorDocument(
        f'Amazon delivered a message in place of the report: "{quote}"',
        hint=_HINT,
        amazon_code=code,
    )


def _unreadable(form: str) -> NoReturn:
    raise UnreadableDocument(
        f"the document is {form}, and only JSON and separated text can be read as rows",
        hint="choose the flat-file twin of this report type",
    )
