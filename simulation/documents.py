"""The rows that a document holds, read without any code of the tap.

Flat files are split at tabs; of JSON the leaves of each entry of a list count, of XML those of each
amount of an item, with its item and its order, of a file its size and its digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

XML = b"<?xml"
FILE = b"PK\x03\x04"
"""What a workbook begins with, which is kept as a file."""
ENVELOPE = "_"
"""The prefix of the columns that the tap adds."""

_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d| [A-Z]{3,4})$")
_FRACTION = re.compile(r"(:\d\d)[.,]\d+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d.*)?")
_FLAGS = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class Row:
    """A row: cells by the name of their column; without names where the document has none.

    ``around`` are the values that apply to all rows of the document.
    """

    cells: tuple[tuple[str, str], ...]
    named: bool = True
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a document for one stream. ``ragged``: some lines may be rejected."""

    rows: tuple[Row, ...]


def read(body: bytes, charset: str | None, code_page: str) -> dict[str, Sheet] | None:
    """Return the rows by the list they are in (empty for a flat file); None for no report."""
    if body.startswith(b"{"):
        value = json.loads(body, parse_float=Decimal)
        if "errorDetails" in value:
            return None
        lists = {name: each for name, each in value.items() if isinstance(each, list)}
        around = tuple(
            leaf for name, each in value.items() if name not in lists for leaf in _leaves(each)
        )
        return {
            name: Sheet(tuple(_of_json(entry, around) for entry in each))
            for name, each in lists.items()
        }
    if body.startswith(FILE):
        return {"": Sheet((_of_file(body),))}
    if body.startswith(XML):
        return {"": Sheet(tuple(_of_xml(ET.fromstring(body))))}  # noqa: S314 - our own
    if b"\t" not in body.partition(b"\n")[0]:
        return None
    return {"": Sheet(tuple(_lines(_decoded(body, charset, code_page))))}


def _of_file(body: bytes) -> Row:
    """Return the record of a document that is kept as a file."""
    digest = hashlib.sha256(body).hexdigest()
    return Row((("file_size", str(len(body))), ("file_sha256", digest)))


def _decoded(body: bytes, charset: str | None, code_page: str) -> str:
    for codec in ("utf-8-sig", charset, code_page):
        try:
            return body.decode(codec or code_page)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("latin-1")


def _lines(text: str) -> Iterator[Row]:
    end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    first, *lines = text.removesuffix(end).split(end)
    names = [_column(each) for each in first.split("\t")]
    for line in lines:
        cells = line.split("\t")
        yield Row(tuple(zip(names, cells, strict=False)))


def _column(header: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", header.strip().lower()).strip("_")


def _of_json(entry: Any, around: tuple[str, ...]) -> Row:  # noqa: ANN401 - any value of JSON
    return Row(tuple(("", each) for each in _leaves(entry)), named=False, around=around)


def _of_xml(envelope: Element) -> Iterator[Row]:
    """Yield a row for each amount of each item of an order; for an item without any, one."""
    around = tuple(_texts(envelope, without={"Message"}))
    for order in envelope.iter("Order"):
        for item in order.findall("OrderItem"):
            amounts = list(item.iter("Component"))
            shared = [*_texts(order, without={"OrderItem"}), *_texts(item, without={"Component"})]
            for amount in amounts or [None]:
                leaves = [*shared, *(() if amount is None else _texts(amount))]
                yield Row(tuple(("", each) for each in leaves), named=False, around=around)


def _texts(element: Element, without: Collection[str] = ()) -> Iterator[str]:
    """Yield the texts and attributes of an element, and of those in it."""
    yield from element.attrib.values()
    if element.text and element.text.strip():
        yield element.text
    for each in element:
        if each.tag not in without:
            yield from _texts(each, without)


def _leaves(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield str(value)


def difference(row: Row, record: Mapping[str, Any]) -> str:
    """Return the difference between a record and its row in words; empty if there is none."""
    if not row.named:
        return _unnamed_difference(row, record)
    unparsed, offsets = _part(record, "_unparsed"), _part(record, "_offsets")
    for name, cell in row.cells:
        # Without its name: a header in another language, or a column that the settings leave out.
        if not cell.strip() or name not in record or record[name] == cell:
            continue
        value = unparsed.get(name) if record[name] is None else record[name]
        if not means(cell, value, offsets.get(name, "")):
            return f"{name} is {value!r}, not {cell[:60]!r}"
    return ""


def _unnamed_difference(row: Row, record: Mapping[str, Any]) -> str:
    there = [value for name, value in record.items() if not name.startswith(ENVELOPE)]
    cells = [cell for _, cell in row.cells]
    for value in there:
        if value is None:
            continue
        match = _match(cells, value)
        if match is not None:
            cells.remove(match)
        elif _match(row.around, value) is None:
            return f"{value!r} is not in the document"
    return f"{cells[:3]} is missing" if cells else ""


def _match(cells: Sequence[str], value: Any) -> str | None:  # noqa: ANN401
    """Return the cell that a value is from: one with the same text, or the first that means it."""
    same = str(value)
    if same in cells:
        return same
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        # Its year is in the cell, with two digits at least.
        cells = [each for each in cells if value[2:4] in each]
    return next((cell for cell in cells if means(cell, value, "")), None)


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, str]:
    value = record.get(name) or {}
    found: Mapping[str, str] = json.loads(value) if isinstance(value, str) else value
    return found


def means(cell: str, value: Any, offset: str) -> bool:  # noqa: ANN401 - any value of a record
    """Whether a value corresponds to a cell."""
    if isinstance(value, bool):
        return _FLAGS.get(cell.strip().lower()) is value
    if isinstance(value, int | float | Decimal):
        text = str(value)
        return text == cell or Decimal(text) in _numbers(cell)
    if not isinstance(value, str):
        return False
    if value.strip() == cell.strip() or value == cell.strip().replace("\0", ""):
        return True
    if _MOMENT.fullmatch(value):
        return _digits_of(_local(value, offset)) == _digits_of(_ZONE.sub("", cell.strip()))
    return False


def _numbers(cell: str) -> set[Decimal]:
    """Return the possible numbers of a cell, with a decimal point or comma."""
    found = set()
    text = cell.strip()
    for each in (text, text.replace(".", "").replace(",", "."), text.replace(",", "")):
        try:
            found.add(Decimal(each))
        except InvalidOperation:
            continue
    return found


def _local(value: str, offset: str) -> str:
    """Return the moment of a timestamp in the zone of its cell."""
    if "T" not in value:
        return value
    moment = datetime.fromisoformat(value)
    if offset:
        hours, minutes = int(offset[1:3]), int(offset[4:6])
        moved = timedelta(hours=hours, minutes=minutes)
        moment += moved if offset[0] == "+" else -moved
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _digits_of(text: str) -> list[int]:
    """Return the numbers of a moment without their order; years count by their last two digits."""
    numbers = map(int, re.findall(r"\d+", _FRACTION.sub(r"\1", text)))
    # A date alone stands for its midnight.
    return sorted(each % 100 for each in numbers if each)
