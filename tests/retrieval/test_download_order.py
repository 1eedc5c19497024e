"""Documents of a partition come in the order of their requests: later versions of a row win."""

from __future__ import annotations

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
DATES = {"start_date": "2020-06-01T00:00:00Z", "end_date": "2020-06-05T00:00:00Z"}


@pytest.mark.parametrize("damaged", [0, 1, 3])
def test_a_damaged_document_is_not_overtaken_by_a_later_one(make_harness, damaged) -> None:
    faults = [Fault(FaultKind.SHORT_BODY, ORDERS, times=damaged)] if damaged else []
    harness = make_harness(*faults, pace="steady")
    output = harness.run({"type": ORDERS, "window_days": 1}, **DATES)
    assert not output.failures
    account = harness.amazon.accounts["NA"]
    submitted = {
        harness.report_id(entry): (entry.submitted, int(entry.request_id))
        for entry in account.requests.values()
        if entry.report is not None
    }
    read = list(dict.fromkeys(row["_report_id"] for row in output.records(STREAM)))
    assert len(read) > 2
    assert read == sorted(read, key=submitted.__getitem__)
