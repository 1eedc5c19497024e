"""Report types by their names in SP-API, and the checks of both operations that create."""

from __future__ import annotations

from tap_mws_reports import report_types
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types.report_type import ReportType
from tap_mws_reports.sandbox.account_entries import SandboxReportSpec, ScheduleEntry
from tap_mws_reports.sandbox.faults import FaultKind
from tap_mws_reports.sandbox.ids import type_number
from tap_mws_reports.sandbox.sp_api.error_results import forbidden, invalid, throttled
from tap_mws_reports.sandbox.sp_api.routing import ApiCall


def known(name: str) -> ReportType | None:
    """Return the type that SP-API has, or had, under a name; None where it never had one."""
    try:
        found = report_types.load(name)
    except SettingsError:
        return None
    names = (found.sp_api_name, *found.other_sp_api_names)
    # Every entry names its sources; the default for unknown types has none.
    return found if name in names and found.source else None


def name_of(report_type: str) -> str | None:
    """Return SP-API's first name of a type by its MWS name; None for one that it never had."""
    return report_types.load(report_type).sp_api_name


def name_in(entry: SandboxReportSpec | ScheduleEntry) -> str | None:
    """Return the name that SP-API shows for an entry of either service."""
    return entry.sp_api_name or name_of(entry.report_type)


def is_restricted(spec: SandboxReportSpec) -> bool:
    """Whether a document opens only to a Restricted Data Token, which depends on the name."""
    return report_types.load(spec.sp_api_name or spec.report_type).restricted == "personal"


# https://github.com/amzn/selling-partner-api-docs/issues/1633 and issues/1368
_NOT_ALLOWED = {
    "request": "Request for report type {} is not allowed at this time",
    "schedule": "Creation of report schedule type {} is not allowed at this time",
}


def wanted_type(call: ApiCall, way: str) -> ReportType:
    """Return the type that a call is to ``request`` or ``schedule``.

    Raises:
        Refusal: there is no such type, it cannot be requested in this way, the application lacks
            the role, or Amazon has withdrawn it.
    """
    name = call.values["reportType"]
    found = known(name)
    if found is None:
        raise invalid(f"Invalid Report Type {name}")
    check_role(call, found)
    if way not in found.request_modes:
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
    for stranger in (each for each in given if each not in call.account.seller_data):
        raise invalid("Invalid input", f"marketplaceIds: {stranger} is not one of this seller here")
    return given
