from __future__ import annotations

import pytest

from tap_mws_reports.report_types.naming import path_from

CASES = [
    # root, path below the document element, as it is written in columns
    ("", "Header/Version", "Header/Version"),
    ("Message/Order", "Message/Order/Item/SKU", "Item/SKU"),
    ("Message/Order", "Message/Order/Total@currency", "Total@currency"),
    ("Message/Order", "Message/Order", "Order"),
    ("Message/Order", "Message/Order@id", "Order@id"),
    ("Message/Order", "Message/OrderID", "/Message/OrderID"),
    ("Message/Order", "Header/Version", "/Header/Version"),
    ("Node", "Node@count", "Node@count"),
]


@pytest.mark.parametrize(("root", "path", "written"), CASES)
def test_path_is_written_from_the_root(root: str, path: str, written: str) -> None:
    assert path_from(root, path) == written
