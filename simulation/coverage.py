"""Whether the documents that were read completely cover all requested data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from simulation.scenario import JSON, NOW
from simulation.truth import (
    LIFECYCLE,
    Delivered,
    Origin,
    is_readable,
    origin_of,
    report_id,
    sheet_of,
)
from simulation.world import World
from tap_mws_reports import report_types
from tap_mws_reports.report_types.report_type import ReportType
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import DONE_NO_DATA, RequestEntry

_DAY = timedelta(days=1)
_COMPLETE_AFTER = 2 * _DAY
"""When a day of sales and traffic can be requested, in every time zone."""

Places = tuple[str, ...]


class Coverage:
    """The part of a world's documents that is in its target.

    Args:
        world: what was simulated.
        delivered: the documents of its accounts.
    """

    def __init__(self, world: World, delivered: Mapping[Origin, Delivered]) -> None:
        self._world = world
        self._delivered = delivered
        self._read: dict[tuple[str, Origin], set[int]] = defaultdict(set)
        for stream, history in world.target.history.items():
            if stream not in LIFECYCLE:
                for _, record in history:
                    self._read[stream, origin_of(record)].add(record["_row_number"])

    def missing(self) -> Iterator[str]:
        """Yield what is missing, in words."""
        for account in self._world.amazon.accounts.values():
            for setting in self._world.scenario.reports:
                known = report_types.load(setting["type"])
                for stream in _streams(known):
                    yield from self._missing_of(account, known, stream)

    def _missing_of(self, account: SandboxAccount, known: ReportType, stream: str) -> Iterator[str]:
        of_type = [e for e in account.requests.values() if e.spec.report_type == known.name]
        if known.kind == "generated":
            for entry in of_type:
                if self._is_due(entry) and not self._is_whole(account, entry, stream):
                    yield f"{stream}: settlement {entry.request_id} is missing"
            return
        whole = [each for each in of_type if self._is_whole(account, each, stream)]
        for places in self._places(account, one=known.one_marketplace):
            entries = [each for each in whole if _places_of(each) == places]
            where = f"{stream}: {account.seller_id}, {', '.join(places)}"
            if known.kind == "snapshot" and not entries:
                yield f"{where}: no snapshot was read whole"
            elif known.kind == "range" and (gap := self._gap(known, entries)):
                yield f"{where}: nothing of {gap}"

    def _places(self, account: SandboxAccount, *, one: bool) -> list[Places]:
        sellers = self._world.scenario.config["sellers"]
        mine = next(
            each["marketplace_ids"] for each in sellers if each["seller_id"] == account.seller_id
        )
        return [(each,) for each in mine] if one else [tuple(sorted(mine))]

    def _is_whole(self, account: SandboxAccount, entry: RequestEntry, stream: str) -> bool:
        """Whether all rows of a request are in the target, or there are none."""
        if entry.outcome == DONE_NO_DATA:
            return True
        if entry.report is None:
            return False
        origin = account.seller_id, report_id(self._world, entry)
        sheet = sheet_of(self._delivered[origin], stream)
        numbers = self._read[stream, origin]
        return sheet is not None and numbers >= set(range(1, len(sheet.rows) + 1))

    def _is_due(self, entry: RequestEntry) -> bool:
        """Whether a settlement had to be read: it was there, within the dates, and is readable."""
        start, end = self._world.scenario.start, self._world.scenario.end
        is_within = entry.report is not None and start <= entry.report.available < end
        return is_within and is_readable(entry)

    def _gap(self, known: ReportType, entries: list[RequestEntry]) -> str:
        """Return the first part of the dates that no request covers, or an empty text."""
        reached, end = self._world.scenario.start, self._world.scenario.end
        for entry in sorted(entries, key=lambda each: each.spec.start):
            if entry.spec.start <= reached:
                reached = max(reached, _end_of(entry))
        if known.name == JSON:
            end = min(end, (NOW - _COMPLETE_AFTER).replace(hour=0, minute=0, second=0))
        return "" if reached >= end else f"{reached:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"


def _streams(known: ReportType) -> list[str]:
    if known.name == JSON:
        return [f"{known.stream}_by_date", f"{known.stream}_by_asin"]
    return [known.stream]


def _places_of(entry: RequestEntry) -> Places:
    return tuple(sorted(entry.spec.marketplace_ids))


def _end_of(entry: RequestEntry) -> datetime:
    """Return the end of what a report shows; of sales and traffic both days count."""
    end = entry.spec.end
    if entry.spec.report_type == JSON:
        return end.replace(hour=0, minute=0, second=0) + _DAY
    return end
