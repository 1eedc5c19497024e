"""Rows that are read by their shape are the same as those that are read event by event."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table
from tap_mws_reports.documents.xml import (
    row_feed,
    sax_handler,
    value_paths,
    xml_document,
    xml_schema_inference,
)
from tap_mws_reports.documents.xml.row_feed import repeating_tag
from tap_mws_reports.errors import TapError

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
TYPES = [
    UNKNOWN,
    replace(UNKNOWN, root="a", row_elements=("b", "b/a", "c")),
    replace(UNKNOWN, root="a/b", row_elements=("c",)),
]
XSI = "http://www.w3.org/2001/XMLSchema-instance"

TEXTS = st.sampled_from(
    [
        *(
            "",
            "",
            " ",
            "\n  ",
            "1",
            "2",
            " x ",
            "a > b",
            "\u3000",
            "é",
            "\r\n",
            "1\r2",
            "\ue0000\ue000",
        ),
        *("&amp;", "1 &lt; 2", "&#65;", "&#x20;", "&#13;", "&#1;", "\x01", "&quot;&apos;"),
    ]
)
ODD_TEXTS = st.sampled_from(
    [
        *("<![CDATA[<a>]]>", "<![CDATA[ ]]>", "<!-- <a>1</a> -->", "1<!---->2", "<?p x?>", "]]>"),
        *("<!--", "-->", "<![CDATA[", "]]", "&nope;", "&", "<", "</a>", "<a>", "<a/>", "</b >"),
        *("&#x110000;", "&#99999999999;", "<!DOCTYPE a>", "<tap-mws-reports.rows/>", "\ufffe"),
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        *("", "", "", ' k="1"', " k='2'", ' k="x &amp; > &lt;"', ' k=""', ' k="1" m="2"', " "),
        *(f' xmlns:i="{XSI}" i:nil="true"', ' i:nil="1"', ' xml:lang="en"', ' k="1" k="2"'),
    ]
)


@st.composite
def contents(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    pieces = [draw(TEXTS)]
    for element in draw(st.lists(inner, max_size=3)):
        name, attributes = draw(st.sampled_from("abc")), draw(ATTRIBUTES)
        pieces += [f"<{name}{attributes}>{element}</{name}>", draw(TEXTS)]
    return "".join(pieces)


CONTENTS = st.recursive(TEXTS, contents, max_leaves=6)


def read(content: str, report_type: report_types.ReportType) -> object:
    """Return what a document says: its columns and rows, or why it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.xml"
        path.write_bytes(content.encode())
        try:
            table = open_table(
                path, report_type=report_type, charset=None, marketplace_format=MarketplaceFormat()
            )
            rows = list(table.rows())
        except TapError as error:
            return str(error)
        return table.header, rows, table.counts, table.reader.dropped


def event_by_event(content: str, report_type: report_types.ReportType) -> object:
    with patch.object(xml_document, "repeating_tag", lambda _head: None):
        return read(content, report_type)


@given(data=st.data(), report_type=st.sampled_from(TYPES))
def test_rows_by_shape_equal_rows_by_events(
    data: st.DataObject, report_type: report_types.ReportType
) -> None:
    shapes = data.draw(st.lists(CONTENTS, min_size=1, max_size=3))
    blank = data.draw(st.sampled_from(["", "\n ", "\r\n"]))
    rows = [f"<a>{shape}</a>{blank}" for shape in shapes * data.draw(st.integers(1, 6))]
    if data.draw(st.booleans()):
        odd = data.draw(ODD_TEXTS | CONTENTS)
        rows.insert(data.draw(st.integers(0, len(rows))), odd)
    content = f"<r{data.draw(ATTRIBUTES)}>{data.draw(TEXTS)}{''.join(rows)}</r>"
    if data.draw(st.booleans()):
        place = data.draw(st.integers(3, len(content)))
        content = content[:place] + data.draw(ODD_TEXTS) + content[place:]

    with ExitStack() as patches:
        if data.draw(st.booleans()):
            for module in (value_paths, xml_schema_inference):
                patches.enter_context(patch.object(module, "MOST_NUMBERED", 2))
        if data.draw(st.booleans()):
            patches.enter_context(patch.object(row_feed, "LONGEST_ELEMENT", 5))
        expected = event_by_event(content, report_type)
        tag = data.draw(st.sampled_from(["a", "b", "c", "r"]))
        with patch.object(xml_document, "repeating_tag", lambda _head: tag):
            assert read(content, report_type) == expected
        assert read(content, report_type) == expected


ORDER = "<Message><Order><ID>{}</ID><Item><SKU k='1'>{}</SKU></Item></Order></Message>\n"
ORDERS = "".join(ORDER.format(number, number % 7) for number in range(3_000))


@pytest.mark.parametrize("around", ["<r><Header/>{}</r>", "<r>text{}text<a>1</a></r>"])
def test_nearly_all_rows_are_read_by_their_shape(
    monkeypatch: pytest.MonkeyPatch, around: str
) -> None:
    content = around.format(ORDERS)
    expected = event_by_event(content, UNKNOWN)
    starts = []
    start = sax_handler.SaxHandler.start
    monkeypatch.setattr(
        sax_handler.SaxHandler,
        "start",
        lambda self, tag, attributes: starts.append(tag) or start(self, tag, attributes),
    )

    assert read(content, UNKNOWN) == expected
    assert len(starts) < 3_000


@pytest.mark.parametrize("around", ["<r><!-- {} --><a>1</a></r>", "<r><a><![CDATA[{}]]></a></r>"])
def test_no_elements_give_no_rows(around: str) -> None:
    content = around.format(ORDERS)

    assert read(content, UNKNOWN) == event_by_event(content, UNKNOWN)


TAGS = [
    # the beginning of a document, the element that makes up most of it
    ("<r><h>1</h><m><o>1</o></m><m><o>2</o></m><m>", "m"),
    ("<?xml version='1.0'?><r><h><v/><v/></h><s><o>1<p>2</p></o><o>3</o><o>", "o"),
    ("<r><m>1</m></r>", None),
    ("<r><m>1</n></r>", None),
    ("text", None),
]


@pytest.mark.parametrize(("head", "tag"), TAGS)
def test_the_repeating_element_is_inferred(head: str, tag: str | None) -> None:
    assert repeating_tag(head) == tag
