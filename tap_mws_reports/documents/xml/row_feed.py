"""Read the repeating elements of an XML document by their shape, not event by event.

A report repeats one element thousands of times with a few arrangements of tags and other texts
between them: its *shape*. Elements are cut out of the document, and an empty element takes their
place for the parser. Handlers get their texts and their shape when that element comes: they can
replay the events, or use what they know of the shape.

What is cut out is well-formed: the parser has accepted each of its tags, every start tag has its
end tag, and no text holds markup, a reference that is not predefined, or `]]>`. Whatever is unusual
goes to the parser as it is: comments, CDATA sections, processing instructions, prefixed attributes,
very long elements.
Source: https://www.w3.org/TR/xml/#sec-well-formed
"""

from __future__ import annotations

import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree

from tap_mws_reports.documents.xml.hardened_parser import (
    FORBIDDEN,
    new_parser,
    raise_syntax_error,
    without_declaration,
)
from tap_mws_reports.documents.xml.sax_handler import Row, RowShape, SaxHandler
from tap_mws_reports.documents.xml.value_paths import local_name

LONGEST_ELEMENT = 256 * 1024
"""Characters of a repeating element; longer ones are parsed event by event."""

MOST_SHAPES = 2_000
"""Shapes that are kept; elements with others are parsed event by event."""

_PLACEHOLDER = "tap-mws-reports.rows"

# A run of tags with nothing but whitespace between them; the rest are texts.
_RUN = re.compile(r"(<[^>]*>(?:\s*<[^>]*>)*)")
_TAG = re.compile("<[^>]*>")
_START_TAG = re.compile(r"<([^\s<>/!?]+)")
_END_TAG = re.compile(r"</([^\s<>/!?]+)[ \t\r\n]*>")
_PREFIXED_ATTRIBUTE = re.compile(r"""\s[^\s=<>"']*:[^\s=<>"']*\s*=""")
_MARKER = "\ue000"


class Displaced(Exception):
    """A place where elements were cut out is not between elements; read without `RowFeed`."""


class RowShapes:
    """The shapes of the repeating elements of a document, by their tags.

    ``tag`` is the name of the elements.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._start = re.compile(rf"<{re.escape(tag)}[\s>]")
        self._shapes: dict[tuple[str, ...], RowShape | None] = {}
        self._tags: dict[str, _Tag | None] = {}

    def __getitem__(self, tags: tuple[str, ...]) -> RowShape | None:
        """Return the shape of elements with these tags, or None if the parser has to read them."""
        try:
            return self._shapes[tags]
        except KeyError:
            return self._new_shape(tags)

    def _new_shape(self, tags: tuple[str, ...]) -> RowShape | None:
        if len(self._shapes) >= MOST_SHAPES:
            return None
        # Most shapes have the same runs of tags: each is kept once.
        tags = tuple(map(sys.intern, tags))
        self._shapes[tags] = shape = self._shape(tags) if self._start.match(tags[0]) else None
        return shape

    def _shape(self, runs: Sequence[str]) -> RowShape | None:
        """Return the shape of an element with texts between these runs of tags.

        None if the runs are not exactly one element, or a tag has to be read in its place.
        """
        events: list[tuple[str, Mapping[str, str] | None, int]] = []
        open_tags: list[str] = []
        for slot, run in enumerate(runs):
            if slot:
                events.append(_text_event(slot - 1))
            for text in _TAG.findall(run):
                tag = self._tag(text)
                if tag is None or not (open_tags or not events):
                    return None
                if tag.opens:
                    open_tags.append(tag.opens)
                if tag.closes and open_tags.pop() != tag.closes:
                    return None
                events += tag.events
        markers = [_marker(slot) for slot in range(len(runs) - 1)]
        return None if open_tags else RowShape(events, markers)

    def _tag(self, text: str) -> _Tag | None:
        if text not in self._tags and len(self._tags) < MOST_SHAPES:
            self._tags[text] = _read_tag(text)
        return self._tags.get(text)


def parse_rows(text: Iterable[str], handler: SaxHandler, shapes: RowShapes) -> Iterator[None]:
    """Send the events of a document to a handler; yield after every piece of text.

    Args:
        text: the document, in pieces.
        handler: gets rows that were cut out by its method `rows`.
        shapes: of the repeating elements; it grows.

    Raises:
        Displaced: the document must be read event by event.
        UnreadableDocument: the document is malformed; line and column of the error may be wrong.
    """
    runs: deque[list[Row]] = deque()
    parser = new_parser(_RowTarget(handler, runs))
    feed = RowFeed(shapes, lambda piece: parser.feed(piece.encode()), runs)
    try:
        for piece in without_declaration(text):
            feed(piece)
            yield
        feed.close()
        parser.close()
    except etree.XMLSyntaxError as error:
        raise_syntax_error(error)
    if runs:
        raise Displaced


class _RowTarget:
    """A parser target that passes events on, and rows in place of their placeholder."""

    def __init__(self, handler: SaxHandler, runs: deque[list[Row]]) -> None:
        self._handler = handler
        self._runs = runs
        self._start, self._end = handler.start, handler.end
        self.data = handler.data
        self.doctype = handler.doctype
        self.close = handler.close

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called by the parser at a start tag."""
        if not tag.endswith(_PLACEHOLDER):
            self._start(tag, attributes)
        elif self._runs:
            self._handler.end_text()
            self._handler.rows(self._runs.popleft())
        else:
            raise Displaced

    def end(self, tag: str) -> None:
        """Called by the parser at an end tag."""
        if not tag.endswith(_PLACEHOLDER):
            self._end(tag)


class RowFeed:
    """Cuts repeating elements out of a text.

    Args:
        shapes: of the elements.
        feed: takes the rest of the text for the parser.
        runs: takes the elements; for each run of them, the parser gets a placeholder.
    """

    def __init__(
        self, shapes: RowShapes, feed: Callable[[str], None], runs: deque[list[Row]]
    ) -> None:
        self._end = f"</{shapes.tag}>"
        self._shapes = shapes
        self._feed = feed
        self._runs = runs
        self._rest = ""
        self._is_cut = True

    def __call__(self, piece: str) -> None:
        """Take the next piece of text."""
        elements = (self._rest + piece).split(self._end)
        self._rest = elements.pop()
        run: list[Row] = []
        for element in elements:
            text = element + self._end
            row = None if self._is_cut else self._row(text)
            if row is None:
                self._end_run(run)
                run = []
                self._feed(text)
                self._is_cut = False
            else:
                run.append(row)
        self._end_run(run)
        if len(self._rest) > LONGEST_ELEMENT:
            self._feed(self._rest)
            self._rest, self._is_cut = "", True

    def close(self) -> None:
        """Take the end of the text."""
        self._feed(self._rest)

    def _end_run(self, run: list[Row]) -> None:
        if run:
            self._runs.append(run)
            self._feed(f"<{_PLACEHOLDER}/>")

    def _row(self, text: str) -> Row | None:
        """Return an element, or None if the parser has to read it."""
        if "<!" in text or "<?" in text or "]]>" in text:
            return None
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        parts = _RUN.split(text)
        if parts[0] and not parts[0].isspace():
            return None
        shape, texts = self._shapes[tuple(parts[1::2])], parts[2:-1:2]
        if shape is None:
            return None
        if "&" in text:
            texts = [_resolved(each) if "&" in each else each for each in texts]
            return None if "" in texts else (shape, texts)
        return shape, texts


@cache
def _text_event(slot: int) -> tuple[str, None, int]:
    return "", None, slot


@cache
def _marker(slot: int) -> str:
    return f"{_MARKER}{slot}{_MARKER}"


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag that the parser accepts.

    ``opens`` and ``closes`` are its name as written, or empty. ``events`` are start tags with
    attributes and end tags with None.
    """

    opens: str
    closes: str
    events: tuple[tuple[str, Mapping[str, str] | None, int], ...]


def _read_tag(text: str) -> _Tag | None:
    """Return a tag, or None if the parser has to read it in its place."""
    if closing := _END_TAG.fullmatch(text):
        return _Tag("", closing[1], ((local_name(closing[1]), None, -1),))
    opening = _START_TAG.match(text)
    if not opening or _MARKER in text or _PREFIXED_ATTRIBUTE.search(text) or _PLACEHOLDER in text:
        return None
    name, is_empty = opening[1], text.endswith("/>")
    recorder = _EventRecorder()
    parser = new_parser(recorder)
    try:
        parser.feed((text if is_empty else f"{text}</{name}>").encode())
        parser.close()
    except etree.XMLSyntaxError:
        return None
    events = tuple(recorder.events)
    return _Tag(name, name, events) if is_empty else _Tag(name, "", events[:1])


class _EventRecorder:
    """A parser target that keeps the events of tags."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Mapping[str, str] | None, int]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called by the parser at a start tag."""
        self.events.append((tag, dict(attributes), -1))

    def end(self, tag: str) -> None:
        """Called by the parser at an end tag."""
        self.events.append((tag, None, -1))

    def close(self) -> None:
        """Called by the parser at the end."""


_REFERENCE = re.compile("&(?:#([0-9]{1,9});|#x([0-9a-fA-F]{1,6});|(amp|lt|gt|quot|apos);|)")
_PREDEFINED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LAST_CHARACTER = 0x10FFFF


def _resolved(text: str) -> str:
    """Return a text with its references resolved; empty if the parser has to read it."""
    try:
        resolved = _REFERENCE.sub(_character, text)
    except ValueError:
        return ""
    return "" if resolved.isspace() else resolved


def _character(reference: re.Match[str]) -> str:
    decimal, hexadecimal, name = reference.groups()
    if name:
        return _PREDEFINED[name]
    code = int(decimal) if decimal else int(hexadecimal or "", 16)
    if code > _LAST_CHARACTER or FORBIDDEN.match(chr(code)):
        raise ValueError
    return chr(code)


# Possessive, and without `<` inside: text without the end of a tag is passed over once.
_ANY_TAG = re.compile(r"<(/?)([^\s/<>!?]++)([^<>]*+)>")


def repeating_tag(head: str) -> str | None:
    """Return the name of the elements that make up most of a document, as its beginning shows.

    They are siblings of the same name. None if nothing repeats. This is only a guess: the rows are
    the same whatever the name.
    """
    open_tags: list[tuple[str, int, Counter[str]]] = [("", 0, Counter())]
    sizes: Counter[str] = Counter()
    for found in _ANY_TAG.finditer(head):
        closing, name, rest = found.groups()
        if closing:
            if len(open_tags) == 1 or open_tags[-1][0] != name:
                return None
            _, start, _ = open_tags.pop()
            siblings: Counter[Any] = open_tags[-1][2]
            siblings[name] += 1
            if siblings[name] > 1:
                sizes[name] += found.end() - start
        elif not rest.endswith("/"):
            open_tags.append((name, found.start(), Counter()))
    return max(sizes, key=sizes.__getitem__, default=None)
