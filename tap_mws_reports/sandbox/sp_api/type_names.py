"""Report types by their names in SP-API, and what is known of them."""

from __future__ import annotations

from tap_mws_reports import report_types
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types.report_type import ReportType
from tap_mws_reports.sandbox.account_entries import ReportParams, ScheduleEntry


def known(name: str) -> ReportType | None:
    """Return the type that SP-API has, or had, under a name; None where it never had one."""
    try:
        found = report_types.load(name)
    except SettingsError:
        return None
    names = (found.sp_api_name, *found.other_sp_api_names)
    # Every entry names its sources, and what stands for an unknown type has none.
    return found if name in names and found.source else None


def name_of(report_type: str) -> str | None:
    """Return SP-API's first name of a type by its MWS name; None for one that it never had."""
    return report_types.load(report_type).sp_api_name


def name_in(entry: ReportParams | ScheduleEntry) -> str | None:
    """Return the name by which SP-API tells of something, whichever service was asked for it."""
    return entry.sp_api_name or name_of(entry.report_type)


def is_restricted(wanted: ReportParams) -> bool:
    """Whether a document opens only to a Restricted Data Token, which depends on the name."""
    return report_types.load(wanted.sp_api_name or wanted.report_type).restricted == "personal"
