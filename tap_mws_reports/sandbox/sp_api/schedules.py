"""The operations on schedules."""

from __future__ import annotations

from datetime import timedelta

from tap_mws_reports.sandbox.account_entries import ScheduleEntry
from tap_mws_reports.sandbox.sp_api import type_checks
from tap_mws_reports.sandbox.sp_api.api_calls import ApiCall, Json
from tap_mws_reports.sandbox.sp_api.error_results import not_found
from tap_mws_reports.sandbox.sp_api.serializers import LENGTHS, schedule_item
from tap_mws_reports.sandbox.sp_api.type_names import name_in

_FURTHEST = timedelta(days=366)


def create_report_schedule(call: ApiCall) -> Json:
    """Create a schedule, in place of an equal one."""
    report_type = type_checks.wanted_type(call, "schedule")
    values = call.values
    schedule = ScheduleEntry(
        schedule_id=call.account.new_schedule_id(call.now),
        report_type=report_type.name,
        marketplace_ids=type_checks.wanted_marketplaces(call),
        word=values["period"],
        period=LENGTHS[values["period"]],
        next_run=min(values.get("nextReportCreationTime", call.now), call.now + _FURTHEST),
        sp_api_name=values["reportType"],
        options=values.get("reportOptions", {}),
    )
    call.account.keep(schedule, call.now)
    return {"reportScheduleId": schedule.schedule_id}


def get_report_schedule(call: ApiCall) -> Json:
    """Return one schedule."""
    return schedule_item(_schedule(call))


def get_report_schedules(call: ApiCall) -> Json:
    """List the schedules of some types."""
    names = call.values["reportTypes"]
    found = [each for each in call.account.schedules.values() if name_in(each) in names]
    return {"reportSchedules": [schedule_item(each) for each in found]}


def cancel_report_schedule(call: ApiCall) -> None:
    """Delete a schedule; its reports stay."""
    del call.account.schedules[_schedule(call).schedule_id]


def _schedule(call: ApiCall) -> ScheduleEntry:
    found = call.account.schedules.get(call.values["reportScheduleId"])
    if found is None or name_in(found) is None:
        raise not_found("The report schedule could not be found.")
    return found
