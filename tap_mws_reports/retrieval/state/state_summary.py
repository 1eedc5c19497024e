"""A summary of a state for people: how far each seller and stream is, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.listing_bookmarks import LIFECYCLE_STREAMS


@dataclass(frozen=True, slots=True)
class PartitionState:
    """What the state says of a partition: a seller, a stream and a set of marketplaces."""

    seller_id: str
    stream: str
    marketplace_ids: str
    """Separated by commas; empty for lists of Amazon."""
    done_until: str | None
    """The end of the oldest contiguous windows; for snapshots and lists, the last one's date."""
    open_requests: tuple[dict[str, str], ...] = ()
    failed_windows: tuple[dict[str, str], ...] = ()
    given_up: tuple[dict[str, str], ...] = ()
    group: str | None = None
    """The part of an option whose values do not fit in one request."""

    def as_json(self) -> dict[str, Any]:
        """Return the fields that have a value, as JSON has them."""
        lists = {"open_requests", "failed_windows", "given_up"}
        return {
            name: list(value) if name in lists else value
            for name, value in asdict(self).items()
            if value is not None or name == "done_until"
        }


def summarise(bookmarks: Mapping[str, Mapping[str, Any]]) -> list[PartitionState]:
    """Return what validated bookmarks say, by seller, then stream."""
    found = [each for stream, state in bookmarks.items() for each in _partitions(stream, state)]
    return sorted(found, key=lambda each: (each.seller_id, each.stream, each.marketplace_ids))


def _partitions(stream: str, state: Mapping[str, Any]) -> Iterator[PartitionState]:
    for partition in state.get("partitions", []):
        context = partition["context"]
        if stream in LIFECYCLE_STREAMS:
            yield PartitionState(
                context["seller_id"], stream, "", partition.get("replication_key_value")
            )
            continue
        bookmark = Bookmark(partition)
        yield PartitionState(
            context["seller_id"],
            stream,
            context["marketplace_ids"],
            partition.get("replication_key_value"),
            tuple(each.entry for each in bookmark.open_requests),
            tuple(each.entry for each in bookmark.failed_windows),
            tuple(each.entry for each in bookmark.given_up),
            context.get("group"),
        )
