"""Memory does not grow with a document: of a long one, a little is held at a time."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table

MEGABYTE = 1024 * 1024
ELEMENT = {
    "asin": "B00TEAPOT1",
    "sales": {"amount": 12.5, "currencyCode": "EUR"},
    "words": "tea " * 50,
    "related": [{"asin": f"B{number:09}"} for number in range(5)],
}


def write(path: Path, size: int) -> int:
    """Write a document of at least that many bytes; return how many elements it has."""
    element = json.dumps(ELEMENT)
    count = size // len(element) + 1
    with path.open("w") as file:
        file.write('{"reportSpecification": {"lastUpdatedDate": "2024-01-05"}, "rows": [')
        for number in range(count):
            file.write("," * (number > 0) + element)
        file.write("]}")
    return count


@pytest.mark.parametrize("size", [MEGABYTE // 4, 2 * MEGABYTE])
def test_memory_is_the_same_for_documents_of_any_size(tmp_path, size) -> None:
    path = tmp_path / "report.json"
    count = write(path, size)
    unknown = report_types.load("_GET_SOMETHING_NEW_")
    open_table(path, report_type=unknown, charset=None, marketplace_format=MarketplaceFormat())
    tracemalloc.start()
    try:
        table = open_table(
            path, report_type=unknown, charset=None, marketplace_format=MarketplaceFormat()
        )
        rows = sum(len(block) for block in table.blocks())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert rows == count
    assert most < MEGABYTE


def test_a_block_holds_few_rows_however_wide_they_are(tmp_path) -> None:
    path = tmp_path / "report.json"
    wide = {f"key{number}": number for number in range(1_500)}
    path.write_text(json.dumps([wide, *[{}] * 500]))
    unknown = report_types.load("_GET_SOMETHING_NEW_")
    table = open_table(
        path, report_type=unknown, charset=None, marketplace_format=MarketplaceFormat()
    )

    sizes = [len(block) for block in table.blocks()]

    assert sum(sizes) == 501
    assert max(sizes) < 10
