"""No key is null: targets of SQL reject such rows. Found by a planted bug that no test noticed."""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pytest

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.streams.row_schema import with_envelope


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["A", None], ["A", ""]),
        (pa.array(["A", None]), ["A", ""]),
        (pa.array(["A", "B"]), ["A", "B"]),
        (pa.array(["A", None]).dictionary_encode(), ["A", ""]),
        (pa.array([1, None]), [1, ""]),
        (pa.array([b"1.50", None]), [msgspec.Raw(b"1.50"), ""]),
    ],
    ids=["list", "Arrow", "Arrow without nulls", "dictionary", "integers", "JSON"],
)
def test_a_null_in_a_key_is_an_empty_text(values, expected) -> None:
    batch = RecordBatch(("sku", "price"), (values, [None, 1]))
    complete = with_envelope(batch, {"_seller_id": "A1"}, ("sku",))
    key = complete.columns[0]
    assert (key.to_pylist() if isinstance(key, pa.Array) else key) == expected
    assert list(complete.columns[1]) == [None, 1]
