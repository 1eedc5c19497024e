from __future__ import annotations

import pytest

from benchmarks.contenders import CONTENDERS
from benchmarks.orders_document import write_document
from benchmarks.structured_documents import write_orders_xml, write_sales_json

ROWS = 60


@pytest.mark.parametrize("name", [name for name in CONTENDERS["tab"] if name != "polars"])
def test_every_contender_writes_every_row(name, tmp_path, capfdbinary) -> None:
    document = tmp_path / "orders.txt"
    write_document(document, ROWS)

    CONTENDERS["tab"][name](document)()

    assert capfdbinary.readouterr().out.count(b'"type":"RECORD"') == ROWS


STRUCTURED = [("xml", write_orders_xml, 325), ("json", write_sales_json, ROWS)]


@pytest.mark.parametrize(("suffix", "write", "records"), STRUCTURED)
def test_the_tap_writes_every_row_of_xml_and_json(
    suffix, write, records, tmp_path, capfdbinary
) -> None:
    document = tmp_path / f"document.{suffix}"
    write(document, ROWS)

    for contender in CONTENDERS[suffix].values():
        contender(document)()

    assert capfdbinary.readouterr().out.count(b'"type":"RECORD"') == records
