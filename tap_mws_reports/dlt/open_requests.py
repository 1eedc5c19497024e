"""The report requests that Amazon has taken, in a file, for a run that is killed before its load.

dlt stores the state with the rows of a load package. Most requests of a killed run are found again
in Amazon's list; that list shows neither marketplaces nor options, so those that differ only in
these are known from this file alone. Without it they would be made once more; no row depends on it.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark, OpenRequest
from tap_mws_reports.retrieval.state.partitions import context_of

logger = logging.getLogger(__name__)

Entries = list[dict[str, Any]]


class OpenRequestsFile:
    """Keeps the open report requests of all streams. The file is replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: Entries | None = None

    def save(self, state: Mapping[str, Any]) -> None:
        """Write the open requests of a tap's state, if they are others than before."""
        entries = _open_requests(state)
        if entries == self._written:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(entries, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        self._written = entries

    def restore(self, partition_requests: Iterable[PartitionRequest]) -> int:
        """Put requests that the bookmarks do not know into them; return how many there were."""
        saved = self._read()
        restored = 0
        for partition_request in partition_requests:
            context = context_of(
                partition_request.seller_id,
                partition_request.marketplace_ids,
                partition_request.group,
            )
            for entry in saved:
                if entry["stream"] == partition_request.stream and entry["context"] == context:
                    restored += _restore(
                        partition_request.bookmark, map(OpenRequest.of, entry["open"])
                    )
        return restored

    def _read(self) -> Entries:
        try:
            entries: Entries = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return []
        except ValueError as error:
            # It is only ever replaced whole, so somebody else wrote it.
            logger.warning("%s cannot be read (%s); Amazon's list is used alone", self._path, error)
            return []
        return entries


def _open_requests(state: Mapping[str, Any]) -> Entries:
    return [
        {"stream": stream, "context": partition["context"], "open": partition["open_requests"]}
        for stream, bookmark in state.get("bookmarks", {}).items()
        for partition in bookmark.get("partitions", [])
        if partition.get("open_requests")
    ]


def _restore(bookmark: Bookmark, requests: Iterable[OpenRequest]) -> int:
    known = {request.report_request_id for request in bookmark.open_requests}
    unknown = [
        request
        for request in requests
        if request.report_request_id not in known and not _is_done(bookmark, request)
    ]
    for request in unknown:
        bookmark.note_request(request)
    return len(unknown)


def _is_done(bookmark: Bookmark, request: OpenRequest) -> bool:
    if request.interval is None:
        taken = bookmark.snapshot_taken
        return taken is not None and request.submitted <= taken
    interval = request.interval
    return any(done.start <= interval.start and interval.end <= done.end for done in bookmark.done)
