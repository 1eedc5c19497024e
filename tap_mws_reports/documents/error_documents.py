"""Documents that hold an error message in place of rows."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from tap_mws_reports.documents.document_reader import DocumentInput
from tap_mws_reports.errors import ErrorDocument, UnreadableDocument

_LONGEST = 500  # characters of words that are quoted

_BEFORE_ROOT = r"(?is)(?>(?:<\?.*?\?>|<!--.*?-->|\s)*)"
_XML_ERROR = re.compile(_BEFORE_ROOT + r"<(?:\w+:)?\w*Error")
_HTML = re.compile(_BEFORE_ROOT + r"(?:<!doctype html|<(?:html|head|body|h1|p)\b)")
_TAGS = re.compile(r"(?is)<(script|style)\b.*?</\1>|<[^>]*>")

_TELLING = ("errorDetails", "errors", "error")
_ANSWER = {"message", "Message", "code", "details", "__type", "type"}
"""The keys of an error in JSON; where a document has others beside them, it is no error."""


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """Amazon's words, and the code of the error where there is one."""

    words: str
    code: str = ""


def error_message_in(text: str) -> ErrorMessage | None:
    """Return the message that a document of markup or JSON is, or None when it is none.

    Args:
        text: the document, or its beginning; a message is never long.
    """
    if _XML_ERROR.match(text):
        return ErrorMessage(_element(text, "Message") or plain(text), _element(text, "Code"))
    if _HTML.match(text):
        return ErrorMessage(plain(text))
    return _in_json(text) if text.startswith(("{", "[")) else None


def plain(markup: str) -> str:
    """Return the words between the tags."""
    return html.unescape(_TAGS.sub(" ", markup))


def one_line(words: str) -> str:
    """Return words in one line, the end left out when they are many."""
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
        for key in _TELLING:
            if content.get(key):
                return _told(content[key])
    errors = content if isinstance(content, list) else [content]
    return _told(errors) if errors and all(map(_is_error, errors)) else None


def _is_error(content: object) -> bool:
    if not isinstance(content, dict) or not {*content} <= _ANSWER:
        return False
    return bool(content.get("message") or content.get("Message"))


def _told(content: object) -> ErrorMessage:
    """Return the words in an error, or in a list of them."""
    if isinstance(content, list):
        told = [_told(each) for each in content]
        words = dict.fromkeys(each.words for each in told if each.words)
        return ErrorMessage("; ".join(words), told[0].code if told else "")
    if isinstance(content, Mapping):
        found = filter(None, map(content.get, ("message", "Message", "details")))
        said = next(found, None) or json.dumps(content, ensure_ascii=False)
        return ErrorMessage(str(said), str(content.get("code") or ""))
    return ErrorMessage(str(content))


_FEWEST_WORDS = 4
_WIDE_ENDS = ("\u3002", "\uff01", "\uff1f")  # Chinese and Japanese sentences have no blanks
_ENDS = (".", "!", "?", *_WIDE_ENDS)
_HINT = "if Amazon's words do not help, ask for a shorter range or try the report again later"


def refuse_message(text: str) -> None:
    """Raise `ErrorDocument` when a document is a message in HTML, XML or JSON.

    Args:
        text: its beginning.
    """
    if message := error_message_in(text):
        _error("Amazon delivered a message in place of the report", message)


def refuse_rest(words: str) -> NoReturn:
    """Raise `ErrorDocument` for a document that breaks off in a message."""
    message = error_message_in(words.lstrip()) or ErrorMessage(words)
    _error("The report breaks off, and in place of the rest Amazon delivered a message", message)


def refuse_sentence(header: Sequence[str], *, beginning: str, known_type: bool) -> None:
    """Raise when what should be the header of a document is a sentence.

    To be called for headers without a tab of which no name is known. One cell is no header of a
    type whose columns are known, and neither are a few words with a blank after the comma; with
    any type, words that end like a sentence are none.

    Args:
        header: the cells of the first line.
        beginning: the beginning of the document, to be quoted.
        known_type: whether the columns of the report type are known.

    Raises:
        ErrorDocument: with the document's words.
    """
    single = len(header) == 1
    text = ",".join(header).strip()
    several = len(text.split()) >= _FEWEST_WORDS
    ends = text.endswith(_ENDS)
    spaced = all(cell.startswith(" ") for cell in header[1:])
    prose = (several and (single or ends)) or (single and text.endswith(_WIDE_ENDS))
    if prose or (known_type and (single or (several and spaced))):
        _error("Amazon delivered a message in place of the report", ErrorMessage(beginning))


def no_rows(form: str) -> Callable[[DocumentInput], NoReturn]:
    """Return what opens documents of a form that has no rows: it raises `UnreadableDocument`."""

    def refuse(delivery: DocumentInput) -> NoReturn:
        del delivery
        raise UnreadableDocument(
            f"the document is {form}, which cannot be read as rows",
            hint="read a report that is text: this type's flat-file twin, or what an archive holds",
        )

    return refuse


def _error(what: str, message: ErrorMessage) -> NoReturn:
    quote = one_line(message.words)
    raise ErrorDocument(f'{what}: "{quote}"', hint=_HINT, amazon_code=message.code)
