"""Whatever the tree, every value is in a row, and only the tap's errors are raised."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.errors import TapError

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
DECLARED = replace(UNKNOWN, root="a", row_elements=("b", "b/a", "c"))
TYPES = st.sampled_from([UNKNOWN, DECLARED])

NAMES = st.sampled_from("abc")
# What XML allows, without the carriage return, which parsers make a line feed.
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXTS = st.text(st.sampled_from("&<>\"'; ") | CHARACTERS)


@st.composite
def elements(draw: st.DrawFn, inside: st.SearchStrategy[list[etree._Element]]) -> etree._Element:
    element = etree.Element(draw(NAMES), draw(st.dictionaries(NAMES, TEXTS, max_size=2)))
    element.text = draw(TEXTS)
    for child in draw(inside):
        child.tail = draw(TEXTS)
        element.append(child)
    return element


LEAVES = elements(st.just([]))
TREES = st.recursive(LEAVES, lambda inner: elements(st.lists(inner, max_size=4)), max_leaves=20)


def table_of(folder: str, content: bytes, report_type: report_types.ReportType) -> Table:
    path = Path(folder) / "document.xml"
    path.write_bytes(content)
    return open_table(
        path, report_type=report_type, charset=None, marketplace_format=MarketplaceFormat()
    )


def values_of(root: etree._Element) -> Iterator[str]:
    """Yield the texts and attributes of a document that are not blank."""
    for element in root.iter():
        texts = [element.text, *(child.tail for child in element)]
        yield "".join(text for text in texts if text and not text.isspace())
        yield from map(str, element.attrib.values())


@given(root=TREES, report_type=TYPES, encoding=st.sampled_from(["utf-8", "utf-16", "us-ascii"]))
def test_every_value_is_in_a_row(
    root: etree._Element, report_type: report_types.ReportType, encoding: str
) -> None:
    content = etree.tostring(root, encoding=encoding, xml_declaration=True)
    values = {value for value in values_of(root) if value.strip()}
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(folder, content, report_type)
        rows = [[row[column.name] for column in table.columns] for row in table.rows()]

    found = Counter(cell for row in rows for cell in row if cell is not None)
    assert set(found) == values
    assert table.counts.lines == len(rows) + table.counts.blank


@given(root=TREES, report_type=TYPES, data=st.data())
def test_a_truncated_document_gives_no_row(
    root: etree._Element, report_type: report_types.ReportType, data: st.DataObject
) -> None:
    content = etree.tostring(root)
    cut = content[: data.draw(st.integers(1, len(content) - 1))]
    with tempfile.TemporaryDirectory() as folder:
        try:
            table_of(folder, cut, report_type)
        except TapError as error:
            assert error.where  # noqa: PT017
        else:
            raise AssertionError(cut)


@given(inside=st.text(st.sampled_from("<>/ab =\"'&;#x01![]CDATA?-\0\n\ufeff")), report_type=TYPES)
def test_any_markup_gives_rows_or_a_tap_error(
    inside: str, report_type: report_types.ReportType
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            for _ in table_of(folder, f"<a>{inside}</a>".encode(), report_type).rows():
                pass
        except TapError as error:
            assert error.where  # noqa: PT017
