"""Find the report request whose response was lost, instead of making another one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest, ReportSpec
from tap_mws_reports.errors import RequestRefused

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far Amazon's clock may be behind what is known of it; an older request is not taken for the
lost one."""

MAX_CLOCK_SKEW = timedelta(minutes=15)
"""The same if the list shows all parameters, so that an older request serves as well: the largest
clock difference that Amazon accepts in a call.
Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_RequiredRequestParameters.html
"""

_FAILED = frozenset({ProcessingStatus.CANCELLED, ProcessingStatus.FATAL})


def _as_it_is(moment: datetime) -> datetime:
    return moment


def find_created(
    list_requests: Callable[..., Iterable[ReportRequest]],
    spec: ReportSpec,
    marketplace_ids: Sequence[str],
    since: datetime,
    known: Collection[str],
    to_server_time: Callable[[datetime], datetime] = _as_it_is,
) -> ReportRequest | None:
    """Return the request that Amazon accepted although its response did not arrive, or None.

    It is one of the same type, dates and, where they are listed, marketplaces, that was made since
    the first try, and whose id no answer had. Options are not listed: a request of
    another program for the same type and dates within these seconds is not considered. If the
    machine's clock is fast and Amazon's time is not known, the request seems older than the
    attempt; if the list shows the marketplaces and there are no options, an older request of these
    dates serves as well, unless it has failed.

    Args:
        list_requests: as `ReportService.report_requests`.
        spec: the requested report.
        marketplace_ids: those of the report.
        since: the time of the first attempt, by the machine's clock.
        known: the ids of the requests whose answers arrived.
        to_server_time: returns Amazon's time at a moment of the machine's clock. It is called
            after the list, whose answer shows that time.
    """
    earliest = (since - MAX_CLOCK_SKEW).replace(microsecond=0)
    try:
        listed = list(list_requests(report_types=[spec.report_type], requested_from=earliest))
    except RequestRefused:  # some types are not listed
        return None
    # A slow clock makes the lost request seem newer, which is no reason to refuse it.
    since = max(since - MAX_CLOCK_SKEW, min(since, to_server_time(since)))
    return next(
        (
            each
            for each in listed
            if each.report_request_id not in known
            and not each.scheduled
            and _is_late_enough(each, spec, since)
            and each.may_be_for(marketplace_ids)
            and _has_dates(each, spec)
        ),
        None,
    )


def _is_late_enough(request: ReportRequest, spec: ReportSpec, since: datetime) -> bool:
    """Whether a request may be the lost one, by its time."""
    if request.submitted_date >= (since - CLOCKS_DIFFER).replace(microsecond=0):
        return True
    is_identified = (
        request.marketplace_ids is not None and not spec.options and spec.start is not None
    )
    return is_identified and request.processing_status not in _FAILED


def _has_dates(request: ReportRequest, spec: ReportSpec) -> bool:
    """Whether the dates are the same, in the whole seconds of lists; snapshots have none."""
    pairs = ((request.start_date, spec.start), (request.end_date, spec.end))
    return all(
        wanted is None
        or (listed is not None and listed.replace(microsecond=0) == wanted.replace(microsecond=0))
        for listed, wanted in pairs
    )
