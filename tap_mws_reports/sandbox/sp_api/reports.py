"""The operations on reports and on schedules: create, get, list and cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tap_mws_reports.api.sp_api.operations import RETENTION
from tap_mws_reports.api.sp_api.schemas import ParameterLocation
from tap_mws_reports.sandbox import signed_tokens
from tap_mws_reports.sandbox.account_entries import (
    SUBMITTED,
    RequestEntry,
    SandboxReportSpec,
    ScheduleEntry,
)
from tap_mws_reports.sandbox.faults import FaultKind
from tap_mws_reports.sandbox.signed_tokens import InvalidSignature, Page
from tap_mws_reports.sandbox.sp_api import type_checks
from tap_mws_reports.sandbox.sp_api.error_results import invalid, missing, not_found
from tap_mws_reports.sandbox.sp_api.outcome_prediction import predict_outcome
from tap_mws_reports.sandbox.sp_api.routing import ApiCall, Json
from tap_mws_reports.sandbox.sp_api.serializers import LENGTHS, report_item, schedule_item, status
from tap_mws_reports.sandbox.sp_api.type_checks import known, name_in

_DEFAULT_PAGE = 10
_TOKEN = "nextToken"  # noqa: S105 - the name of a parameter


def create_report(call: ApiCall) -> Json:
    """Accept a request; whether it comes too soon shows only in its outcome."""
    report_type = type_checks.wanted_type(call, "request")
    start, end = _dates(call)
    name = call.values["reportType"]
    spec = SandboxReportSpec(
        report_type.name, start, end, type_checks.wanted_marketplaces(call), name
    )
    owner = call.client_id, call.account.seller_id, name
    excess = call.limits.excess(*owner, spec.marketplace_ids, call.now)
    predicted = predict_outcome(call.account, spec, call.now, excess)
    start = call.limits.accept(*owner, call.now)
    entry = call.account.add_request(spec, call.now, requested=True)
    entry.predicted = predicted
    entry.delay(start)
    return {"reportId": entry.request_id}


def get_report(call: ApiCall) -> Json:
    """Return one report."""
    return report_item(_entry(call), call.now)


def cancel_report(call: ApiCall) -> None:
    """Cancel a request in the queue; what Amazon answers later is not documented."""
    entry = _entry(call)
    if entry.status(call.now) != SUBMITTED:
        raise invalid("The report is no longer in the queue and cannot be cancelled")
    entry.cancel(call.now)


def get_reports(call: ApiCall) -> Json:
    """List reports, newest first."""
    call_of_list, after = _of_list(call)
    values = call_of_list.values
    found = _selected(call_of_list)
    size = values.get("pageSize", _DEFAULT_PAGE)
    if call.faults.strikes(FaultKind.SMALL_PAGES, call.operation.name):
        size = 1
    page, last = signed_tokens.paginate(found, size, after)
    answer: Json = {"reports": [report_item(entry, call.now) for entry in page]}
    if last is not None:
        here = Page(call.operation.name, call.account.seller_id, dict(values), last)
        answer[_TOKEN] = signed_tokens.write(here)
    return answer


def _of_list(call: ApiCall) -> tuple[ApiCall, signed_tokens.PagePosition | None]:
    """Return the first call of a list, and the entry after which it continues.

    A token stands alone: https://github.com/amzn/selling-partner-api-models/issues/2414
    """
    if _TOKEN not in call.values:
        return call, None
    names = [each.name for each in call.operation.placed(ParameterLocation.QUERY)]
    beside = [name for name in reversed(names) if name in call.values and name != _TOKEN]
    if beside:
        message = "NextToken cannot be specified with other input parameters"
        raise invalid(message, "".join(f"{name};" for name in beside))
    if call.faults.strikes(FaultKind.TOKEN_ENDED, call.operation.name):
        raise invalid("Invalid NextToken")
    try:
        page = signed_tokens.read(call.values[_TOKEN], call.operation.name, call.account.seller_id)
    except InvalidSignature:
        raise invalid("Invalid NextToken") from None
    return replace(call, values=page.filters), page.after


def _selected(call: ApiCall) -> Sequence[RequestEntry]:
    values = call.values
    if "reportTypes" not in values:
        raise missing(["reportTypes"])
    for report_type in filter(None, map(known, values["reportTypes"])):
        type_checks.check_role(call, report_type)
    since = values.get("createdSince", call.now - RETENTION)
    until = values.get("createdUntil", call.now)
    found = (
        entry
        for entry in call.account.requests.values()
        if name_in(entry.spec) in values["reportTypes"]
        and since <= entry.submitted <= until
        and _is_any(values.get("marketplaceIds"), entry.spec.marketplace_ids)
        and _is_any(values.get("processingStatuses"), (status(entry, call.now),))
    )
    return sorted(found, key=lambda entry: entry.order, reverse=True)


def _is_any(filters: Sequence[str] | None, there: Sequence[str]) -> bool:
    return filters is None or not set(filters).isdisjoint(there)


def _entry(call: ApiCall) -> RequestEntry:
    """Return the report of a call: https://github.com/amzn/selling-partner-api-models/issues/2419."""
    entry = call.account.requests.get(call.values["reportId"])
    if entry is None or name_in(entry.spec) is None:
        raise not_found("One or more of the provided ReportRequestIds could not be found.")
    return entry


def _dates(call: ApiCall) -> tuple[datetime, datetime]:
    """Return the dates of a request; both are now where they are left out.

    Source: https://github.com/amzn/selling-partner-api-docs/issues/439
    """
    start = call.values.get("dataStartTime", call.now)
    end = call.values.get("dataEndTime", call.now)
    for name in ("dataStartTime", "dataEndTime"):
        if call.values.get(name, call.now) > call.now:
            raise invalid(f"{name} is in the future")
    if start > end:
        # https://github.com/airbytehq/airbyte/pull/46887
        raise invalid("dataStartTime is after dataEndTime")
    return start, end


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
