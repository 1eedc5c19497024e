"""Documents without a length: a part is never taken for the whole."""

from __future__ import annotations

from typing import Any

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

DATES = {"end_date": "2020-06-01T00:00:00Z"}
CASES = {
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_": "flat_file_all_orders_data_by_order_date",
    "_GET_MERCHANT_LISTINGS_ALL_DATA_": "merchant_listings_all_data",
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_": "fba_fulfillment_customer_returns_data",
}
ALWAYS = 1_000


def reads(harness) -> int:
    """How many times documents were fetched."""
    return int(harness.amazon.calls.count("document" if harness.api == "sp_api" else "download"))


def rows(output, stream: str) -> list[dict[str, Any]]:
    return [
        {name: row[name] for name in row if name not in {"_report_id", "_data_start", "_data_end"}}
        for row in output.records(stream)
    ]


@pytest.mark.parametrize(("report_type", "stream"), CASES.items())
def test_an_undetectably_truncated_document_is_downloaded_until_complete(
    make_harness, whole_run, report_type: str, stream: str
) -> None:
    harness = make_harness(Fault(FaultKind.CUT_UNFRAMED, report_type))
    output = harness.run(report_type, **DATES)
    assert not output.failures
    assert rows(output, stream) == rows(whole_run(report_type, **DATES), stream)


@pytest.mark.parametrize(("report_type", "stream"), CASES.items())
def test_a_document_that_is_always_truncated_fails_without_rows(
    make_harness, whole_run, report_type: str, stream: str
) -> None:
    whole = rows(whole_run(report_type, **DATES), stream)
    harness = make_harness(Fault(FaultKind.CUT_UNFRAMED, report_type, ALWAYS))
    output = harness.run(report_type, **DATES)
    assert output.failures
    harness.strike()
    again = harness.run(report_type, **DATES, state=output.state)
    assert not again.failures
    found = rows(output, stream) + rows(again, stream)
    assert sorted(map(str, found)) == sorted(map(str, whole))


def test_a_document_without_length_is_downloaded_twice_if_nothing_else_proves_it(
    make_harness, whole_run
) -> None:
    report_type, stream = next(iter(CASES.items()))
    whole = whole_run(report_type, **DATES)
    harness = make_harness(Fault(FaultKind.UNFRAMED, report_type, 2))
    output = harness.run(report_type, **DATES)
    assert not output.failures
    assert rows(output, stream) == rows(whole, stream)
    documents = len({row["_report_id"] for row in whole.records(stream)})
    assert reads(harness) - documents in ({0} if harness.api == "mws" else {0, 1})


@pytest.mark.api("mws", reason="SP-API tells no MD5 of a plain document")
def test_flipped_bytes_are_detected_by_md5(make_harness, whole_run) -> None:
    report_type, stream = next(iter(CASES.items()))
    output = make_harness(Fault(FaultKind.FLIPPED, report_type)).run(report_type, **DATES)
    assert not output.failures
    assert rows(output, stream) == rows(whole_run(report_type, **DATES), stream)


@pytest.mark.api("sp_api", reason="MWS compresses no documents")
def test_flipped_bytes_of_a_compressed_document_fail_and_are_retried(
    make_harness, whole_run
) -> None:
    report_type, stream = next(iter(CASES.items()))
    faults = (Fault(FaultKind.GZIP_UNTOLD, report_type), Fault(FaultKind.FLIPPED, report_type))
    harness = make_harness(*faults)
    output = harness.run(report_type, **DATES)
    assert len(output.failures) == 1
    assert "gzip" in output.failures[0]
    again = harness.run(report_type, **DATES, state=output.state)
    assert not again.failures
    whole = whole_run(report_type, **DATES)
    assert {*output.keys(stream), *again.keys(stream)} == set(whole.keys(stream))
