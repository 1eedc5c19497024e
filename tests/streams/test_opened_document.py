from __future__ import annotations

import pyarrow as pa
import pytest

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.streams.opened_document import unparsed_cells

CELLS = [None, '{"price": "x", "quantity": "y"}', None, '{"price": "z"}']


@pytest.mark.parametrize(
    ("batch", "number"),
    [
        (RecordBatch(("price",), ([1, 2],)), 0),
        (RecordBatch(("price", "_unparsed"), ([1, 2], [None, None])), 0),
        (RecordBatch(("price", "_unparsed"), ([1, 2, 3, 4], CELLS)), 3),
        (RecordBatch(("_unparsed",), (pa.array(CELLS, pa.string()),)), 3),
        (RecordBatch(("_unparsed",), (pa.nulls(4, pa.string()),)), 0),
    ],
)
def test_unparsed_cells_are_counted(batch: RecordBatch, number: int) -> None:
    assert unparsed_cells(batch) == number
