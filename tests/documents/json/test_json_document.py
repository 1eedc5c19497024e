from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tap_mws_reports.documents import LineCounts
from tap_mws_reports.documents.json import json_scanner
from tap_mws_reports.errors import ErrorDocument, UnreadableDocument

LOOK_ALIKES = Path(__file__).parent / "look_alikes"
DATES = "salesAndTrafficByDate"


def expectations():
    for expected in sorted(LOOK_ALIKES.glob("*.rows.json")):
        (document,) = LOOK_ALIKES.glob(f"{expected.name.removesuffix('.rows.json')}.json*")
        lists = json.loads(expected.read_text("utf-8"), parse_float=Decimal)
        for list_path, rows in lists.items():
            yield pytest.param(document, list_path, rows, id=f"{document.stem}-{list_path}")


def filled(row: dict) -> dict:
    return {name: value for name, value in row.items() if value is not None}


@pytest.mark.parametrize(("document", "list_path", "expected"), [*expectations()])
def test_rows_of_a_list_are_as_expected(open_document, document, list_path, expected) -> None:
    table = open_document(document.read_bytes(), list_path)
    rows = [filled(row) for row in table.rows()]

    assert rows == expected
    assert table.counts == LineCounts(lines=len(expected), rows=len(expected))


DIGITS = [
    # a number in the document, the text of its cell
    ("12.50", "12.50"),
    ("1E-4", "1E-4"),
    ("1e+400", "1e+400"),
    ("-0", "-0"),
    ("-0.00", "-0.00"),
    ("9007199254740993", "9007199254740993"),
    ("1" * 5000, "1" * 5000),
    ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
]


@pytest.mark.parametrize(("number", "text"), DIGITS)
def test_digits_are_kept(open_document, number, text) -> None:
    document = f'{{"rows": [{{"plain": {number}, "listed": [{number}]}}]}}'
    (row,) = open_document(document, "rows").rows()

    assert row["plain"] == text
    assert row["listed"] == f"[{text}]"


STRINGS = [
    # a string as the document spells it, what it says
    (r'"\u00e9\ud83c\udf75"', "é🍵"),
    (r'"a\"b\\ \/ \n"', 'a"b\\ / \n'),
    (r'"cut \ud83c"', r"cut \ud83c"),
    (r'"\udf75\ud83c"', r"\udf75\ud83c"),
    ('"{[,:]}"', "{[,:]}"),
    ('"日本"', "日本"),
]


@pytest.mark.parametrize(("spelt", "message"), STRINGS)
def test_strings_are_decoded(open_document, spelt, message) -> None:
    (row,) = open_document(f'{{"rows": [{{"a": {spelt}}}]}}', "rows").rows()
    assert row["a"] == message


def test_keys_and_lists_may_have_any_name(open_document) -> None:
    document = r'{"\ud83c": [{"a.b": 1, "a": {"b": 2}, "": 3, "value": 4, "\ud83c": 5}, 6]}'
    first, second = open_document(document).rows()

    assert filled(first) == {
        "list_path": r"\ud83c",
        "a_b": "1",
        "a_b_2": "2",
        "value_2": "3",
        "value_3": "4",
        "ud83c": "5",
        "_row_number": 1,
    }
    assert filled(second) == {"list_path": r"\ud83c", "value": "6", "_row_number": 2}


ENCODINGS = [
    # how the document is encoded, what the Content-Type says, the decoding, by which rule
    ("utf-8", None, "utf-8", "utf-8"),
    ("utf-8", "windows-31j", "utf-8", "utf-8"),
    ("utf-8-sig", None, "utf-8-sig", "bom"),
    ("utf-16", None, "utf-16", "bom"),
    ("utf-16-le", None, "utf-16-le", "zeros"),
    ("cp932", "windows-31j", "cp932", "header"),
    ("cp1252", "UTF-8", "cp1252", "marketplace"),
]


@pytest.mark.parametrize(("encoding", "charset", "decoding", "rule"), ENCODINGS)
def test_charset_is_unicode_where_possible(
    open_document, encoding, charset, decoding, rule
) -> None:
    word = "茶" if encoding != "cp1252" else "thé"
    table = open_document(f'[{{"a": "{word}"}}]'.encode(encoding), charset=charset)

    assert (table.decoding.encoding, table.decoding.rule) == (decoding, rule)
    assert [row["a"] for row in table.rows()] == [word]


WITHOUT_ROWS = ["{}", '{"rows": []}', '{"reportSpecification": {}, "other": [{"a": 1}]}']


@pytest.mark.parametrize("document", WITHOUT_ROWS)
def test_absent_or_empty_list_has_the_known_columns_and_no_rows(open_document, document) -> None:
    table = open_document(document, DATES)

    assert list(table.rows()) == []
    assert [column.header for column in table.columns if column.known] == [
        *("date", "salesByDate.orderedProductSales.amount", "salesByDate.unitsOrdered"),
        *("salesByDate.refundRate", "trafficByDate.sessions"),
    ]
    assert table.counts == LineCounts()


def test_empty_object_is_not_a_row(open_document) -> None:
    for document in ("{}", '{"a": {}}', '{"reportSpecification": {"reportType": "GET_NEW"}}', "[]"):
        assert list(open_document(document).rows()) == []


def test_null_alone_adds_no_column(open_document) -> None:
    document = f'{{"{DATES}": [{{"date": null, "x": {{"y": null}}, "z": null}}, {{"z": {{}}}}]}}'
    table = open_document(document, DATES)

    assert table.header == ["date"]
    assert [row["date"] for row in table.rows()] == [None, None]


def test_rows_without_any_key_are_counted(open_document) -> None:
    table = open_document('{"rows": [{}, null, {}]}', "rows")

    assert [row["_row_number"] for row in table.rows()] == [1, 2, 3]
    assert table.counts == LineCounts(lines=3, rows=3)


BROKEN = [
    # document, what the error says
    ("[", "is truncated: it ends within a value, after 1 characters"),
    ('{"rows": [{"a": 1}, {"a":', "is truncated: it ends within a value, after 25 characters"),
    ('{"rows": [{"a": "never closed}]}', "is truncated: it ends within a value, after 32"),
    ('{"rows": [{"a": 1}]', "is truncated"),
    ('{"a": 1}\n{"a": ', "is truncated"),
    ('{"rows": [{"a": 1} {"a": 2}]}', "Expecting ',' or ']' at character 20"),
    ('{"rows": [{"a": 1},]}', "Expecting value at character 20"),
    # Since Python 3.13 it is the comma that is named.
    ('{"rows": [{"a": 1,}]}', f"at character {18 if sys.version_info >= (3, 13) else 19}"),
    ('{"rows": [{"a": NaN}]}', "NaN is not a JSON number"),
    ('{"rows": [{"a": -Infinity}]}', "-Infinity is not a JSON number"),
    ('{"rows": [{"a": 012}]}', "at character 18"),
    ('{"rows": [{"a": 1.}]}', "at character 18"),
    ('{"rows": [{"a": \'x\'}]}', "Expecting value at character 17"),
    ('{"rows": [{"a": "\n"}]}', "Invalid control character at character 18"),
    ('{"rows": [{"a": "\\q"}]}', "Invalid \\\\escape"),
    ("{rows: []}", "Expecting a key in quotes at character 2"),
    ('{"rows" []}', "Expecting ':' at character 9"),
    ('{"rows": []}}', "Expecting value at character 13"),
    ('{"rows": []} and more', "Expecting value at character 14"),
    ('{"rows": [{"a": {"b": 1}, "a": 2}]}', "duplicate key `a` in element 1 of `rows`"),
    ('{"rows": [{"a": {"b": 1, "b": 1}}]}', "duplicate key `a.b`"),
    ('{"rows": [], "x": {"y": 1, "y": 2}}', "duplicate key `x.y` in the document"),
    (
        '{"rows": [{"a": ' + '{"b": ' * 200 + "1" + "}" * 200 + "}]}",
        "nested more than 100 levels deep",
    ),
    ('{"rows": [{"a": ' + "[" * 200 + "]" * 200 + "}]}", "nested more than 100 levels deep"),
    ('{"rows": [{"a": ' + "[" * 20_000 + "]" * 20_000 + "}]}", "at character 11"),
    ('{"a": ' * 200 + "1" + "}" * 200, "nested more than 100 levels deep"),
    ('[{"a": 1}]', "is a bare list, not an object with the list `rows`"),
    ('{"a": 1}\n{"a": 2}', "is JSON lines, not an object with the list `rows`"),
    (json.dumps({"rows": [{f"k{number}": 1} for number in range(2_100)]}), "different keys"),
    (json.dumps({f"k{number}": 1 for number in range(2_100)}), "values outside the lists"),
]


@pytest.mark.parametrize(("document", "message"), BROKEN, ids=range(len(BROKEN)))
def test_invalid_document_is_refused_before_its_first_row(open_document, document, message) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        open_document(document, "rows")

    assert message.replace("\\\\", "\\") in caught.value.what
    assert caught.value.hint
    assert "report.json" in caught.value.where


def test_value_longer_than_the_limit_is_refused(open_document, monkeypatch) -> None:
    monkeypatch.setattr(json_scanner, "MAX_VALUE_LENGTH", 1_000)
    element = json.dumps({"a": "x" * 200_000})

    with pytest.raises(UnreadableDocument, match="character 11 is longer than 1000 characters"):
        open_document(f'{{"rows": [{element}]}}', "rows")


def test_error_response_is_raised_with_its_message(open_document) -> None:
    with pytest.raises(ErrorDocument, match="too early"):
        open_document('{"errorDetails": "You asked too early"}', DATES)
