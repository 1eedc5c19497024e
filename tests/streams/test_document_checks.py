"""Unusual documents through the whole tap."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from tap_mws_reports.sandbox.reports import Document, document
from tests.conftest import Output

pytestmark = pytest.mark.api(slow="mws", reason="documents are read the same over both services")

AFN = "_GET_AFN_INVENTORY_DATA_"  # a snapshot with a cooldown
STREAM = "afn_inventory_data"
COLUMNS = ["seller-sku", "fulfillment-channel-sku", "asin", "condition-type"]
COLUMNS += ["Warehouse-Condition-code", "Quantity Available"]
DAY = timedelta(days=1)


@pytest.fixture
def delivers(monkeypatch):
    """Make the next reports of the sandbox have so many rows; the last number holds on."""

    def deliver(*counts: int, without: str = "") -> None:
        columns = [each for each in COLUMNS if each != without]
        left, written = list(counts), []

        def write(_: str, requested: object) -> Document:
            # A report is written several times, and is the same each time.
            rows = next((rows for other, rows in written if other is requested), None)
            if rows is None:
                rows = left.pop(0) if len(left) > 1 else left[0]
                written.append((requested, rows))
            lines = ["\t".join(columns)]
            lines += [
                "\t".join([f"S{number}", *["1"] * (len(columns) - 1)]) for number in range(rows)
            ]
            return Document("".join(f"{line}\n" for line in lines).encode(), "UTF-8")

        monkeypatch.setattr(document, "write", write)
        monkeypatch.setattr("tap_mws_reports.sandbox.reports.write", write)

    return deliver


@pytest.fixture
def daily(harness):
    """Run the tap once a day, from the state of the day before."""
    state = None

    def run(**settings: object) -> Output:
        nonlocal state
        output = harness.run(AFN, state=state, **settings)
        state = output.state
        harness.clock.sleep(DAY.total_seconds())
        return output

    return run


def counts(output) -> list[int]:
    (partition,) = output.bookmark(STREAM)["partitions"]
    return partition["row_counts"]


def test_an_incomplete_snapshot_is_logged(daily, delivers, caplog) -> None:
    delivers(300)
    for _ in range(3):
        daily()
    assert "Unusual number of rows" not in caplog.text
    delivers(150)
    output = daily()
    assert counts(output) == [300, 300, 300, 150]
    assert len(output.records(STREAM)) == 150
    assert "150 rows, usually 300 (the median of the last 3 documents)" in caplog.text
    assert "`row_count_check: retry`" in caplog.text


@pytest.mark.parametrize("second", [300, 140])
def test_an_incomplete_snapshot_is_requested_again(
    harness, daily, delivers, caplog, second
) -> None:
    caplog.set_level(logging.INFO)
    delivers(300)
    for _ in range(3):
        daily()
    requested, began = harness.amazon.calls.count("request"), harness.clock.now()
    delivers(150, second)
    output = daily(row_count_check="retry")
    assert not output.failures
    assert harness.amazon.calls.count("request") == requested + 2
    assert harness.clock.now() - began > DAY + timedelta(minutes=30), "the cooldown"
    assert len(output.records(STREAM)) == second, "only the second answer is written"
    assert counts(output) == [300, 300, 300, second]
    assert "150 rows, usually 300" in caplog.text
    told = "The second answer to" if second == 300 else "this is the second answer"
    assert told in caplog.text


def test_a_complete_snapshot_is_requested_once(harness, daily, delivers) -> None:
    delivers(300)
    for _ in range(4):
        daily(row_count_check="retry")
    assert harness.amazon.calls.count("request") == 4


def test_an_absent_column_is_logged_once(daily, delivers, caplog) -> None:
    delivers(3)
    daily()
    delivers(3, without="asin")
    for _ in range(2):
        daily()
    assert "no longer sends" not in caplog.text
    for _ in range(3):
        daily()
    told = [each.getMessage() for each in caplog.records if "no longer sends" in each.getMessage()]
    assert told == [
        f"Amazon no longer sends asin of {AFN} since 2020-06-13; it is null in new rows"
    ]
