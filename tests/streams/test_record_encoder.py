"""The encoder made for a document's columns writes what the SDK writes, to the byte."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.singerlib import RecordMessage

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.streams.record_encoder import RecordEncoder, json_number

NOW = datetime(2020, 6, 12, 9, 29, 10, 123456, tzinfo=UTC)
NAMES = st.text("abc_9", min_size=1)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)


def sdk_lines(stream: str, block: RecordBatch, version: int | None) -> bytes:
    messages = (RecordMessage(stream, row, version, NOW) for row in block.rows())
    return b"".join(bytes(MsgSpecWriter().format_message(message)) for message in messages)


def with_numbers(block: RecordBatch) -> RecordBatch:
    columns = tuple(
        [json_number(str(value)) if isinstance(value, Decimal) else value for value in values]
        for values in block.columns
    )
    return RecordBatch(block.names, columns)


@given(
    names=st.lists(NAMES, min_size=1, max_size=6, unique=True),
    rows=st.lists(st.lists(VALUES, min_size=6, max_size=6), min_size=1, max_size=4),
    version=st.sampled_from([None, 7]),
)
def test_lines_are_those_of_the_sdk(
    names: list[str], rows: list[list[object]], version: int | None
) -> None:
    columns = tuple(zip(*(row[: len(names)] for row in rows), strict=True))
    block = RecordBatch(tuple(names), columns)
    compiled = RecordEncoder("orders", block, lambda _name: True, version)

    assert compiled.lines(with_numbers(block), NOW) == sdk_lines("orders", block, version)


CONSTANT = st.sampled_from([None, True, 1, 'a "word"', Decimal("1.0"), Decimal("1.00"), ""])
COLUMN = st.tuples(CONSTANT, st.lists(st.tuples(st.integers(0, 9), CONSTANT), max_size=2))


@given(
    columns=st.lists(COLUMN, min_size=1, max_size=6),
    sizes=st.lists(st.integers(0, 5), min_size=1, max_size=4),
)
def test_columns_of_one_value_are_written_like_others(columns: Any, sizes: list[int]) -> None:
    """A column has one value in all rows of all batches, but for up to two of them."""
    rows = sum(sizes)
    values = [[{**dict(others)}.get(row, one) for row in range(rows)] for one, others in columns]
    names = tuple(f"c{place}" for place in range(len(columns)))
    block = RecordBatch(names, tuple(values), {"seller": "A1"})
    compiled = RecordEncoder("orders", block, lambda name: name != "c3", None)
    chosen = [place for place, name in enumerate(names) if name != "c3"]
    start = 0
    for size in sizes:
        part = block[start : start + size]
        start += size
        expected = RecordBatch(
            tuple(names[place] for place in chosen),
            tuple(part.columns[place] for place in chosen),
            block.constants,
        )
        encoded = with_numbers(part)
        given = RecordBatch(names, encoded.columns, block.constants)

        assert compiled.lines(given, NOW) == sdk_lines("orders", expected, None)


def test_columns_that_are_not_selected_are_left_out() -> None:
    block = RecordBatch(("a", "b", "c"), ([1, 2], ["x", "y"], [None, True]))
    compiled = RecordEncoder("orders", block, lambda name: name != "b", None)
    chosen = RecordBatch(("a", "c"), (block.columns[0], block.columns[2]))

    assert compiled.lines(block, NOW) == sdk_lines("orders", chosen, None)


@pytest.mark.parametrize("digits", ["1.50", "-0.00", "1E-7", "1E+5", "123456789012345678901.10"])
def test_numbers_keep_their_digits(digits: str) -> None:
    block = RecordBatch(("price",), ([json_number(digits)],))

    assert f'"price":{digits}}}'.encode() in RecordEncoder("s", block, bool, None).lines(block, NOW)
