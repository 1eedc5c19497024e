"""Detect documents that contain an error message instead of rows."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from tap_mws_reports.documents.document_reader import DocumentInput
from tap_mws_reports.errors import ErrorDocument, UnreadableDocument

_LONGEST = 500  # characters of a quoted message

_BEFORE_ROOT = r"(?is)(?>(?:<\?.*?\?>|<!--.*?-->|\s)*)"
_XML_ERROR = re.compile(_BEFORE_ROOT + r"<(?:\w+:)?\w*Error")
_HTML = re.compile(_BEFORE_ROOT + r"(?:<!doctype html|<(?:html|head|body|h1|p)\b)")
_TAGS = re.compile(r"(?is)<(script|style)\b.*?</\1>|<[^>]*>")

_ERROR_KEYS = ("errorDetails", "errors", "error")
_ERROR_FIELDS = {"message", "Message", "code", "details", "__type", "type"}
"""The keys of an error in JSON; an object with any other key is not an error."""


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """Amazon's message, and its error code if there is one."""

    words: str
    code: str = ""


def error_message_in(text: str) -> ErrorMessage | None:
    """Return the error message of an HTML, XML or JSON document, or None.

    Args:
        text: the document or its start; error messages are short.
    """
    if _XML_ERROR.match(text):
        return ErrorMessage(_element(text, "Message") or plain(text), _element(text, "Code"))
    if _HTML.match(text):
        return ErrorMessage(plain(text))
    return _in_json(text) if text.startswith(("{", "[")) else None


def plain(markup: str) -> str:
    """Return the text without tags."""
    return html.unescape(_TAGS.sub(" ", markup))


def one_line(words: str) -> str:
    """Return text in one line, shortened if it is long."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST].rstrip() + " ..."


def _element(text: str, name: str) -> str:
    found = re.search(rf"(?s)<(?:\w+:)?{name}>(.*?)</", text)
    return html.unescape(found[1].strip()) if found else ""


def _in_json(text: str) -> ErrorMessage | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(content, dict):
        for key in _ERROR_KEYS:
            if content.get(key):
                return _parse_error(content[key])
    errors = content if isinstance(content, list) else [content]
    return _parse_error(errors) if errors and all(map(_is_error, errors)) else None


def _is_error(content: object) -> bool:
    if not isinstance(content, dict) or not {*content} <= _ERROR_FIELDS:
        return False
    return bool(content.get("message") or content.get("Message"))


def _parse_error(content: object) -> ErrorMessage:
    """Return the message of an error object or of a list of them."""
    if isinstance(content, list):
        messages = [_parse_error(each) for each in content]
        words = dict.fromkeys(each.words for each in messages if each.words)
        return ErrorMessage("; ".join(words), messages[0].code if messages else "")
    if isinstance(content, Mapping):
        found = filter(None, map(content.get, ("message", "Message", "details")))
        text = next(found, None) or json.dumps(content, ensure_ascii=False)
        return ErrorMessage(str(text), str(content.get("code") or ""))
    return ErrorMessage(str(content))


_MIN_WORDS = 4
_WIDE_ENDS = ("\u3002", "\uff01", "\uff1f")  # Chinese and Japanese sentences have no spaces
_ENDS = (".", "!", "?", *_WIDE_ENDS)
_HINT = "if the message does not help, request a shorter range or request the report again later"


def raise_if_error_message(text: str) -> None:
    """Raise `ErrorDocument` if a document is an error message in HTML, XML or JSON.

    Args:
        text: its start.
    """
    if message := error_message_in(text):
        _error("Amazon delivered a message instead of the report", message)


def raise_trailing_message(words: str) -> NoReturn:
    """Raise `ErrorDocument` for a report that ends in an error message."""
    message = error_message_in(words.lstrip()) or ErrorMessage(words)
    _error("The report is truncated and ends in a message from Amazon", message)


def raise_if_sentence(header: Sequence[str], *, beginning: str, known_type: bool) -> None:
    """Raise if the header of a document is a sentence.

    Call it for headers without tabs and without any known column. For a type with known columns,
    a single cell, or several words with a space after each comma, is not a header. For any type,
    words that end like a sentence are not a header.

    Args:
        header: the cells of the first line.
        beginning: the start of the document, to quote.
        known_type: whether the columns of the report type are known.

    Raises:
        ErrorDocument: the header is a sentence; the error quotes the document.
    """
    single = len(header) == 1
    text = ",".join(header).strip()
    several = len(text.split()) >= _MIN_WORDS
    ends = text.endswith(_ENDS)
    spaced = all(cell.startswith(" ") for cell in header[1:])
    prose = (several and (single or ends)) or (single and text.endswith(_WIDE_ENDS))
    if prose or (known_type and (single or (several and spaced))):
        _error("Amazon delivered a message instead of the report", ErrorMessage(beginning))


_HINTS = {
    "a ZIP archive": "extract the archive, and read its documents one by one",
    "an XLSX workbook": "download it as CSV, or save its sheet as CSV UTF-8: a spreadsheet may "
    "shorten ids and change dates",
}


def no_rows(form: str) -> Callable[[DocumentInput], NoReturn]:
    """Return an opener for a format without rows: it raises `UnreadableDocument`."""

    def raise_error(document_input: DocumentInput) -> NoReturn:
        del document_input
        raise UnreadableDocument(
            f"the document is {form} and has no rows to read",
            hint=_HINTS.get(form, "request the flat-file version of this report type"),
        )

    return raise_error


def _error(what: str, message: ErrorMessage) -> NoReturn:
    quote = one_line(message.words)
    raise ErrorDocument(f'{what}: "{quote}"', hint=_HINT, amazon_code=message.code)
