"""getReports and getReportSchedules for any number of report types.

SP-API lists ten types a call and none at all without, and refuses them all when the application
lacks the role of one: https://github.com/amzn/selling-partner-api-models/issues/722
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from tap_mws_reports.api.pagination import iterate_pages
from tap_mws_reports.api.sp_api.caller import Caller
from tap_mws_reports.api.sp_api.operations import RETENTION, TYPES_PER_LIST
from tap_mws_reports.api.sp_api.response_models import (
    Report,
    ReportList,
    ReportSchedule,
    ReportScheduleList,
)
from tap_mws_reports.api.sp_api.sp_api_errors import UNAUTHORIZED, role_for
from tap_mws_reports.errors import RequestRefused

logger = logging.getLogger(__name__)

_PAGE = 100

T = TypeVar("T")


class PageExpired(RequestRefused):
    """Amazon no longer accepts the token of a page."""


def list_reports(
    caller: Caller,
    types: Sequence[str],
    *,
    now: datetime,
    since: datetime | None = None,
    statuses: Sequence[str] = (),
) -> list[Report]:
    """Return all reports of some types, by SP-API's names, created since a moment, newest first.

    Types that the application may not read are left out with a warning.
    """
    # The default is the longest; Amazon does not document what an older date does.
    created_since = since if since is not None and now - since < RETENTION else None
    filters = {
        "processingStatuses": statuses,
        "createdSince": created_since,
        "pageSize": _PAGE,
    }

    def fetch(some: Sequence[str]) -> list[Report]:
        values = {"reportTypes": some, **filters}
        return list(
            iterate_pages(
                pages=lambda: _pages(caller, values),
                key=lambda item: item.report_id,
                is_lost=lambda error: isinstance(error, PageExpired),
            )
        )

    listed = [item for some in _tens(types) for item in _allowed(fetch, some)]
    return sorted(listed, key=lambda item: item.created_time, reverse=True)


def list_schedules(caller: Caller, types: Sequence[str]) -> list[ReportSchedule]:
    """Return the schedules of some types; those that may not be read are left out."""

    def fetch(some: Sequence[str]) -> list[ReportSchedule]:
        answer: ReportScheduleList = caller.call("getReportSchedules", {"reportTypes": some})
        return answer.report_schedules

    return [item for some in _tens(types) for item in _allowed(fetch, some)]


def _pages(caller: Caller, values: Mapping[str, object]) -> Iterator[Sequence[Report]]:
    answer: ReportList = caller.call("getReports", values)
    yield answer.reports
    while token := answer.next_token:
        try:
            answer = caller.call("getReports", {"nextToken": token})
        except RequestRefused as error:
            raise PageExpired(error.what, where=error.where, hint=error.hint) from error
        yield answer.reports


def _tens(types: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(types), TYPES_PER_LIST):
        yield types[start : start + TYPES_PER_LIST]


def _allowed(fetch: Callable[[Sequence[str]], list[T]], types: Sequence[str]) -> list[T]:
    """Fetch the list of some types; bisect them to find those that are not allowed."""
    try:
        return fetch(types)
    except RequestRefused as error:
        if error.amazon_code != UNAUTHORIZED:
            raise
        if len(types) == 1:
            logger.warning("%s cannot be listed without %s", types[0], role_for(types[0]))
            return []
    middle = len(types) // 2
    return [*_allowed(fetch, types[:middle]), *_allowed(fetch, types[middle:])]
