"""Whatever a JSON document holds, its rows hold it, too."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.errors import ErrorDocument, UnreadableDocument

ANY_TYPE = report_types.load("_GET_SOMETHING_NEW_")
KEYS = st.text(alphabet="abAB.é_ ", max_size=3)
SCALARS = st.one_of(
    st.integers(),
    st.booleans(),
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet='ab"\\\t\n é🍵', min_size=1, max_size=5).filter(str.strip),
)
OBJECTS = st.recursive(
    st.dictionaries(KEYS, SCALARS, max_size=4),
    lambda inner: st.dictionaries(
        KEYS, inner | SCALARS | st.lists(inner | SCALARS, max_size=3), max_size=4
    ),
    max_leaves=8,
)
ELEMENTS = st.lists(OBJECTS, min_size=1, max_size=5)
DOCUMENTS = st.one_of(
    ELEMENTS,
    st.dictionaries(KEYS, ELEMENTS | SCALARS, max_size=4),
    st.dictionaries(KEYS, st.dictionaries(KEYS, ELEMENTS, max_size=3), max_size=3),
)
quickly = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.json"


def opened(path: Path, document: str) -> Table:
    path.write_text(document, "utf-8")
    return open_table(
        path, report_type=ANY_TYPE, charset=None, marketplace_format=MarketplaceFormat()
    )


def cells(value: object) -> list[str]:
    """The texts that an element has to have, lists as they are written without blanks."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in cells(each)]
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    return [json.dumps(value, ensure_ascii=False, separators=(",", ":"))]


def lists(value: object) -> list[object]:
    """All elements of the lists that are not within another list."""
    if isinstance(value, list):
        return value
    return [each for inner in value.values() for each in lists(inner)] if is_object(value) else []


def is_object(value: object) -> bool:
    return isinstance(value, dict)


@quickly
@given(DOCUMENTS)
def test_every_value_of_an_element_is_in_its_row(path, document) -> None:
    table = opened(path, json.dumps(document))
    rows = list(table.rows())
    elements = lists(document)
    assert elements or len(rows) <= 1
    assert len(rows) == len(elements) or not elements
    for row, element in zip(rows, elements, strict=False):
        texts = Counter(str(each) for each in row.values() if each is not None)
        assert Counter(cells(element)) <= texts


@quickly
@given(st.lists(OBJECTS, min_size=2, max_size=5))
def test_json_lines_are_rows(path, objects) -> None:
    table = opened(path, "\n".join(map(json.dumps, objects)))
    rows = list(table.rows())
    assert len(rows) == len(objects)
    for row, element in zip(rows, objects, strict=True):
        texts = Counter(str(each) for each in row.values() if each is not None)
        assert Counter(cells(element)) <= texts


@quickly
@given(DOCUMENTS, st.data())
def test_damaged_documents_raise_only_tap_errors(path, document, data) -> None:
    text = json.dumps(document, ensure_ascii=False)
    place = data.draw(st.integers(1, len(text)))
    damage = data.draw(st.text(alphabet='{}[],:"\\u0d1eE-. \ud83c\x00', max_size=3))
    damaged = (text[:place] + damage + text[place + len(damage) :]).encode("utf-8", "surrogatepass")
    path.write_bytes(damaged)
    try:
        table = open_table(
            path, report_type=ANY_TYPE, charset=None, marketplace_format=MarketplaceFormat()
        )
    except (UnreadableDocument, ErrorDocument):
        return
    assert len(list(table.rows())) == table.counts.rows
