from __future__ import annotations

from datetime import UTC, datetime

from tap_mws_reports.sandbox.account_entries import DONE_NO_DATA, SandboxReportSpec
from tap_mws_reports.sandbox.faults import Faults
from tap_mws_reports.sandbox.request_resolution import resolve_request
from tap_mws_reports.sandbox.sample_data import SellerData

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
US = "ATVPDKIKX0DER"
REIMBURSEMENTS = "_GET_FBA_REIMBURSEMENTS_DATA_"
PLANNING = "_GET_FBA_INVENTORY_PLANNING_DATA_"


def made(report_type: str, start: str, end: str):
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    return resolve_request(
        SandboxReportSpec(report_type, first, last, (US,)), [SellerData(1, US)], NOW, Faults()
    )


def test_no_data_exists_before_the_first_sale() -> None:
    nothing = made(REIMBURSEMENTS, "0001-01-01T00:00:00+00:00", "1999-01-01T00:00:00+00:00")
    assert (nothing.status, nothing.write) == (DONE_NO_DATA, None)


def test_a_type_without_sample_data_has_no_data() -> None:
    assert made(PLANNING, "2020-06-01T00:00:00Z", "2020-06-02T00:00:00Z").status == DONE_NO_DATA
