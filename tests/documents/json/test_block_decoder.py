"""Elements that are decoded at once have the same texts as those that are read one by one."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table
from tap_mws_reports.documents.json import json_scanner, list_iterator
from tap_mws_reports.documents.json.list_iterator import ValuePaths
from tap_mws_reports.errors import TapError
from tests.documents.json.conftest import OpenDocument

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")

NUMBERS = ("0", "-0", "1E-4", "12.50", "9007199254740993", "012", "1.", "NaN", "1e+400")
TEXTS = ('""', '"a"', r'"\ud83c"', r'"\u00e9\""', '"日本 {[,:]}"', '"\\q"', r'"\ud83c\udf75"')
OTHERS = ("null", "true", "false", "{}", "[]", '[ "x",\n"y"]', '[{"z": 1.0, "z": 2}]', '"},{"')
SCALARS = st.sampled_from((*NUMBERS[:5], *TEXTS[:5], *OTHERS)) | st.sampled_from(
    (*NUMBERS, *TEXTS, *OTHERS)
)
BLANKS = st.sampled_from(["", "", " ", "\n  ", "\r\n"])


def objects(values: st.SearchStrategy[str], keys: str) -> st.SearchStrategy[str]:
    """Objects as text, so that they may have a key twice; the first key is mostly the same."""
    member = st.tuples(st.sampled_from([*keys, *keys, r"\ud83c", r"\""]), values)
    members = st.lists(member, max_size=3, unique_by=lambda each: each[0]) | st.lists(
        member, max_size=3
    )

    @st.composite
    def text(draw: st.DrawFn) -> str:
        drawn = [("k", draw(values)), *draw(members)]
        comma = f",{draw(BLANKS)}"
        return "{" + comma.join(f'"{key}":{draw(BLANKS)}{each}' for key, each in drawn) + "}"

    return text()


ELEMENTS = st.one_of(objects(SCALARS | objects(SCALARS, "mn"), "abc"), st.just("{}"), SCALARS)


def read(content: str, list_path: str) -> object:
    """Return what a document says: its columns and rows, or why it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        path.write_text(content, "utf-8", newline="")
        report_type = report_types.load("_GET_SOMETHING_NEW_")
        object.__setattr__(report_type, "list_path", list_path)
        try:
            table = open_table(
                path, report_type=report_type, charset=None, marketplace_format=MarketplaceFormat()
            )
            return table.header, table.lists, list(table.rows()), table.counts
        except TapError as error:
            return str(error)


def one_by_one(content: str, list_path: str) -> object:
    with (
        patch.object(ValuePaths, "block", lambda *_, **__: None),
        patch.object(list_iterator, "count_elements", lambda *_, **__: None),
    ):
        return read(content, list_path)


@given(
    shapes=st.lists(ELEMENTS, min_size=1, max_size=3),
    times=st.integers(2, 6),
    odd=st.none() | ELEMENTS,
    between=BLANKS,
    data=st.data(),
)
@pytest.mark.parametrize("form", ["list", "object", "other list", "lines"])
def test_blocks_equal_the_elements(form, shapes, times, odd, between, data) -> None:
    elements = shapes * times
    if odd is not None:
        elements.insert(data.draw(st.integers(0, len(elements))), odd)
    if form == "lines":
        content = "\n".join(each.replace("\n", " ") for each in elements)
    else:
        content = f"[{f',{between}'.join(elements)}]"
    if form in {"object", "other list"}:
        content = f'{{"rows": {content}, "after": [{{"k": 1}}, {{"k": 2}}]}}'
    list_path = {"object": "rows", "other list": "after"}.get(form, "")

    with patch.object(json_scanner, "_BLOCK_LENGTH", data.draw(st.sampled_from([40, 32 * 1024]))):
        assert read(content, list_path) == one_by_one(content, list_path)


PLAIN = {"asin": "B0", "sales": {"amount": 1.5, "list": None}, "title": 'a "quoted" word', "n": 1}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("lines", [False, True])
def test_nearly_all_elements_are_decoded_in_blocks(
    open_document: OpenDocument, monkeypatch: pytest.MonkeyPatch, indent, lines
) -> None:
    counts = []
    cells = ValuePaths.cells
    monkeypatch.setattr(ValuePaths, "cells", lambda *each: counts.append(each) or cells(*each))
    content = (
        "\n".join([json.dumps(PLAIN)] * 5_000)
        if lines
        else json.dumps({"rows": [PLAIN] * 5_000}, indent=indent)
    )

    assert len(list(open_document(content, "" if lines else "rows").rows())) == 5_000
    assert len(counts) < 20


MISFITS = [
    # an element among others, what the error says
    ('{"asin": "B0", "n": 1, "asin": "B1"}', "duplicate key `asin` in element 2001 of `rows`"),
    ('{"asin": "B0", "sales": {"amount": 1, "amount": 1}}', "duplicate key `sales.amount`"),
    ('{"asin": "B0", "n": 012}', "is not valid JSON"),
    ('{"asin": "B0", "new": {"n": 1, "n": 1}}', "duplicate key `new.n`"),
]


@pytest.mark.parametrize(("element", "message"), MISFITS)
def test_errors_within_a_block_name_their_element(
    open_document: OpenDocument, element: str, message: str
) -> None:
    plain = [json.dumps(PLAIN)] * 2_000

    with pytest.raises(TapError, match=message):
        open_document(f'{{"rows": [{", ".join([*plain, element, *plain])}]}}', "rows")


@pytest.mark.parametrize("key", [r"\ud83c", r"\"", "", r"\u0061", "a.b", "日"])
def test_keys_of_any_kind_are_columns(open_document: OpenDocument, key: str) -> None:
    elements = ", ".join(f'{{"k": 1, "{key}": {number}}}' for number in range(3_000))
    table = open_document(f'{{"rows": [{elements}]}}', "rows")

    numbers = [row[table.columns[1].name] for row in table.rows()]

    assert numbers == [str(number) for number in range(3_000)]


def test_new_keys_among_blocks_are_columns(open_document: OpenDocument) -> None:
    plain = [json.dumps(PLAIN)] * 2_000
    odd = ['{"asin": "B1", "sales": 7, "new": "x"}', r'{"asin": "cut \ud83c"}', '{"n": [1.0]}']
    table = open_document(f'{{"rows": [{", ".join([*plain, *odd, *plain])}]}}', "rows")

    rows = list(table.rows())

    assert len(rows) == 4_003
    assert (rows[2_000]["sales"], rows[2_000]["new"]) == ("7", "x")
    assert (rows[2_001]["asin"], rows[2_002]["n"]) == (r"cut \ud83c", "[1.0]")
    assert rows[-1]["title"] == PLAIN["title"]
