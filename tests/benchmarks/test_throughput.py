from __future__ import annotations

import pytest

from benchmarks.contenders import CONTENDERS
from benchmarks.orders_document import write_document

ROWS = 60


@pytest.mark.parametrize("name", ["this_tap", "plain_sdk", "plain_sdk_msgspec"])
def test_every_subject_writes_every_row(name, tmp_path, capfdbinary) -> None:
    document = tmp_path / "orders.txt"
    write_document(document, ROWS)

    CONTENDERS[name](document)()

    assert capfdbinary.readouterr().out.count(b'"type":"RECORD"') == ROWS
