"""Reports by id and in lists, with the meaning of their statuses.

SP-API lists ten types a call and none at all without, and refuses them all when it refuses one,
such as one whose role the application lacks:
https://github.com/amzn/selling-partner-api-models/issues/722
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest
from tap_mws_reports.api.pagination import iterate_pages
from tap_mws_reports.api.request_budgets import SellerBudgets
from tap_mws_reports.api.sp_api import converters
from tap_mws_reports.api.sp_api.caller import Caller, Values
from tap_mws_reports.api.sp_api.document_download import DownloadSource
from tap_mws_reports.api.sp_api.operations import OLDEST_LISTED, TYPES_PER_LIST
from tap_mws_reports.api.sp_api.response_models import (
    Report,
    ReportList,
    ReportSchedule,
    ReportScheduleList,
)
from tap_mws_reports.api.sp_api.sp_api_errors import TOKEN_HINT, is_denial
from tap_mws_reports.api.sp_api.sp_api_types import SpApiTypes
from tap_mws_reports.errors import CredentialsError, ReportTypeRefused, RequestRefused


def is_cancelled(item: Report) -> bool:
    """Whether a report was cancelled and has no document."""
    return item.processing_status == "CANCELLED" and item.report_document_id is None


def was_stopped(item: Report) -> bool:
    """Whether a cancelled report never left the queue."""
    return item.processing_start_time is None


def within_cooldown(item: Report, others: Iterable[Report], cooldown: timedelta) -> bool:
    """Whether the same report was made within the cooldown before a cancelled one.

    Args:
        item: the cancelled report.
        others: reports of the same type, made around that time.
        cooldown: in which Amazon makes no new one.
    """
    earliest = item.created_time - cooldown
    return any(
        earliest < other.created_time <= item.created_time
        for other in others
        if _is_same(other, item) and not is_cancelled(other)
    )


def _is_same(other: Report, item: Report) -> bool:
    if other.report_id == item.report_id or other.report_type != item.report_type:
        return False
    places, wanted = set(other.marketplace_ids or ()), set(item.marketplace_ids or ())
    together = bool(places & wanted) or not (places and wanted)
    return together and _range(other) == _range(item)


def _range(item: Report) -> tuple[object, object] | None:
    """Return the requested dates; without any, Amazon uses the time of the request."""
    start, end = item.data_start_time, item.data_end_time
    return None if start == end else (start, end)


logger = logging.getLogger(__name__)


class ReportRepository:
    """Reads the reports of one seller; ``budgets`` counts every report.

    ``unlisted`` are the types that Amazon refuses to list, by SP-API's names.
    """

    def __init__(
        self, caller: Caller, types: SpApiTypes, clock: Clock, budgets: SellerBudgets
    ) -> None:
        self._caller = caller
        self._types = types
        self._clock = clock
        self._budgets = budgets
        self._counted: set[str] = set()
        self.unlisted: dict[str, RequestRefused] = {}
        self._cancelled_here: set[str] = set()
        self._explained: dict[str, ProcessingStatus] = {}
        self._unexplained: dict[str, Report] = {}
        self._sources: dict[str, DownloadSource] = {}

    def one(self, report_id: str) -> ReportRequest | None:
        """Return a report, or None where Amazon does not know it."""
        item = self._item(report_id)
        return None if item is None else self._read(item, self._status(item))

    def listed(self, types: Sequence[str], since: datetime | None) -> list[ReportRequest]:
        """Return all reports of some types, newest first.

        The list begins earlier than ``since`` if that explains cancelled reports: lists share one
        small quota, so a list that explained nothing would leave none for their explanation.
        """
        since = self._early_enough(types, since)
        items = self.items(types, since)
        return [
            self._read(item, self._status(item, self._before(item, items, since))) for item in items
        ]

    def items(
        self, types: Sequence[str], since: datetime | None, statuses: Sequence[str] = ()
    ) -> list[Report]:
        """Return all reports of some types as Amazon describes them, newest first."""
        names = self._types.queried_names(types)
        lists = TypeLists(self.unlisted)
        found = list_reports(self._caller, names, lists, since=since, statuses=statuses)
        for item in found:
            self._remember(item)
        self._check_seller()
        return found

    def _check_seller(self) -> None:
        """Raise if Amazon denies every configured type, and has accepted no call of the seller."""
        denied = [self.unlisted.get(name) for name in self._types.configured]
        first = denied[0] if denied else None
        if first is None or self._caller.was_accepted:
            return
        if all(each is not None and is_denial(each.what) for each in denied):
            raise CredentialsError(
                first.what,
                where=first.where,
                hint=TOKEN_HINT,
                amazon_code=first.amazon_code,
                request_id=first.request_id,
            )

    def made(self, ids: Sequence[str]) -> list[Report]:
        """Return the finished ones of some reports."""
        found = (self._item(report_id) for report_id in ids)
        return [item for item in found if item and item.processing_status == "DONE"]

    def source(self, report_id: str) -> DownloadSource:
        """Return what is known of a report's document.

        Raises:
            RequestRefused: there is no such report, or it has none.
        """
        if report_id not in self._sources:
            self._item(report_id)
        if report_id not in self._sources:
            what = f"Amazon has no document of report {report_id}"
            raise RequestRefused(what, hint="Amazon keeps documents for 30 to 90 days, by type")
        return self._sources[report_id]

    def cancel(self, report_id: str) -> ReportRequest | None:
        """Cancel a report that is still in the queue; one that is not comes back unchanged."""
        try:
            self._caller.call("cancelReport", {"reportId": report_id})
        except RequestRefused as error:
            # Amazon refuses what has left the queue; its status says more than the refusal.
            logger.info("%s", error)
        else:
            self._cancelled_here.add(report_id)
        return self.one(report_id)

    def _item(self, report_id: str) -> Report | None:
        try:
            item: Report = self._caller.call("getReport", {"reportId": report_id})
        except RequestRefused as error:
            if isinstance(error, ReportTypeRefused):
                raise
            # What Amazon answers to an unknown id is not documented.
            return None
        self._remember(item)
        return item

    def _remember(self, item: Report) -> None:
        if item.report_id not in self._counted:
            self._counted.add(item.report_id)
            name = self._types.called(item.report_type).name
            self._budgets.listed(name, item.created_time)
        if document_id := item.report_document_id:
            known = self._types.called(item.report_type)
            self._sources[item.report_id] = DownloadSource(
                report_id=item.report_id,
                document_id=document_id,
                report_type=known.sp_api_name,
                personal=known.personal,
                failed=item.processing_status == "FATAL",
            )

    def _read(self, item: Report, status: ProcessingStatus) -> ReportRequest:
        return converters.report_request(item, self._types, status)

    def _status(self, item: Report, others: Iterable[Report] | None = None) -> ProcessingStatus:
        """Return a report's status, for a cancelled one why it was cancelled.

        ``others`` are other reports of its type. If they are not given and the quota to list them
        is used up, a cancelled report counts as unfinished and is polled again.
        """
        if not is_cancelled(item):
            return converters.processing_status(item.processing_status)
        if item.report_id in self._cancelled_here or was_stopped(item):
            return ProcessingStatus.CANCELLED
        cooldown = self._types.called(item.report_type).cooldown
        if not cooldown:
            return ProcessingStatus.DONE_NO_DATA
        if item.report_id in self._explained:
            return self._explained[item.report_id]
        if others is None and item.report_type not in self.unlisted:
            if self._caller.budgets.seconds_until_allowed("getReports") > 0:
                self._unexplained[item.report_id] = item
                return ProcessingStatus.IN_PROGRESS
            others = self._around(item, cooldown)
        status = self._explain(item, others or [], cooldown)
        self._explained[item.report_id] = status
        self._unexplained.pop(item.report_id, None)
        return status

    def _explain(
        self, item: Report, others: Iterable[Report], cooldown: timedelta
    ) -> ProcessingStatus:
        """Return whether a report was cancelled as too soon, or has no data.

        It counts as empty only if a list shows no earlier report. Amazon may have refused to list
        the type, and that only just now: then ``others`` are empty and prove nothing.
        """
        if item.report_type in self.unlisted or within_cooldown(item, others, cooldown):
            return ProcessingStatus.CANCELLED
        return ProcessingStatus.DONE_NO_DATA

    def _early_enough(self, types: Sequence[str], since: datetime | None) -> datetime | None:
        """Return a date from which a list explains the cancelled reports that still need it."""
        if since is None:
            return None
        kinds = [self._types.called(item.report_type) for item in self._unexplained.values()]
        starts = [
            item.created_time - kind.cooldown
            for item, kind in zip(self._unexplained.values(), kinds, strict=True)
            if not types or kind.name in types
        ]
        return min([since, *starts])

    def _before(
        self, item: Report, items: Sequence[Report], since: datetime | None
    ) -> Sequence[Report] | None:
        """Return a list since a date, if it covers the cooldown before a report."""
        cooldown = self._types.called(item.report_type).cooldown
        return items if since is None or item.created_time - cooldown >= since else None

    def _around(self, item: Report, cooldown: timedelta) -> list[Report]:
        name = self._types.called(item.report_type).name
        return self.items([name], item.created_time - cooldown)


_PAGE = 100

T = TypeVar("T")


class PageExpired(RequestRefused):
    """Amazon no longer accepts the token of a page."""


class TypeLists:
    """Lists by types of one seller; finds the types that Amazon refuses to list.

    Args:
        refused: those that are known; new ones are added, with a warning for each.
    """

    def __init__(self, refused: dict[str, RequestRefused]) -> None:
        self._refused = refused

    def fetch(self, fetch: Callable[[Sequence[str]], list[T]], types: Sequence[str]) -> list[T]:
        """Return the items of all types that Amazon lists.

        Raises:
            RequestRefused: Amazon refuses every type, for another reason than the type.
        """
        wanted = [each for each in types if each not in self._refused]
        tens = range(0, len(wanted), TYPES_PER_LIST)
        refused: dict[str, RequestRefused] = {}
        found = [
            item
            for start in tens
            for item in self._allowed(fetch, wanted[start : start + TYPES_PER_LIST], refused)
        ]
        others = [each for each in refused.values() if not isinstance(each, ReportTypeRefused)]
        if others and len(refused) == len(wanted):
            raise others[0]
        for name, error in refused.items():
            logger.warning("%s cannot be listed: %s", name, error)
        self._refused |= refused
        return found

    def _allowed(
        self,
        fetch: Callable[[Sequence[str]], list[T]],
        types: Sequence[str],
        refused: dict[str, RequestRefused],
    ) -> list[T]:
        """Fetch the list of some types; bisect them to find those that are refused."""
        try:
            return fetch(types)
        except RequestRefused as error:
            if len(types) == 1:
                refused[types[0]] = error
                return []
        middle = len(types) // 2
        return [
            *self._allowed(fetch, types[:middle], refused),
            *self._allowed(fetch, types[middle:], refused),
        ]


def list_reports(
    caller: Caller,
    types: Sequence[str],
    lists: TypeLists,
    *,
    since: datetime | None = None,
    statuses: Sequence[str] = (),
) -> list[Report]:
    """Return all reports of some types, by SP-API's names, created since a moment, newest first.

    Types that Amazon refuses to list are left out with a warning.
    """

    def fetch(some: Sequence[str]) -> list[Report]:
        def values(now: datetime) -> Mapping[str, object]:
            # The default is the longest; Amazon refuses an older date.
            recent = since is not None and now - since < OLDEST_LISTED
            return {
                "reportTypes": some,
                "processingStatuses": statuses,
                "createdSince": since if recent else None,
                "pageSize": _PAGE,
            }

        return list(
            iterate_pages(
                pages=lambda: _pages(caller, values, some),
                key=lambda item: item.report_id,
                is_lost=lambda error: isinstance(error, PageExpired),
            )
        )

    listed = lists.fetch(fetch, types)
    return sorted(listed, key=lambda item: item.created_time, reverse=True)


def list_schedules(
    caller: Caller, types: Sequence[str], refused: dict[str, RequestRefused]
) -> list[ReportSchedule]:
    """Return the schedules of some types; those that Amazon refuses to list are left out."""

    def fetch(some: Sequence[str]) -> list[ReportSchedule]:
        answer: ReportScheduleList = caller.call(
            "getReportSchedules", {"reportTypes": some}, report_type=_only(some)
        )
        return answer.report_schedules

    return TypeLists(refused).fetch(fetch, types)


def _pages(caller: Caller, values: Values, types: Sequence[str]) -> Iterator[Sequence[Report]]:
    answer: ReportList = caller.call("getReports", values, report_type=_only(types))
    yield answer.reports
    while token := answer.next_token:
        try:
            answer = caller.call("getReports", {"nextToken": token})
        except RequestRefused as error:
            raise PageExpired(error.what, where=error.where, hint=error.hint) from error
        yield answer.reports


def _only(types: Sequence[str]) -> str:
    """Return the type of a list of one."""
    return types[0] if len(types) == 1 else ""
