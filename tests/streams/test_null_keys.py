"""No key is null: targets of SQL reject such rows. Found by a planted bug that no test noticed."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.streams.row_schema import with_envelope


@pytest.mark.parametrize("values", [["A", None], pa.array(["A", None])], ids=["list", "Arrow"])
def test_a_null_in_a_key_is_an_empty_text(values) -> None:
    batch = RecordBatch(("sku", "price"), (values, [None, 1]))
    complete = with_envelope(batch, {"_seller_id": "A1"}, ("sku",))
    assert list(complete.columns[0]) == ["A", ""]
    assert list(complete.columns[1]) == [None, 1]
