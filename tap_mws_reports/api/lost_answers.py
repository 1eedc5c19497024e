"""Find the report request whose answer was lost on the way, instead of making another one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ReportRequest, ReportSpec
from tap_mws_reports.errors import RequestRefused

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far Amazon's clock may be behind; what seems older is not taken for the lost request."""


def find_made(
    list_requests: Callable[..., Iterable[ReportRequest]],
    spec: ReportSpec,
    marketplace_ids: Sequence[str],
    since: datetime,
    known: Collection[str],
) -> ReportRequest | None:
    """Return the request that Amazon made although its answer did not arrive, or None.

    It is one of the same type, dates and, where they are listed, marketplaces, that was made since
    the first try, and whose id no answer has told. Options are not listed: that another program
    asks for the same type and dates within these seconds is not considered.

    Args:
        list_requests: as `ReportService.report_requests`.
        spec: what was asked for.
        marketplace_ids: for which marketplaces.
        since: when it was asked for first.
        known: the ids of the requests whose answers arrived.
    """
    earliest = (since - CLOCKS_DIFFER).replace(microsecond=0)
    try:
        listed = list(list_requests(report_types=[spec.report_type], requested_from=earliest))
    except RequestRefused:  # some types are not listed
        return None
    return next(
        (
            each
            for each in listed
            if each.report_request_id not in known
            and not each.scheduled
            and each.submitted_date >= earliest
            and each.may_be_for(marketplace_ids)
            and _has_dates(each, spec)
        ),
        None,
    )


def _has_dates(request: ReportRequest, spec: ReportSpec) -> bool:
    """Whether the dates are the same, in the whole seconds of lists; snapshots have none."""
    pairs = ((request.start_date, spec.start), (request.end_date, spec.end))
    return all(
        wanted is None
        or (listed is not None and listed.replace(microsecond=0) == wanted.replace(microsecond=0))
        for listed, wanted in pairs
    )
