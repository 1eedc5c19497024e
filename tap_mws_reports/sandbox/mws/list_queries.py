"""Lists: a call's parameters, which entries they select, newest first, and a page of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from tap_mws_reports.api.mws.codec import Response, parameters
from tap_mws_reports.api.mws.codec.parameters import check_limit
from tap_mws_reports.api.mws.operations import (
    OPERATIONS,
    RETENTION,
    SCHEDULES,
    Operation,
    Parameter,
    ParameterKind,
)
from tap_mws_reports.sandbox import signed_tokens
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import DONE, MadeReport, RequestEntry, ScheduleEntry
from tap_mws_reports.sandbox.mws.rendering import ErrorResult
from tap_mws_reports.sandbox.signed_tokens import InvalidSignature, Listed, Page

Item = dict[str, object]


def request_item(entry: RequestEntry, now: datetime) -> Item:
    """Return a ReportRequestInfo; what is not yet known is None."""
    status = entry.status(now)
    return {
        "report_request_id": entry.request_id,
        "report_type": entry.spec.report_type,
        "start_date": entry.spec.start,
        "end_date": entry.spec.end,
        "scheduled": entry.scheduled,
        "submitted_date": entry.submitted,
        "processing_status": status,
        "generated_report_id": entry.report.report_id if entry.report and status == DONE else None,
        "started_processing_date": entry.starts if entry.processing_started(now) else None,
        "completed_date": entry.ends if entry.outcome else None,
    }


def report_item(report: MadeReport) -> Item:
    """Return a ReportInfo."""
    return {
        "report_id": report.report_id,
        "report_type": report.report_type,
        "report_request_id": report.request_id,
        "available_date": report.available,
        "acknowledged": report.acknowledged is not None,
        "acknowledged_date": report.acknowledged,
    }


def schedule_item(schedule: ScheduleEntry) -> Item:
    """Return a ReportSchedule."""
    return {
        "report_type": schedule.report_type,
        "schedule": schedule.period_name(SCHEDULES),
        "scheduled_date": schedule.next_run,
    }


Values = Mapping[str, Any]
Entry = TypeVar("Entry", RequestEntry, MadeReport, ScheduleEntry)
DEFAULT_PAGE = 10


class ListCall(NamedTuple):
    """One call: whose account, which operation, its values by name, and when."""

    account: SandboxAccount
    operation: Operation
    values: Values
    now: datetime


def requests(call: ListCall) -> list[RequestEntry]:
    """Return the report requests of a call, newest first. Ids override every other filter.

    Raises:
        Refusal: an id is not one of the account's.
    """
    entries = call.account.requests
    ids = call.values.get("report_request_ids")
    if ids:
        for unknown in (each for each in ids if each not in entries):
            raise ErrorResult("InvalidReportRequestId", f"Report request {unknown} does not exist.")
        return _newest_first({each: entries[each] for each in ids}.values())
    since, until = _between(call, "requested_from_date", "requested_to_date")
    statuses = call.values.get("processing_statuses")
    found = (
        entry
        for entry in _of_types(entries.values(), _type_of_request, call.values)
        if since <= entry.submitted <= until
        and (not statuses or entry.status(call.now) in statuses)
    )
    return _newest_first(found)


def reports(call: ListCall) -> list[MadeReport]:
    """Return the reports that a call selects, newest first. Ids override every other filter."""
    ids = call.values.get("report_request_ids")
    if ids:
        found = [report for report in call.account.reports if report.request_id in ids]
        return _newest_first(found)
    since, until = _between(call, "available_from_date", "available_to_date")
    acknowledged = call.values.get("acknowledged")
    selected = (
        report
        for report in _of_types(call.account.reports, _type_of, call.values)
        if since <= report.available <= until
        and acknowledged in {None, report.acknowledged is not None}
    )
    return _newest_first(selected)


def schedules(call: ListCall) -> list[ScheduleEntry]:
    """Return the schedules that a call selects; those with periods of SP-API only are left out."""
    found = _of_types(call.account.schedules.values(), _type_of, call.values)
    return [schedule for schedule in found if schedule.period_name(SCHEDULES)]


def request_page(call: ListCall) -> Response:
    """Answer GetReportRequestList."""
    return _page(call, requests(call), lambda entry: request_item(entry, call.now))


def report_page(call: ListCall) -> Response:
    """Answer GetReportList."""
    return _page(call, reports(call), report_item)


def continued(call: ListCall) -> ListCall:
    """Return the call of a ByNextToken operation as a call of the list it continues.

    Raises:
        Refusal: the token is not one of that list.
    """
    of_list = next(each for each in OPERATIONS.values() if each.next_token == call.operation.name)
    try:
        page = signed_tokens.read(call.values["next_token"], of_list.name, call.account.seller_id)
    except InvalidSignature:
        message = "The NextToken is not one of this list."
        raise ErrorResult("NextTokenCorrupted", message) from None
    return call._replace(operation=of_list, values={**page.filters, "after": page.after})


def _page(call: ListCall, entries: Sequence[Listed], item: Callable[[Listed], Item]) -> Response:
    size = call.values.get("max_count", DEFAULT_PAGE)
    page, last = signed_tokens.paginate(entries, size, call.values.get("after"))
    items = tuple(map(item, page))
    if last is None:
        return Response(items)
    filters = {name: value for name, value in call.values.items() if name != "after"}
    here = Page(call.operation.name, call.account.seller_id, filters, last)
    return Response(items, has_next=True, next_token=signed_tokens.write(here))


def _between(call: ListCall, since: str, until: str) -> tuple[datetime, datetime]:
    return call.values.get(since, call.now - RETENTION), call.values.get(until, call.now)


def _of_types(
    entries: Iterable[Entry], type_of: Callable[[Entry], str], values: Values
) -> Iterable[Entry]:
    wanted = values.get("report_types")
    return (entry for entry in entries if not wanted or type_of(entry) in wanted)


def _newest_first(entries: Iterable[Listed]) -> list[Listed]:
    return sorted(entries, key=lambda entry: entry.order, reverse=True)


def _type_of(entry: MadeReport | ScheduleEntry) -> str:
    return entry.report_type


def _type_of_request(entry: RequestEntry) -> str:
    return entry.spec.report_type


class BadParameter(ValueError):
    """A call that Amazon would refuse, with the code it would give."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def decode_call(operation: Operation, params: Mapping[str, str]) -> dict[str, object]:
    """Turn parameters by wire name into values by name; absent parameters stay absent.

    Parameters of no meaning for the operation are ignored, as Amazon ignores ``Marketplace``.
    Lists come as tuples in the order of their numbers.

    Raises:
        BadParameter: a parameter is missing, unreadable, or beyond its limit.
    """
    decoded: dict[str, object] = {}
    for parameter in operation.parameters:
        value = _decode(parameter, params)
        if value is not None:
            decoded[parameter.name] = value
        elif parameter.required:
            message = f"The request must contain the parameter {parameter.wire}."
            raise BadParameter("MissingParameter", message)
    return decoded


def _decode(parameter: Parameter, params: Mapping[str, str]) -> object:
    try:
        value = _read(parameter, params)
        if value is not None:
            check_limit(parameter, value)
    except ValueError as error:
        message = f"Invalid value for parameter {parameter.wire}: {error}."
        raise BadParameter("InvalidParameterValue", message) from error
    return value


def _read(parameter: Parameter, params: Mapping[str, str]) -> object:
    if parameter.kind is ParameterKind.LIST:
        return _read_list(parameter, params)
    text = params.get(parameter.wire)
    return parameters.read(parameter.kind, text) if text else None


def _read_list(parameter: Parameter, params: Mapping[str, str]) -> tuple[str, ...] | None:
    """Read a list; refuse other values, since no list may mean all entries.

    What Amazon does with ``ReportRequestIdList=[1, 2]`` was not seen.
    """
    name_of_list = parameter.wire.split(".")[0].lower()
    numbered: dict[int, str] = {}
    for name, text in params.items():
        if re.split(r"[.\[]", name)[0].lower() != name_of_list:
            continue
        wire, _, number = name.rpartition(".")
        if wire != parameter.wire:
            message = f"{name} is not one of {parameter.wire}.1, {parameter.wire}.2 and so on"
            raise ValueError(message)
        numbered[parameters.read_count(number)] = text
    return tuple(numbered[number] for number in sorted(numbered)) or None
