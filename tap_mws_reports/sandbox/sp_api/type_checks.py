"""The checks that createReport and createReportSchedule have in common."""

from __future__ import annotations

from tap_mws_reports.report_types.report_type import ReportType
from tap_mws_reports.sandbox.faults import FaultKind
from tap_mws_reports.sandbox.ids import type_number
from tap_mws_reports.sandbox.sp_api.api_calls import ApiCall
from tap_mws_reports.sandbox.sp_api.error_results import forbidden, invalid, throttled
from tap_mws_reports.sandbox.sp_api.type_names import known

# https://github.com/amzn/selling-partner-api-docs/issues/1633 and issues/1368
_NOT_ALLOWED = {
    "request": "Request for report type {} is not allowed at this time",
    "schedule": "Creation of report schedule type {} is not allowed at this time",
}


def wanted_type(call: ApiCall, way: str) -> ReportType:
    """Return the type that a call wants to ``request`` or ``schedule``.

    Raises:
        Refusal: there is none of that name, it is not asked for in this way, the application may
            not, or Amazon has withdrawn it.
    """
    name = call.values["reportType"]
    found = known(name)
    if found is None:
        raise invalid(f"Invalid Report Type {name}")
    check_role(call, found)
    if way not in found.asked:
        raise invalid(_NOT_ALLOWED[way].format(type_number(found.name)))
    if found.withdrawn is not None and found.withdrawn <= f"{call.now:%Y-%m-%d}":
        # https://github.com/amzn/selling-partner-api-docs/issues/512
        raise throttled()
    if call.faults.strikes(FaultKind.THROTTLE, found.name):
        raise throttled()
    return found


def check_role(call: ApiCall, report_type: ReportType) -> None:
    """Refuse a type for which the application lacks the role."""
    if call.faults.strikes(FaultKind.ROLE_MISSING, report_type.name):
        raise forbidden()


def wanted_marketplaces(call: ApiCall) -> tuple[str, ...]:
    """Return the marketplaces that a call names.

    Raises:
        Refusal: one of them is not the seller's.
    """
    given = tuple(dict.fromkeys(call.values["marketplaceIds"]))
    for stranger in (each for each in given if each not in call.account.trades):
        raise invalid("Invalid input", f"marketplaceIds: {stranger} is not one of this seller here")
    return given
