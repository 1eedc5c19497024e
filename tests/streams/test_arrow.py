"""Record batches, of Python values or Arrow arrays, become typed tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types import Kind, json_schema
from tap_mws_reports.streams.arrow import gathered, tables


def batch(*values: object) -> RecordBatch:
    return RecordBatch(("a",), (values,))


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([0], []),
        ([0, 0, 3, 0], [[3]]),
        ([6_000, 4_000, 0], [[6_000, 4_000]]),
        ([6_000, 6_000, 0, 1], [[6_000, 6_000], [1]]),
    ],
)
def test_batches_are_combined_without_empty_ones(sizes, expected) -> None:
    lists = gathered(batch(*range(size)) for size in sizes)

    assert [[len(each) for each in batches] for batches in lists] == expected


MOMENT = "2020-01-05T10:00:00.5+00:00"
VALUES = {
    Kind.TEXT: (["a", None], ["a", None]),
    Kind.INTEGER: ([1, None], [1, None]),
    Kind.BOOLEAN: ([True, None], [True, None]),
    Kind.DECIMAL: (["1.50", None], [Decimal("1.50"), None]),
    Kind.DATE: (["2020-01-05", None], [date(2020, 1, 5), None]),
    Kind.TIMESTAMP: ([MOMENT, None], [datetime(2020, 1, 5, 10, 0, 0, 500_000, UTC), None]),
}
FORMS = {
    "list": lambda values: values,
    "array": pa.array,
    "dictionary": lambda values: pa.array(values).dictionary_encode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("kind", VALUES)
def test_values_are_typed(kind, form) -> None:
    values, expected = VALUES[kind]
    blocks = [RecordBatch(("a",), (form(values),)), batch(*values)]

    (table,) = tables(blocks, {"a": json_schema(kind)}.get)

    assert table["a"].to_pylist() == expected * 2


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_values_of_another_type_are_refused(form) -> None:
    blocks = [RecordBatch(("a",), (form([1, 2]),))]

    with pytest.raises(UnreadableDocument, match="values of the column a are not of its type"):
        list(tables(blocks, {"a": json_schema(Kind.TEXT)}.get))
