"""Whatever the fuzzer found is read again as an ordinary case."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.reading import check

FINDINGS = sorted((Path(__file__).parents[2] / "fuzz" / "corpus").iterdir())


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda path: path.name)
def test_fuzz_finding_is_read_without_loss_or_refused(finding: Path) -> None:
    check(finding.read_bytes())


def test_check_detects_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tap_mws_reports.documents.record_batch._extra_cells", lambda _record, _width: None
    )
    with pytest.raises(AssertionError):
        check(b"\0\0\0a\tb\n1\t2\t3\n4\t5\n")


@pytest.mark.parametrize("first", [129, 193], ids=["XML", "JSON"])
def test_check_detects_a_value_that_is_in_no_row(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = bytes([first, 0, 0, 0, 2, 0, *[1, 2, 3, 4, 5] * 9])
    check(document)
    monkeypatch.setattr("fuzz.reading._cells", lambda _table, _row: iter(()))
    with pytest.raises(AssertionError):
        check(document)
