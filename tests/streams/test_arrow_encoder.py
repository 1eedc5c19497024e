"""Lines encoded with Arrow are those of `RecordEncoder`, to the byte."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.streams.arrow_encoder import ArrowRecordEncoder
from tap_mws_reports.streams.record_encoder import RecordEncoder, json_number

NOW = datetime(2020, 6, 12, 9, 29, 10, 123456, tzinfo=UTC)
ROWS, MOST_ROWS = 7, 3
ENCODER = "tap_mws_reports.streams.arrow_encoder"

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.sampled_from(
    ['4" x 2"', "back\\slash", "\x00\x1f\t\r\n", "\x7f\x85\u2028\ufeff", "\U0001f600", "", " "]
)
NUMBERS = st.sampled_from(["1.50", "-0.00", "1E-7", "123456789012345678901.10", "0"])
INTEGERS = st.integers(-(2**63), 2**63 - 1)


def columns_of(values: st.SearchStrategy[Any], type_: pa.DataType) -> st.SearchStrategy[Any]:
    """Return columns as Arrow arrays: of one value, of few different ones, or of any."""
    value = values | st.none()
    several = st.lists(value, min_size=ROWS, max_size=ROWS)
    one = value.map(lambda each: [each] * ROWS)
    arrays = (several | one).map(lambda each: pa.array(each, type_))
    return arrays | arrays.map(lambda array: array.dictionary_encode()) | dictionaries(value, type_)


@st.composite
def dictionaries(draw: st.DrawFn, value: st.SearchStrategy[Any], type_: pa.DataType) -> Any:
    """Return a dictionary-encoded column, whose different values may contain null, and twice."""
    distinct = draw(st.lists(value, min_size=1, max_size=3))
    place = st.none() | st.integers(0, len(distinct) - 1)
    places = draw(st.lists(place, min_size=ROWS, max_size=ROWS))
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(distinct, type_))


COLUMNS = st.one_of(
    columns_of(TEXT, pa.string()),
    columns_of(INTEGERS, pa.int64()),
    columns_of(st.booleans(), pa.bool_()),
    columns_of(NUMBERS.map(str.encode), pa.binary()),
    st.lists(TEXT | st.none(), min_size=ROWS, max_size=ROWS),
    # Keys of numbers without some of them.
    st.lists(INTEGERS | st.just(""), min_size=ROWS, max_size=ROWS),
    st.lists(NUMBERS.map(json_number) | st.just(""), min_size=ROWS, max_size=ROWS),
)


def in_python(column: Any) -> list[object]:
    values = column.to_pylist() if isinstance(column, pa.Array) else column
    return [json_number(each.decode()) if isinstance(each, bytes) else each for each in values]


def joined(encoder: ArrowRecordEncoder, block: RecordBatch) -> bytes:
    parts = list(encoder.parts(block, NOW))
    for lines, number in parts:
        assert bytes(lines).count(b"\n") == number <= MOST_ROWS
    return b"".join(lines for lines, _ in parts)


@given(
    columns=st.lists(COLUMNS, min_size=1, max_size=5),
    constants=st.dictionaries(st.sampled_from(["seller", "hidden"]), TEXT | st.none()),
    hidden=st.sampled_from(["hidden", "c1", "c0"]),
    version=st.sampled_from([None, 7]),
    start=st.integers(0, ROWS - 1),
)
def test_lines_are_the_same(columns, constants, hidden, version, start) -> None:
    names = tuple(f"c{place}" for place in range(len(columns)))
    block = RecordBatch(names, tuple(columns), constants)[start:]
    python = RecordBatch(names, tuple(map(in_python, block.columns)), constants)
    if names == (hidden,):
        hidden = ""  # at least one column is selected, as part of the key
    given_ = ("orders", lambda name: name != hidden, version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{ENCODER}._PART_ROWS", MOST_ROWS)
        patch.setattr(f"{ENCODER}._LONGEST_PREFIX", 60)
        encoded = joined(ArrowRecordEncoder(given_[0], block, *given_[1:]), block)

    assert encoded == RecordEncoder(given_[0], python, *given_[1:]).lines(python, NOW)


@pytest.mark.parametrize("character", [chr(code) for code in range(0x100)])
def test_every_character_is_escaped_as_in_python(character) -> None:
    texts = [f"a{character}b", "plain", None]
    block = RecordBatch(("title",), (pa.array(texts, pa.string()),))

    lines = joined(ArrowRecordEncoder("s", block, bool, None), block).splitlines()

    assert [msgspec.json.decode(line)["record"]["title"] for line in lines] == texts
    python = RecordBatch(("title",), (texts,))
    assert lines == RecordEncoder("s", python, bool, None).lines(python, NOW).splitlines()


def test_a_part_of_long_rows_has_fewer() -> None:
    texts = [f"{number}".zfill(300_000) for number in range(10)]
    block = RecordBatch(("title", "one"), (pa.array(texts), pa.array(["x"] * 10)))

    parts = list(ArrowRecordEncoder("s", block, bool, None).parts(block, NOW))

    assert [number for _, number in parts] == [3, 3, 3, 1]
    python = RecordBatch(("title", "one"), (texts, ["x"] * 10))
    assert b"".join(lines for lines, _ in parts) == RecordEncoder("s", python, bool, None).lines(
        python, NOW
    )


def test_an_encoder_fits_batches_of_the_same_columns_and_constants() -> None:
    block = RecordBatch(("a",), (pa.array([1, 2]),), {"seller": "A1"})
    encoder = ArrowRecordEncoder("s", block, bool, None)

    assert encoder.fits(RecordBatch(("a",), (pa.array([3]),), {"seller": "A1"}))
    assert not encoder.fits(RecordBatch(("b",), block.columns, {"seller": "A1"}))
    assert not encoder.fits(RecordBatch(("a",), block.columns, {"seller": "B2"}))
