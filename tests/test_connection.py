"""The operations that only a person uses, by the service that the settings name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ReportAdministration, ReportService, ReportSpec
from tap_mws_reports.config.sellers import seller_configs
from tap_mws_reports.connection import connect, connect_administration, make_transports
from tap_mws_reports.errors import RequestRefused
from tap_mws_reports.sandbox import account_settings

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
UNSHIPPED = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"


@pytest.fixture(params=["mws", "sp_api"])
def connected(request):
    """A seller's reports, the operations on them, and the name of the service."""
    settings = {
        **account_settings(api=request.param),
        "sandbox": True,
        "reports": [ORDERS, UNSHIPPED],
    }
    clock, [seller] = VirtualClock(datetime(2026, 3, 1, tzinfo=UTC)), seller_configs(settings)
    transports = make_transports(settings, clock)
    service = connect(seller, transports, clock, lambda _operation, _seconds: None)
    return service, connect_administration(seller, transports, clock), request.param


def test_a_request_can_be_cancelled(connected) -> None:
    service, administration, _ = connected
    made = service.request_report(ReportSpec(ORDERS, datetime(2026, 2, 1, tzinfo=UTC)))
    [cancelled] = administration.cancel_report_requests([made.report_request_id])
    assert cancelled.report_request_id == made.report_request_id
    assert cancelled.processing_status.value == "CANCELLED"


def test_a_schedule_can_be_created_and_counted(connected) -> None:
    _, administration, _ = connected
    before = administration.count_report_schedules(report_types=[UNSHIPPED])
    administration.manage_schedule(UNSHIPPED, "_1_DAY_")
    assert administration.count_report_schedules(report_types=[UNSHIPPED]) == before + 1


def test_reports_are_counted_where_the_service_counts(connected) -> None:
    service, administration, api = connected
    if api == "sp_api":
        with pytest.raises(RequestRefused, match="does not count reports"):
            administration.count_reports()
        return
    counted = administration.count_reports()
    assert counted == len(list(service.reports())) > 0
    assert administration.count_report_requests() == len(list(service.report_requests()))


def test_the_two_interfaces_have_no_operation_in_common() -> None:
    both = set(dir(ReportService)) & set(dir(ReportAdministration))
    assert {name for name in both if not name.startswith("_")} == set()
