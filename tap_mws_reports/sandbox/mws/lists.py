"""Lists: which entries a call selects, newest first, and a page of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from tap_mws_reports.api.mws.operations import OPERATIONS, RETENTION, SCHEDULES, Operation
from tap_mws_reports.api.mws.wire import Answer
from tap_mws_reports.sandbox import pages
from tap_mws_reports.sandbox.account import Account
from tap_mws_reports.sandbox.entries import MadeReport, RequestEntry
from tap_mws_reports.sandbox.mws.items import Item, report_item, request_item
from tap_mws_reports.sandbox.mws.refusals import Refusal
from tap_mws_reports.sandbox.pages import Listed, Page
from tap_mws_reports.sandbox.schedules import ScheduleEntry
from tap_mws_reports.sandbox.seals import BrokenSeal

Values = Mapping[str, Any]
Entry = TypeVar("Entry", RequestEntry, MadeReport, ScheduleEntry)
DEFAULT_PAGE = 10


class Call(NamedTuple):
    """One call: whose account, which operation, its values by name, and when."""

    account: Account
    operation: Operation
    values: Values
    now: datetime


def requests(call: Call) -> list[RequestEntry]:
    """Return the report requests a call selects, newest first. Ids override every other filter.

    Raises:
        Refusal: an id is not one of the account's.
    """
    entries = call.account.requests
    ids = call.values.get("report_request_ids")
    if ids:
        for unknown in (each for each in ids if each not in entries):
            raise Refusal("InvalidReportRequestId", f"Report request {unknown} does not exist.")
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


def reports(call: Call) -> list[MadeReport]:
    """Return the reports a call selects, newest first. Ids override every other filter."""
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


def schedules(call: Call) -> list[ScheduleEntry]:
    """Return the schedules a call selects; those of SP-API's own periods are none here."""
    found = _of_types(call.account.schedules.values(), _type_of, call.values)
    return [schedule for schedule in found if schedule.word_among(SCHEDULES)]


def request_page(call: Call) -> Answer:
    """Answer GetReportRequestList."""
    return _page(call, requests(call), lambda entry: request_item(entry, call.now))


def report_page(call: Call) -> Answer:
    """Answer GetReportList."""
    return _page(call, reports(call), report_item)


def continued(call: Call) -> Call:
    """Return the call of a ByNextToken operation as a call of the list it continues.

    Raises:
        Refusal: the token is not one of that list.
    """
    of_list = next(each for each in OPERATIONS.values() if each.next_token == call.operation.name)
    try:
        page = pages.read(call.values["next_token"], of_list.name, call.account.seller_id)
    except BrokenSeal:
        message = "The NextToken is not one of this list."
        raise Refusal("NextTokenCorrupted", message) from None
    return call._replace(operation=of_list, values={**page.filters, "after": page.after})


def _page(call: Call, entries: Sequence[Listed], item: Callable[[Listed], Item]) -> Answer:
    size = call.values.get("max_count", DEFAULT_PAGE)
    page, last = pages.turn(entries, size, call.values.get("after"))
    items = tuple(map(item, page))
    if last is None:
        return Answer(items)
    filters = {name: value for name, value in call.values.items() if name != "after"}
    here = Page(call.operation.name, call.account.seller_id, filters, last)
    return Answer(items, has_next=True, next_token=pages.write(here))


def _between(call: Call, since: str, until: str) -> tuple[datetime, datetime]:
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
    return entry.wanted.report_type
