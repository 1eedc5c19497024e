"""Making the work list: from settings, report types and state to pieces of work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.windows import WindowRule, goal, new_windows, snapshot_due
from tap_mws_reports.retrieval.work import Work


@dataclass(frozen=True, slots=True)
class Demand:
    """What one row stream wants: which report type, since when, by which rules.

    ``kind`` is ``range``, ``snapshot`` or ``generated``. ``newest_only`` is for a trial run that
    wants a few rows and not every report. ``one_marketplace`` is a type whose reports cover only
    one marketplace: which one, a list of requests does not tell. ``asked_otherwise`` says that
    earlier runs asked for the type for other marketplaces.
    """

    stream: str
    seller_id: str
    report_type: str
    kind: str
    rule: WindowRule
    start: datetime
    end: datetime | None
    marketplace_ids: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    bookmark: Bookmark
    newest_only: bool = False
    one_marketplace: bool = False
    asked_otherwise: bool = False


def by_seller(demands: Iterable[Demand]) -> dict[str, list[Demand]]:
    """Return the demands of each seller: no seller's reports serve another."""
    found: dict[str, list[Demand]] = {}
    for demand in demands:
        found.setdefault(demand.seller_id, []).append(demand)
    return found


def wanted(
    demands: Sequence[Demand], now: datetime, *, marketplaces_told: bool = False
) -> list[Work]:
    """Return all that has to be requested, or was requested by an earlier run. Asks nobody.

    Args:
        demands: those of one seller.
        now: the present moment.
        marketplaces_told: whether a list of requests tells for which marketplaces they were made.
    """
    recognisable = _recognisable(demands, marketplaces_told=marketplaces_told)
    works = [
        work
        for demand in demands
        for work in _wanted(
            demand, now, recognisable=not demand.options and _way(demand) in recognisable
        )
    ]
    _share_open(works, now)
    return works


def work_on(demand: Demand, span: Span | None, now: datetime, *, recognisable: bool = True) -> Work:
    """Return a piece of work for a window of a demand.

    Args:
        demand: what is wanted.
        span: the window, or None for a snapshot or a generated document.
        now: the present moment.
        recognisable: whether its requests can be told from others in Amazon's list.
    """
    rule = demand.rule
    start, end = rule.asked(span) if span else (None, None)
    if span is None and rule.reach is not None:
        start = now - rule.reach
    spec = ReportSpec(
        report_type=demand.report_type,
        start=start,
        end=end,
        marketplace_ids=demand.marketplace_ids,
        options=demand.options,
    )
    return Work(
        demand.stream,
        spec,
        demand.bookmark,
        rule,
        span,
        recognisable=recognisable,
        seller_id=demand.seller_id,
    )


def _wanted(demand: Demand, now: datetime, *, recognisable: bool) -> Iterator[Work]:
    if demand.kind == "generated":
        return
    opened = list(_opened(demand, now, recognisable=recognisable))
    yield from opened
    if demand.kind == "snapshot":
        due = snapshot_due(demand.bookmark, demand.rule, demand.end, now)
        if due and not opened:
            yield work_on(demand, None, now, recognisable=recognisable)
        return
    under_way = {work.span for work in opened}
    failed = [hole for hole in demand.bookmark.holes if not hole.submitted]
    again = [hole.span for hole in failed if hole.span and hole.span not in under_way]
    whole = goal(demand.start, demand.end, demand.rule, now)
    spans = sorted([*again, *new_windows(whole, demand.rule, demand.bookmark)])
    for span in spans[-1:] if demand.newest_only else spans:
        yield work_on(demand, span, now, recognisable=recognisable)


def _way(demand: Demand) -> tuple[str, tuple[str, ...]]:
    return demand.report_type, demand.marketplace_ids


def _share_open(works: Sequence[Work], now: datetime) -> None:
    """Let streams that want the very same report have the request that one of them remembers."""
    for work in works:
        if work.report_request_id and work.submitted:
            for twin in work.twins(works):
                twin.opened(work.report_request_id, work.submitted, now, adopted=True)


def _recognisable(
    demands: Iterable[Demand], *, marketplaces_told: bool
) -> set[tuple[str, tuple[str, ...]]]:
    """Return the types and marketplaces whose requests can be told from others in a list.

    No list tells options, and one of MWS no marketplaces either.
    """
    ways: dict[object, set[tuple[object, object]]] = {}
    unclear = set()
    for demand in demands:
        listed_as = (demand.report_type, frozenset(demand.marketplace_ids))
        key = listed_as if marketplaces_told else demand.report_type
        ways.setdefault(key, set()).add((demand.marketplace_ids, demand.options))
        if not marketplaces_told and (demand.one_marketplace or demand.asked_otherwise):
            unclear.add(key)
    clear = {key for key, each in ways.items() if len(each) == 1} - unclear
    return {
        _way(demand)
        for demand in demands
        if demand.report_type in clear
        or (demand.report_type, frozenset(demand.marketplace_ids)) in clear
    }


def _opened(demand: Demand, now: datetime, *, recognisable: bool) -> Iterator[Work]:
    """Yield what earlier runs requested, also what they gave up waiting for."""
    overdue = demand.bookmark.overdue_requests
    for request in [*demand.bookmark.open_requests, *overdue]:
        work = work_on(demand, request.span, now, recognisable=recognisable)
        work.resumed(request, now, overdue=request in overdue)
        yield work
