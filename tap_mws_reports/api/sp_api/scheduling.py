"""Schedules: SP-API has one for each report type and set of marketplaces, each with an id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tap_mws_reports.api.sp_api import listing
from tap_mws_reports.api.sp_api.caller import Caller
from tap_mws_reports.api.sp_api.enumerations import PERIODS
from tap_mws_reports.errors import RequestRefused

NEVER = "_NEVER_"
_OTHER_WORDS = {"_7_DAYS_": "P7D"}
_PERIODS = {word: period for period, word in PERIODS.items() if word} | _OTHER_WORDS


def change(
    caller: Caller,
    report_type: str,
    schedule: str,
    first_run: datetime | None,
    marketplace_ids: Sequence[str],
) -> None:
    """Create, replace or, with MWS's word for never, delete schedules of a type.

    Args:
        caller: asks Amazon.
        report_type: SP-API's name.
        schedule: a period such as ``P1D``, or what MWS calls it.
        first_run: when; as soon as Amazon likes when left out.
        marketplace_ids: for which; when deleting, only schedules for these are touched.

    Raises:
        RequestRefused: there is no such schedule.
    """
    if schedule == NEVER:
        _delete(caller, report_type, marketplace_ids)
        return
    period = _PERIODS.get(schedule, schedule)
    if period not in PERIODS:
        what = f"{schedule} is no schedule of SP-API"
        raise RequestRefused(what, hint=f"use one of {', '.join(PERIODS)}, or {NEVER} to delete it")
    values = {
        "reportType": report_type,
        "marketplaceIds": list(marketplace_ids),
        "period": period,
        "nextReportCreationTime": first_run,
    }
    caller.call("createReportSchedule", values, report_type=report_type)


def _delete(caller: Caller, report_type: str, marketplace_ids: Sequence[str]) -> None:
    ours = set(marketplace_ids)
    for item in listing.schedules(caller, [report_type]):
        theirs = set(item.marketplace_ids or ())
        if theirs <= ours or not ours:
            schedule_id = {"reportScheduleId": item.report_schedule_id}
            caller.call("cancelReportSchedule", schedule_id, report_type=report_type)
