"""The rows of a document, and their values."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.documents.xml import xml_document
from tap_mws_reports.documents.xml.value_paths import MOST_NUMBERED, MOST_PATHS
from tap_mws_reports.documents.xml.xml_document import XmlDocument
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types.kinds import Kind

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
ORDERS = replace(UNKNOWN, root="Message/Order", row_elements=("Item", "Item/Price", "Gift"))
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ABOUT = "<Header><V>1</V></Header>"


def table_of(folder: Path, text: str, report_type: report_types.ReportType = UNKNOWN) -> Table:
    path = folder / "document.xml"
    path.write_text(text)
    return open_table(
        path, report_type=report_type, charset=None, marketplace_format=MarketplaceFormat()
    )


def rows_of(table: Table) -> list[dict[str, Any]]:
    """Return what stands in the document's columns, by their headers."""
    return [
        {column.header: row[column.name] for column in table.columns if row[column.name]}
        for row in table.rows()
    ]


UNKNOWN_TYPE = [
    # what the document shows, document, rows
    ("one of everything is one row", "<r><a>1</a><b><c>2</c></b></r>", [{"a": "1", "b/c": "2"}]),
    ("what repeats is a row", "<r><a>1</a><a>2</a></r>", [{"a": "1"}, {"a": "2"}]),
    (
        "the innermost that repeats is a row",
        "<r><o><n>x</n><i>1</i><i>2</i></o><o><n>y</n></o></r>",
        [{"o/n": "x", "o/i": "1"}, {"o/n": "x", "o/i": "2"}, {"o/n": "y"}],
    ),
    (
        "two lists in one parent stand below each other",
        "<r><o><a>1</a><b>2</b><a>3</a><b>4</b></o></r>",
        [{"o/a": "1"}, {"o/b": "2"}, {"o/a": "3"}, {"o/b": "4"}],
    ),
    (
        "what stands behind the rows is in all of them",
        "<r><o><i>1</i><i>2</i><n>x</n></o><o><n>y</n></o><z>9</z></r>",
        [
            {"o/i": "1", "o/n": "x", "z": "9"},
            {"o/i": "2", "o/n": "x", "z": "9"},
            {"o/n": "y", "z": "9"},
        ],
    ),
    (
        "an element without a value is not a row",
        "<r><o><n>x</n><i/></o><o><n>y</n><i> </i><i>1</i></o><o/></r>",
        [{"o/n": "x"}, {"o/n": "y", "o/i": "1"}],
    ),
    (
        "an attribute is a value",
        '<r v="1"><o k="a"/><o k="b"><i q=" "/></o></r>',
        [{"@v": "1", "o@k": "a"}, {"@v": "1", "o@k": "b"}],
    ),
    (
        "references are what they stand for",
        '<r><a k="x &amp; &lt;y&#62;">1 &amp; &#x32;</a></r>',
        [{"a": "1 & 2", "a@k": "x & <y>"}],
    ),
    (
        "names do not depend on namespaces",
        '<r xmlns="urn:1" xmlns:p="urn:2"><p:a>1</p:a><a>2</a><u:a>3</u:a></r>',
        [{"a": "1"}, {"a": "2"}, {"a": "3"}],
    ),
    (
        "the schema is not of the report",
        f'<r xmlns:i="{XSI}" i:schemaLocation="x"><a i:nil="true">1</a></r>',
        [{"a": "1"}],
    ),
    (
        "blanks around a text are kept, blanks alone are none",
        "<r><a> 1\n</a><b>\n</b><c><![CDATA[ ]]></c></r>",
        [{"a": " 1\n"}],
    ),
    ("no value is not a row", "<r><a/><b> </b></r>", []),
    ("an envelope around nothing has no rows", f"<AmazonEnvelope>{ABOUT}</AmazonEnvelope>", []),
    ("only Amazon's envelope is none", f"<r>{ABOUT}</r>", [{"Header/V": "1"}]),
    (
        "one message is read like many",
        f"<AmazonEnvelope>{ABOUT}<Message><ID>1</ID></Message></AmazonEnvelope>",
        [{"Header/V": "1", "Message/ID": "1"}],
    ),
]


@pytest.mark.parametrize(
    ("text", "rows"), [each[1:] for each in UNKNOWN_TYPE], ids=[each[0] for each in UNKNOWN_TYPE]
)
def test_rows_of_an_unknown_type(tmp_path: Path, text: str, rows: list[dict[str, str]]) -> None:
    table = table_of(tmp_path, text)

    assert rows_of(table) == rows
    assert table.counts.lines == len(rows)


KNOWN_TYPE = [
    # what the document shows, what is in the message, rows
    (
        "what is declared makes rows also where it stands once",
        "<Order><N>x</N><Item><S>1</S><Price><A>5</A></Price></Item><Gift>g</Gift></Order>",
        [{"N": "x", "Item/S": "1", "Item/Price/A": "5"}, {"N": "x", "Gift": "g"}],
    ),
    ("nothing inside is one row", "<Order><N>x</N></Order>", [{"N": "x"}]),
    (
        "empty row elements inside are none",
        "<Order><N>x</N><Item><Price/></Item></Order>",
        [{"N": "x"}],
    ),
    (
        "an element between two row elements is carried with the outer one",
        "<Order><Item><S>1</S><W><Z>9</Z></W><Price>5</Price><Price>6</Price></Item></Order>",
        [
            {"Item/S": "1", "Item/W/Z": "9", "Item/Price": "5"},
            {"Item/S": "1", "Item/W/Z": "9", "Item/Price": "6"},
        ],
    ),
    (
        "another thing in the root's place is not lost",
        "<Parcel><N>x</N></Parcel><Parcel><N>y</N></Parcel>",
        [{"/Message/Parcel/N": "x"}, {"/Message/Parcel/N": "y"}],
    ),
    (
        "a message without the root's element has a row",
        "<ID>1</ID>",
        [{"/Message/ID": "1"}],
    ),
]


@pytest.mark.parametrize(
    ("text", "rows"), [each[1:] for each in KNOWN_TYPE], ids=[each[0] for each in KNOWN_TYPE]
)
@pytest.mark.parametrize("messages", [1, 2])
def test_rows_of_a_known_type(
    tmp_path: Path, text: str, rows: list[dict[str, str]], messages: int
) -> None:
    message = f"<Message>{text}</Message>" * messages
    table = table_of(tmp_path, f"<AmazonEnvelope>{message}</AmazonEnvelope>", ORDERS)

    assert rows_of(table) == rows * messages
    assert table.counts.lines == len(rows) * messages


def test_rows_of_a_known_type_are_found_below_another_root(tmp_path: Path) -> None:
    table = table_of(tmp_path, "<Result><Node>1</Node><Node>2</Node></Result>", ORDERS)

    assert rows_of(table) == [{"/Node": "1"}, {"/Node": "2"}]


def orders(inside: str) -> str:
    return f"<AmazonEnvelope><Message><Order>{inside}</Order></Message></AmazonEnvelope>"


def test_undeclared_repetitions_have_numbered_columns(tmp_path: Path) -> None:
    note = "<Note><T>{}</T><B><C>{}</C></B></Note>"
    text = f"{note.format(1, 2)}<Item><S>x</S></Item>{note.format(3, 4)}<Item><S>y</S></Item>"
    table = table_of(tmp_path, orders(text), ORDERS)

    assert [column.name for column in table.columns] == [
        *("note_t", "note_t_2", "note_b_c", "note_b_c_2", "item_s"),
    ]
    assert [list(row.values())[:5] for row in table.rows()] == [
        ["1", "3", "2", "4", "x"],
        ["1", "3", "2", "4", "y"],
    ]


@pytest.mark.parametrize("times", [MOST_NUMBERED, MOST_NUMBERED + 1])
@pytest.mark.parametrize("note", ["<Note>{}</Note>", "<Notes><Note>{}</Note><Note/></Notes>"])
def test_too_many_repetitions_become_rows(tmp_path: Path, times: int, note: str) -> None:
    notes = "".join(note.format(f"n{number}") for number in range(times))
    table = table_of(tmp_path, orders(f"<N>x</N>{notes}"), ORDERS)
    rows = list(table.rows())

    assert len(rows) == (1 if times == MOST_NUMBERED else times)
    assert {value for row in rows for value in row.values() if str(value).startswith("n")} == {
        f"n{number}" for number in range(times)
    }


def test_too_many_nested_repetitions_become_rows(tmp_path: Path) -> None:
    inner = "".join(f"<L>{number}</L>" for number in range(30))
    table = table_of(tmp_path, orders(f"<K>{inner}</K><K>{inner}</K>"), ORDERS)

    assert len(list(table.rows())) == 60


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    many = "".join(f"<c{n}>1</c{n}><c{n}>1</c{n}>" for n in range(MOST_PATHS // 2 - 10))
    many += "".join(f"<c{n}>1</c{n}>" for n in range(MOST_PATHS // 2 - 10)) * 2

    with pytest.raises(UnreadableDocument, match=f"more than {MOST_PATHS} "):
        table_of(tmp_path, orders(many), ORDERS)


def test_a_document_without_rows_has_the_known_columns(tmp_path: Path) -> None:
    report_type = ORDERS.with_kinds({"N": Kind.TEXT, "/Header/V": Kind.TEXT})
    table = table_of(tmp_path, f"<AmazonEnvelope>{ABOUT}</AmazonEnvelope>", report_type)

    assert [column.header for column in table.columns] == ["/Header/V", "N"]
    assert list(table.rows()) == []


def test_characters_that_xml_forbids_are_counted_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        table = table_of(tmp_path, "<r><a>1\x00</a><a>\x1f2</a><a>&#x1F;3</a></r>")

    assert rows_of(table) == [{"a": "1"}, {"a": "2"}, {"a": "3"}]
    assert isinstance(table.reader, XmlDocument)
    assert table.reader.dropped == 3
    assert "Removed from document.xml: 3 characters that XML forbids" in caplog.text


class Counted(xml_document._RowElement):  # noqa: SLF001 - counts what is in memory
    """A row element that counts how many of its like are kept at the same time."""

    alive = 0
    most = 0

    def __init__(self) -> None:
        super().__init__()
        Counted.alive += 1
        Counted.most = max(Counted.most, Counted.alive)

    def __del__(self) -> None:
        Counted.alive -= 1


@pytest.mark.parametrize("messages", [1, 3])
def test_memory_does_not_grow_with_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, messages: int
) -> None:
    monkeypatch.setattr(xml_document, "_RowElement", Counted)
    monkeypatch.setattr(xml_document, "_BLOCK_CELLS", 1000)
    monkeypatch.setattr(Counted, "most", 0)
    order = "<Order><N>x</N><Item><S>1</S></Item><Item><S>2</S></Item></Order>"
    settlement = replace(UNKNOWN, root="Message/Report", row_elements=("Order", "Order/Item"))
    message = f"<Message><Report>{order * 2000}<Total>9</Total></Report></Message>"
    table = table_of(tmp_path, f"<AmazonEnvelope>{message * messages}</AmazonEnvelope>", settlement)

    sizes = [len(lines.records) for lines in table.reader.lines()]

    assert sum(sizes) == 4_000 * messages
    # Of one message the orders are kept one by one; of several a whole message must be.
    assert Counted.most == (3 if messages == 1 else 6_002)
    assert max(sizes) < sum(sizes)
