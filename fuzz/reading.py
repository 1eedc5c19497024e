"""Checks that hold for every document, whatever its bytes."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import msgspec

from fuzz.structured import Structured, json_document, xml_document
from tap_mws_reports import report_types
from tap_mws_reports.api.marketplaces import MARKETPLACES
from tap_mws_reports.documents import Column, MarketplaceFormat, Row, Table, open_table
from tap_mws_reports.documents.cells.text import value_text
from tap_mws_reports.documents.flat_file import FlatFile
from tap_mws_reports.errors import TapError
from tap_mws_reports.report_types import Identity, Kind, ReportType

TYPES = (
    "_GET_SOMETHING_NEW_",
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_",
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "_GET_FBA_REIMBURSEMENTS_DATA_",
    "_GET_SELLER_FEEDBACK_DATA_",
    "_GET_AFN_INVENTORY_DATA_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_",
)
CHARSETS = (None, "UTF-8", "Cp1252", "windows-31j", "UTF-16", "gbk", "US-ASCII", "no such")
# The formats that differ, in an order that another marketplace in the table does not change.
FORMATS = tuple(
    MarketplaceFormat(each.code_page, each.time_zone, each.date_order, each.decimal_mark)
    for each in map(
        MARKETPLACES.__getitem__,
        ("ATVPDKIKX0DER", "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "A1VC38T7YXB528", "A21TJRUUN4KGV"),
    )
)
_UNKNOWN = report_types.load(TYPES[0])
_TYPES = tuple(map(report_types.load, TYPES))
_XML_TYPES = (
    _UNKNOWN,
    replace(_UNKNOWN, root="a", row_elements=("b", "b/a", "c")),
    *map(
        report_types.load,
        (
            *("GET_XML_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL", "GET_ORDERS_DATA"),
            *("GET_V2_SETTLEMENT_REPORT_DATA_XML", "GET_XML_BROWSE_TREE_DATA"),
        ),
    ),
)
_SALES = report_types.load("GET_SALES_AND_TRAFFIC_REPORT")
_JSON_TYPES = (
    _UNKNOWN,
    _SALES.joined(),
    *_SALES.parts,
    report_types.load("GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT").joined(),
    report_types.load("GET_PROMOTION_PERFORMANCE_REPORT").joined(),
)
_CHOICES = 3  # bytes before the document: its format and type, its marketplace, its charset
_XML, _JSON = 128, 192
"""The first of the bytes that choose a document of that format, made of the bytes that follow; a
lower one chooses a document that is these bytes."""

_ENCODER = msgspec.json.Encoder(decimal_format="number")


class _Document(type(Path())):  # type: ignore[misc] - the class of paths is the system's
    """A file whose content is read from memory, which is several times faster."""

    content = b""

    def open(self, mode: str = "r", *_: object, **how: Any) -> IO[Any]:  # noqa: ANN401
        """Open the content, as `pathlib.Path.open` does."""
        stream = io.BytesIO(self.content)
        return stream if "b" in mode else io.TextIOWrapper(stream, **how)


def check(data: bytes) -> None:
    """Read bytes as a document; the first three choose format and type, marketplace and charset.

    Raises:
        AssertionError: something is lost, invented or of the wrong kind.
    """
    chosen, content = data[:_CHOICES].ljust(_CHOICES, b"\0"), data[_CHOICES:]
    report_type, made = _document(chosen[0], content)
    path = _Document("document")
    path.content = made.content
    marketplace_format = FORMATS[chosen[1] % len(FORMATS)]
    charset = CHARSETS[chosen[2] % len(CHARSETS)]
    try:
        table = open_table(
            path, report_type=report_type, charset=charset, marketplace_format=marketplace_format
        )
        _check(table, made)
    except TapError as error:
        assert error.where  # noqa: PT017 - this is not a test function


def _document(chosen: int, content: bytes) -> tuple[ReportType, Structured]:
    if chosen >= _JSON:
        report_type = _JSON_TYPES[chosen % len(_JSON_TYPES)]
        return report_type, json_document(content, report_type)
    if chosen >= _XML:
        report_type = _XML_TYPES[chosen % len(_XML_TYPES)]
        return report_type, xml_document(content, report_type)
    return _TYPES[chosen % len(TYPES)], Structured(content)


def _check(typed: Table, made: Structured) -> None:
    plain = _as_text(typed)
    _check_names(typed)
    refused: list[list[str]] = []
    texts = [
        row
        for block in plain.blocks(reject=lambda _number, _reason, cells: refused.append(cells))
        for row in block.rows()
    ]
    rows = list(typed.rows())
    assert len(texts) == plain.counts.rows
    assert len(refused) == plain.counts.rejected
    msgspec.json.decode(_ENCODER.encode(rows))
    for row, text in zip(rows, _with_keys(typed, texts), strict=True):
        _check_row(typed, row, text)
    if isinstance(plain.reader, FlatFile):
        written = [*plain.header, *(cell for cells in refused for cell in cells)]
        written += [cell for row in texts for cell in _cells(plain, row)]
        assert _letters("".join(written)) == _letters(
            made.content.decode(plain.decoding.encoding, plain.decoding.errors)
        )
        return
    _check_values(plain, made, texts)


def _check_values(plain: Table, made: Structured, texts: list[Row]) -> None:
    """Check that every value of an XML or JSON document that is not damaged is in a row."""
    if made.values is not None and texts:  # an envelope without its rows is not a row
        found = {cell for row in texts for cell in _cells(plain, row) if cell}
        assert found == set(made.values)
    if made.elements:
        assert len(texts) == len(made.elements)
        for row, element in zip(texts, made.elements, strict=True):
            assert element <= Counter(_cells(plain, row))


def _with_keys(table: Table, texts: list[Row]) -> list[Row]:
    """Return the rows with a cell of the type's key, or below a row that has one in a group."""
    identity = table.report_type.identity
    names = set(identity.columns).difference(table.report_type.filled_down)
    key = [column.name for column in table.columns if column.name in names]
    lacks = [bool(key) and all(text[name] is None for name in key) for text in texts]
    if identity.kind == "group":
        return texts[lacks.index(False) if False in lacks else len(lacks) :]
    return [text for text, without in zip(texts, lacks, strict=True) if not without]


def _as_text(table: Table) -> Table:
    """Return the same document with nothing but text, and with no cell filled."""
    return replace(
        table,
        report_type=replace(table.report_type, filled_down=(), identity=Identity("document")),
        columns=tuple(
            Column(each.name, each.header, Kind.TEXT, each.known) for each in table.columns
        ),
    )


def _check_names(table: Table) -> None:
    names = [name for each in table.columns for name in (each.name, each.dates_name) if name]
    assert len(table.columns) == len(table.header)
    assert len(set(names)) == len(names)
    assert not any(name.startswith("_") for name in names)


def _check_row(table: Table, row: Row, text: Row) -> None:
    """Check that every cell is a value of its column's kind, or kept as it was, or no value."""
    unparsed = json.loads(str(row["_unparsed"] or "{}"))
    filled = {*table.report_type.filled_down, *table.report_type.identity.columns}
    for column in table.columns:
        value, cell = row[column.name], text[column.name]
        if column.name in unparsed:
            kept = unparsed[column.name]
            assert cell == kept or (cell is None and column.name in filled)
        elif value is None:
            assert cell is None or value_text(str(cell)) is None
        else:
            assert cell is not None or column.name in filled
            _IS_OF_KIND[column.kind](value)


def _is_decimal(value: object) -> None:
    assert isinstance(value, Decimal)
    assert value.is_finite()


def _is_moment(value: object) -> None:
    assert datetime.fromisoformat(str(value)).tzinfo


def _is_instance(kind: type) -> Callable[[object], None]:
    def check_instance(value: object) -> None:
        assert type(value) is kind

    return check_instance


_IS_OF_KIND: dict[Kind, Callable[[object], object]] = {
    Kind.TEXT: _is_instance(str),
    Kind.INTEGER: _is_instance(int),
    Kind.DECIMAL: _is_decimal,
    Kind.BOOLEAN: _is_instance(bool),
    Kind.DATE: lambda value: date.fromisoformat(str(value)),
    Kind.TIMESTAMP: _is_moment,
}


def _cells(table: Table, row: Row) -> Iterator[str]:
    yield from (str(row[column.name] or "") for column in table.columns)
    yield from json.loads(str(row["_extra"] or "[]"))


def _letters(text: str) -> list[str]:
    """Return all characters but those that may part or wrap cells, or mark the byte order."""
    return sorted("".join(text.split()).translate(_BETWEEN_CELLS))


_BETWEEN_CELLS = dict.fromkeys(map(ord, '",;\ufeff'))
