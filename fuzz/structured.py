"""XML and JSON documents made of bytes, and what their rows have to contain."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tap_mws_reports.report_types import ReportType

_DEEPEST = 5
_TEXTS = (
    *("", " ", "a", "ä", "円", "--", "N/A", "007", "1", "3.0", "-12.50", "1,234.50", "true", "USD"),
    *("2026-05-17T09:30:00-07:00", "2026-05-17", '"', "<&>", "a\tb", "x" * 70, "2.5e3"),
)
_NUMBERS = (0, 1, -7, 12345678901234567890, 2.5, -0.125, 1e300)
_NAMES = ("a", "b", "c", "AmazonOrderID", "listPath", "é", "")


class Choices:
    """Makes choices by bytes, one byte each; a document ends where they end.

    Args:
        data: the bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._data = iter(data)
        self.ended = False

    def number(self, below: int) -> int:
        """Return a number from 0, and 0 if there are no more bytes."""
        found = next(self._data, None)
        self.ended = found is None
        return (found or 0) % below

    def one_of(self, values: Sequence[Any]) -> Any:  # noqa: ANN401
        """Return one of several values, the first if there are no more bytes."""
        return values[self.number(len(values))]


@dataclass(frozen=True, slots=True)
class Structured:
    """A document, and the values of each element that must be in one row.

    ``elements`` is None if nothing is known of the rows: the document is damaged.
    """

    content: bytes
    values: Counter[str] | None = None
    elements: list[Counter[str]] | None = None


def xml_document(data: bytes, report_type: ReportType) -> Structured:
    """Return an XML document with names of a report type."""
    choices = Choices(data)
    damage, encoding = choices.number(4), choices.one_of(("utf-8", "us-ascii", "utf-16"))
    steps = [step for spec in report_type.columns for step in _steps(spec.header)]
    names = [
        *report_type.root.split("/"),
        *(step for path in report_type.row_elements for step in path.split("/")),
        *steps,
        *_NAMES[:4],
    ]
    root = etree.Element("AmazonEnvelope" if choices.number(2) else "a")
    _fill(root, choices, tuple(dict.fromkeys(filter(None, names))), 0)
    content: bytes = etree.tostring(root, encoding=encoding, xml_declaration=True)
    if damage == 1:
        return Structured(damaged(content, choices))
    return Structured(content, Counter(value for value in _xml_values(root) if value.strip()))


def _steps(header: str) -> list[str]:
    return [step for part in header.split("/") for step in part.partition("@")[::2]]


def _fill(element: etree._Element, choices: Choices, names: Sequence[str], depth: int) -> None:
    element.text = _xml_text(choices)
    for _ in range(choices.number(3) if depth else 0):
        element.set(choices.one_of(names), _xml_text(choices))
    while depth < _DEEPEST and not choices.ended and choices.number(4):
        child = etree.SubElement(element, choices.one_of(names))
        _fill(child, choices, names, depth + 1)
        child.tail = _xml_text(choices) if choices.number(8) == 1 else ""


def _xml_text(choices: Choices) -> str:
    return str(choices.one_of(_TEXTS)).replace("\t", " ")


def _xml_values(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        texts = [element.text, *(child.tail for child in element)]
        yield "".join(text for text in texts if text and not text.isspace())
        yield from map(str, element.attrib.values())


def json_document(data: bytes, report_type: ReportType) -> Structured:
    """Return a JSON document, or JSON lines, with names of a report type."""
    choices = Choices(data)
    damage, shape, plain = choices.number(4), choices.number(4), bool(choices.number(2))
    parts = report_type.parts or (report_type,)
    steps = (step for spec in report_type.columns for step in spec.header.split("."))
    names = tuple(dict.fromkeys((*(part.list_path for part in parts), *steps, *_NAMES)))
    if shape == 1:
        rows = [_object(choices, names, 1) for _ in range(2 + choices.number(3))]
        text = "\n".join(json.dumps(row, ensure_ascii=plain) for row in rows)
        return _json_result(text, rows, damage, choices)
    document = (
        [_object(choices, names, 1) for _ in range(1 + choices.number(4))]
        if shape == 2  # noqa: PLR2004 - the second shape
        else _object(choices, names, 0)
    )
    text = json.dumps(document, ensure_ascii=plain, indent=1 if shape == 3 else None)  # noqa: PLR2004
    elements = list(_elements(document)) if not report_type.list_path else None
    return _json_result(text, elements, damage, choices)


def _json_result(
    text: str, rows: Sequence[object] | None, damage: int, choices: Choices
) -> Structured:
    content = text.encode("utf-8", "surrogatepass")
    if damage == 1:
        return Structured(damaged(content, choices))
    return Structured(content, elements=None if rows is None else [*map(_texts, rows)])


def _object(choices: Choices, names: Sequence[str], depth: int) -> dict[str, object]:
    made: dict[str, object] = {}
    while not choices.ended and choices.number(6):
        made[choices.one_of(names)] = _value(choices, names, depth + 1)
    return made


def _value(choices: Choices, names: Sequence[str], depth: int) -> object:
    kind = choices.number(8)
    if kind in {5, 6} and depth < _DEEPEST:
        return _object(choices, names, depth)
    if kind in {7, 4} and depth < _DEEPEST:
        return [_object(choices, names, depth) for _ in range(choices.number(4))]
    if kind == 1:
        return choices.one_of(_NUMBERS)
    return choices.one_of((*_TEXTS, None, True, False))


def _elements(value: object) -> Iterator[object]:
    """Yield all elements of the lists that are not within another list."""
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _elements(inner)


def _texts(value: object) -> Counter[str]:
    if isinstance(value, dict):
        return sum(map(_texts, value.values()), Counter())
    if value is None or (isinstance(value, str) and not value.strip()):
        return Counter()
    if isinstance(value, str):
        return Counter([value])
    return Counter([json.dumps(value, ensure_ascii=False, separators=(",", ":"))])


def damaged(content: bytes, choices: Choices) -> bytes:
    """Return the bytes with a few of them replaced, removed or added."""
    place = (choices.number(256) * 256 + choices.number(256)) % max(1, len(content))
    added = choices.one_of((b"", b"<", b">", b"&", b'"', b"{", b"}", b"[", b",", b"\0", b"\xff"))
    return content[:place] + bytes(added) + content[place + choices.number(5) :]
