from __future__ import annotations

from dataclasses import replace

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import Identity
from tap_mws_reports.streams.row_schema import primary_keys

ANY = report_types.load("_GET_SOMETHING_NEW_")
DOCUMENT = Identity("document")
ROW = Identity("row", ("sku",))
GROUP = Identity("group", ("order_id",))

KEYS = [
    # kind, of one marketplace, identity, key, what it has more when snapshots are kept
    ("range", False, DOCUMENT, ("_seller_id", "_report_id", "_row_number"), ()),
    ("snapshot", True, DOCUMENT, ("_seller_id", "_report_id", "_row_number"), ()),
    ("range", False, ROW, ("_seller_id", "sku"), ()),
    ("range", False, GROUP, ("_seller_id", "order_id", "_line"), ()),
    ("generated", False, GROUP, ("_seller_id", "order_id", "_line"), ()),
    ("range", True, ROW, ("_seller_id", "_marketplace_ids", "sku"), ()),
    ("snapshot", False, ROW, ("_seller_id", "_marketplace_ids", "sku"), ("_data_end",)),
    (
        "snapshot",
        True,
        GROUP,
        ("_seller_id", "_marketplace_ids", "order_id", "_line"),
        ("_data_end",),
    ),
]


@pytest.mark.parametrize(("kind", "one_marketplace", "identity", "key", "moment"), KEYS)
def test_key_of_a_row(kind, one_marketplace, identity, key, moment) -> None:
    known = replace(ANY, kind=kind, one_marketplace=one_marketplace, identity=identity)

    assert primary_keys(known, keep_snapshots=False) == key
    assert primary_keys(known, keep_snapshots=True) == (*key, *moment)
