"""Messages that Amazon delivers in place of a report: what they say, in one line.

They come as a sentence, an HTML page, an error answer in XML, or JSON: ``errorDetails`` where an
analytics report failed, ``errors`` from the API itself.
Sources: https://github.com/amzn/selling-partner-api-models/issues/2591,
https://github.com/amzn/selling-partner-api-docs/issues/3047,
https://github.com/amzn/selling-partner-api-docs/issues/3148
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST = 500  # characters of words that are quoted

_BEFORE_ROOT = r"(?is)(?>(?:<\?.*?\?>|<!--.*?-->|\s)*)"
_XML_ERROR = re.compile(_BEFORE_ROOT + r"<(?:\w+:)?\w*Error")
_HTML = re.compile(_BEFORE_ROOT + r"(?:<!doctype html|<(?:html|head|body|h1|p)\b)")
_TAGS = re.compile(r"(?is)<(script|style)\b.*?</\1>|<[^>]*>")

_TELLING = ("errorDetails", "errors", "error")
_ANSWER = {"message", "Message", "code", "details", "__type", "type"}
"""The keys of an error in JSON; where a document has others beside them, it is no error."""


@dataclass(frozen=True, slots=True)
class Message:
    """Amazon's words, and the code of the error where there is one."""

    words: str
    code: str = ""


def message_in(text: str) -> Message | None:
    """Return the message that a document of markup or JSON is, or None when it is none.

    Args:
        text: the document, or its beginning; a message is never long.
    """
    if _XML_ERROR.match(text):
        return Message(_element(text, "Message") or plain(text), _element(text, "Code"))
    if _HTML.match(text):
        return Message(plain(text))
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


def _in_json(text: str) -> Message | None:
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


def _told(content: object) -> Message:
    """Return the words in an error, or in a list of them."""
    if isinstance(content, list):
        told = [_told(each) for each in content]
        words = dict.fromkeys(each.words for each in told if each.words)
        return Message("; ".join(words), told[0].code if told else "")
    if isinstance(content, Mapping):
        found = filter(None, map(content.get, ("message", "Message", "details")))
        said = next(found, None) or json.dumps(content, ensure_ascii=False)
        return Message(str(said), str(content.get("code") or ""))
    return Message(str(content))
