"""Requests for reports that had been requested already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from simulation.fault_kinds import MachineKind
from simulation.truth import is_readable
from simulation.world import WRONG_BY, RunEnd, World
from tap_mws_reports import report_types
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import CANCELLED, RequestEntry
from tap_mws_reports.sandbox.faults import FaultKind

_CLOCKS_DIFFER = 2 * timedelta(seconds=WRONG_BY)
_SNAPSHOT_AGE = timedelta(minutes=30) - _CLOCKS_DIFFER
"""The age of a finished snapshot below which it is adopted, by any clock: that of one whose rows
are not written counts from its end, that of one whose rows are written from its request."""

_TWICE = 2
"""Downloads that are refused before a request of an earlier run is made again."""

_NEVER = datetime.min.replace(tzinfo=UTC)

_LOST = (
    FaultKind.LOST_ANSWER,
    FaultKind.HTML_ANSWER,
    FaultKind.EMPTY_ANSWER,
    FaultKind.MALFORMED_ANSWER,
)
"""The faults that leave a request whose id is unknown."""

_UNLISTED = (FaultKind.ROLE_MISSING, FaultKind.HTTP_400)
"""The faults that make a list fail."""

Dates = tuple[datetime, datetime]


def exception_of(
    world: World, account: SandboxAccount, earlier: RequestEntry, later: RequestEntry
) -> str:
    """Return why a report may have been requested again, empty if it may not.

    These are the exceptions of docs/retrieval.md: two taps at the same time, a lost answer
    while lists were refused or the clock was wrong, a state older than the request, of a type
    that a list does not distinguish, and a request of an earlier run whose document was refused
    twice.
    """
    struck, api = world.struck, world.scenario.api
    if struck[MachineKind.SECOND_TAP.value]:
        return "by another tap"
    lost = any(struck[kind.value] for kind in _LOST)
    if lost and any(struck[kind.value] for kind in _UNLISTED):
        return "unlisted"
    if lost and api == "mws" and struck[MachineKind.CLOCK_WRONG.value]:
        return "clock wrong"
    if _is_unidentifiable(world, later.spec.report_type) and not _is_known(
        world, account, earlier, later
    ):
        return "untold"
    run = _run_of(world, later)
    if earlier.submitted < run.began and _refused_downloads(run, api, account, earlier) >= _TWICE:
        return "document refused"
    return ""


def _refused_downloads(
    run: RunEnd, api: str, account: SandboxAccount, request: RequestEntry
) -> int:
    """Return how many downloads of a request's document Amazon refused in a run.

    Sellers of two regions of MWS have reports of the same id.
    """
    if request.report is None:
        return 0
    made = request.report
    names = [made.document_id] if api == "sp_api" else [made.report_id, account.seller_id]
    return sum(all(name in call for name in names) for call in run.refused)


def _is_unidentifiable(world: World, report_type: str) -> bool:
    """Whether a list does not show which report of a type was requested."""
    settings = (each for each in world.scenario.reports if each["type"] == report_type)
    if any(each.get("options") for each in settings):
        return True
    return world.scenario.api == "mws" and report_types.load(report_type).one_marketplace


def _is_known(
    world: World, account: SandboxAccount, earlier: RequestEntry, later: RequestEntry
) -> bool:
    """Whether the run that made a request knew the earlier one: by its state, or as its own.

    Requests of sellers in different regions may have the same id.
    """
    run = _run_of(world, later)
    streams = (run.state or {}).get("bookmarks", {}).values()
    of_seller = [_partitions(stream, account) for stream in streams]
    return earlier.submitted >= run.began or f"'{earlier.request_id}'" in repr(of_seller)


def repeated_requests(world: World) -> list[tuple[str, str]]:
    """Return the requests for reports that had been requested successfully before.

    Each comes with the exception that allows it, empty for none.
    """
    failed = _failed_by_state(world)
    found = []
    for account in world.amazon.accounts.values():
        requested = [each for each in account.requests.values() if each.requested]
        by_report: dict[tuple[str, Dates | None, tuple[str, ...]], list[RequestEntry]]
        by_report = defaultdict(list)
        for entry in requested:
            spec = entry.spec
            kind = report_types.load(spec.report_type).kind
            dates = None if kind == "snapshot" else (spec.start, spec.end)
            places = tuple(sorted(spec.marketplace_ids))
            by_report[spec.report_type, dates, places].append(entry)
        for (report_type, dates, _), entries in by_report.items():
            for earlier, later in pairwise(entries):
                is_due = dates is None and _is_snapshot_due(world, account, earlier, later)
                if earlier.request_id not in failed and not is_due and _was_good(earlier):
                    what = f"{report_type}, request {later.request_id} after {earlier.request_id}"
                    when = f"submitted {earlier.submitted} and {later.submitted}"
                    found.append((f"{what}, {when}", exception_of(world, account, earlier, later)))
    return found


def _failed_by_state(world: World) -> set[str]:
    """Return the requests that a STATE names as failed."""
    return {
        entry["report_request_id"]
        for state in world.target.states
        for stream in state.get("bookmarks", {}).values()
        for partition in stream.get("partitions", [])
        for entry in (*partition.get("failed_windows", []), *partition.get("given_up", []))
        if entry.get("report_request_id")
    }


def _was_good(earlier: RequestEntry) -> bool:
    """Whether a request served, or would serve."""
    if earlier.outcome == CANCELLED or earlier.failed:
        return False
    if earlier.ends is None:
        return False
    return earlier.report is None or is_readable(earlier)


def _is_snapshot_due(
    world: World, account: SandboxAccount, earlier: RequestEntry, later: RequestEntry
) -> bool:
    """Whether the snapshot of a request was old enough for the next one.

    A slow one whose rows are not written is as good as new when it ends. One whose rows are written
    shows the seller at its request; the time of its end no longer matters.
    """
    if earlier.ends is None:
        return False
    state = _run_of(world, later).state or {}
    is_written = _written(state, account, earlier) >= earlier.submitted - _CLOCKS_DIFFER
    return later.submitted - (earlier.submitted if is_written else earlier.ends) >= _SNAPSHOT_AGE


def _run_of(world: World, request: RequestEntry) -> RunEnd:
    """Return the run that made a request."""
    return next(each for each in reversed(world.ends) if each.began <= request.submitted)


def _written(state: Mapping[str, Any], account: SandboxAccount, request: RequestEntry) -> datetime:
    """Return when the last snapshot was requested whose rows a state says are written."""
    stream = report_types.load(request.spec.report_type).stream
    places = ",".join(sorted(request.spec.marketplace_ids))
    written = [
        each["replication_key_value"]
        for each in _partitions(state.get("bookmarks", {}).get(stream, {}), account)
        if ",".join(sorted(each["context"]["marketplace_ids"].split(","))) == places
        and "replication_key_value" in each
    ]
    return max(map(datetime.fromisoformat, written), default=_NEVER)


def _partitions(stream: Mapping[str, Any], account: SandboxAccount) -> list[Mapping[str, Any]]:
    """Return the bookmarks of a seller in those of a stream."""
    return [
        partition
        for partition in stream.get("partitions", [])
        if partition["context"]["seller_id"] == account.seller_id
    ]
