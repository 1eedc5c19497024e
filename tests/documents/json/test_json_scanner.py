"""Values taken from a text that comes in pieces, wherever it is cut."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.documents.json.json_scanner import JsonScanner
from tap_mws_reports.documents.json.json_values import json_text
from tap_mws_reports.errors import UnreadableDocument

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PIECES = st.integers(1, 40)


def pieces(text: str, size: int) -> Iterator[str]:
    yield from (text[start : start + size] for start in range(0, len(text), size))


@given(st.lists(VALUES, min_size=1, max_size=4), PIECES, st.booleans())
def test_values_are_those_of_the_text(values, size, ascii_only) -> None:
    spelt = [json.dumps(each, ensure_ascii=ascii_only) for each in values]
    text = JsonScanner(pieces(" \n".join(spelt), size))

    taken = []
    while text.peek():
        taken.append(json.loads(json_text(text.value())))

    assert taken == values
    assert text.position == len(" \n".join(spelt))


@given(VALUES, PIECES, st.data())
def test_truncated_text_is_never_complete(value, size, data) -> None:
    whole = json.dumps([value])
    end = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(UnreadableDocument):
        JsonScanner(pieces(whole[:end], size)).value()


@pytest.mark.parametrize(
    ("wrong", "position"),
    [
        ("nul", 14),
        ("-Inf", 14),
        ("1.x", 15),
        (r'"\ud83"', 16),
        (r'"\x41"', 15),
        ('"\t"', 15),
        ("1 2", 16),
    ],
)
def test_the_position_of_an_error_does_not_depend_on_the_chunks(wrong, position) -> None:
    document = f'{{"a": [1.25, {wrong}]}}' + " " * 30
    for size in range(1, 60):
        with pytest.raises(UnreadableDocument) as caught:
            JsonScanner(pieces(document, size)).value()
        assert caught.value.what.endswith(f" at character {position}")
