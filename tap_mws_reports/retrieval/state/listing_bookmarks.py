"""The bookmark of a lifecycle stream: how far it has read, and entries that may still change.

In the state it is one dict per seller

    context                seller_id
    replication_key_value  the newest date read
    seen_at_bookmark       the keys read at that second
    unfinished             [[key, date], ...] of entries that may still change

Amazon's dates have whole seconds and its filters include their bounds, so the second of the
bookmark is always listed again; the keys identify the entries already read. Either service may
have written the state, so the keys of an entry are its ids in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tap_mws_reports.api.timestamps import format_timestamp, parse_timestamp
from tap_mws_reports.retrieval.state.partitions import Partitions

LIFECYCLE_STREAMS = ("report_requests", "reports", "report_schedules")
"""The streams of Amazon's lists, which every run has beside those of its report types."""

_BEFORE = ("replication_key", "replication_key_value", "seen_at_bookmark", "unfinished")


def migrate_listing_state(state: dict[str, Any], owner: str | None) -> bool:
    """Migrate the bookmark of a stream without sellers to the current format, in place.

    Args:
        state: the bookmark of the stream.
        owner: the seller of the state; None if unknown.

    Returns:
        Whether the bookmark was kept. Without a known seller it is dropped, and all is read again.
    """
    before = {name: state.pop(name) for name in _BEFORE if name in state}
    if before and owner is not None:
        Partitions(state).of({"seller_id": owner}).update(before)
    return not before or owner is not None


def merge_listing_partitions(partitions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one bookmark for a seller's list that several runs have read.

    It is the oldest, with what any of them had unfinished: entries that only one of them has read
    are read again, and none is missed. Without a date nothing has been read.
    """
    oldest = min(partitions, key=lambda each: each.get("replication_key_value", ""))
    unfinished = {
        key: date for each in partitions for key, date in reversed(each.get("unfinished", []))
    }
    if "replication_key_value" not in oldest:
        return {"context": oldest["context"]}
    value = parse_timestamp(oldest["replication_key_value"])
    kept = [[key, date] for key, date in unfinished.items() if parse_timestamp(date) <= value]
    return {**oldest, "unfinished": sorted(kept)}


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One entry of a list."""

    key: str
    date: datetime
    final: bool = True
    """Whether the entry will not change any more."""
    alias: str | None = None
    """The key of the entry in the other service, if it differs and is known."""

    @property
    def keys(self) -> set[str]:
        """All keys by which it is listed."""
        return {self.key, self.alias or self.key}


class ListingBookmark:
    """Reads and writes the state of one stream and seller, in place."""

    def __init__(self, state: dict[str, Any], replication_key: str) -> None:
        self._state = state
        self._replication_key = replication_key

    @property
    def since(self) -> datetime | None:
        """The earliest date to list, or None in the first run."""
        dates = [date for _, date in self._state.get("unfinished", [])]
        if value := self._state.get("replication_key_value"):
            dates.append(value)
        return min((parse_timestamp(date) for date in dates), default=None)

    def is_new(self, entry: ListedItem) -> bool:
        """Whether the entry has not been read yet, or was unfinished when it was read."""
        if entry.key in {key for key, _ in self._state.get("unfinished", [])}:
            return True
        newest = self._newest()
        if newest is None or entry.date > newest:
            return True
        seen = self._state.get("seen_at_bookmark", [])
        return entry.date == newest and entry.keys.isdisjoint(seen)

    def move(self, entries: Iterable[ListedItem]) -> None:
        """Mark all of ``entries``, the whole list since `since`, as read."""
        entries = list(entries)
        change: dict[str, Any] = {
            "unfinished": [
                [each.key, format_timestamp(each.date)] for each in entries if not each.final
            ]
        }
        newest = max((each.date for each in entries), default=None)
        previous = self._newest()
        if newest is not None and (previous is None or newest >= previous):
            keys = {key for each in entries if each.date == newest for key in each.keys}
            if newest == previous:
                keys.update(self._state.get("seen_at_bookmark", []))
            change["replication_key"] = self._replication_key
            change["replication_key_value"] = format_timestamp(newest)
            change["seen_at_bookmark"] = sorted(keys)
        # One update: an interruption leaves the state either unchanged or complete.
        self._state.update(change)

    def _newest(self) -> datetime | None:
        value = self._state.get("replication_key_value")
        return parse_timestamp(value) if value else None
