"""A file with the accepted report requests, for the run after one that is killed before its load.

dlt stores the state with the rows of a load package. Most requests of a killed run are found again
in Amazon's list; that list shows neither marketplaces nor options, so those that differ only in
these are known from this file alone. Without it they would be made once more; no row depends on it.
"""

from __future__ import annotations

import copy
import json
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.state.bookmark_entries import OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.partitions import context_of

logger = logging.getLogger(__name__)

Entries = list[dict[str, Any]]
"""One per partition: its stream, its context and its requests, as the bookmarks have them."""

_WHOLE = (None, None)
"""In place of a window, the request of a snapshot."""


class OpenRequestsFile:
    """Keeps the report requests whose rows are not loaded yet. The file is replaced as a whole.

    A request stays in the file after its document was read, until `settle` says that the load
    package is stored: a run that is killed before has to find it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: Entries = []
        self._kept: Entries = []
        self._written: Entries | None = None

    def save(self, state: Mapping[str, Any]) -> None:
        """Add the open requests of a tap's state. The newest request of a window replaces others.

        Raises:
            OSError: the file cannot be written.
        """
        self._state = _open_requests(state)
        self._kept = _merged(self._kept, self._state)
        self._write()

    def settle(self) -> None:
        """Remove the requests that are not open any more; the rows of their reports are loaded.

        Raises:
            OSError: the file cannot be written.
        """
        self._kept = self._state
        self._write()

    def restore(self, partition_requests: Iterable[PartitionRequest]) -> int:
        """Put requests that the bookmarks do not know into them; return how many there were."""
        saved = self._read()
        restored = 0
        for partition_request in partition_requests:
            stream = partition_request.stream
            context = context_of(
                partition_request.seller_id,
                partition_request.marketplace_ids,
                partition_request.group,
            )
            for entry in saved:
                if entry["stream"] == stream and entry["context"] == context:
                    requests = _unknown(partition_request.bookmark, entry["open_requests"])
                    for request in requests:
                        partition_request.bookmark.record_request(request)
                    restored += len(requests)
                    left = [request.entry for request in requests]
                    self._kept.append({"stream": stream, "context": context, "open_requests": left})
        return restored

    def _read(self) -> Entries:
        try:
            entries: Entries = json.loads(self._path.read_text("utf-8"))
            for entry in entries:
                list(map(OpenRequest.of, entry["open_requests"]))
                entry["stream"], entry["context"]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError, KeyError) as error:
            # The tap only replaces the whole file, so another program wrote it.
            logger.warning("%s cannot be read (%s); Amazon's list is used alone", self._path, error)
            return []
        return entries

    def _write(self) -> None:
        if self._kept == self._written:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(self._kept, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        self._written = self._kept


def _open_requests(state: Mapping[str, Any]) -> Entries:
    return [
        {"stream": stream, "context": partition["context"], "open_requests": requests}
        for stream, bookmark in state.get("bookmarks", {}).items()
        for partition in bookmark.get("partitions", [])
        if (requests := list(partition.get("open_requests", ())))
    ]


def _merged(older: Entries, newer: Entries) -> Entries:
    """Return the requests of both, of each window the newer one."""
    merged = copy.deepcopy(older)
    for entry in newer:
        place = {name: entry[name] for name in ("stream", "context")}
        found = next((each for each in merged if place.items() <= each.items()), None)
        if found is None:
            found = {**place, "open_requests": []}
            merged.append(found)
        requests = {_window(each): each for each in found["open_requests"]}
        requests.update({_window(each): each for each in entry["open_requests"]})
        found["open_requests"] = list(requests.values())
    return merged


def _window(request: Mapping[str, str]) -> tuple[str | None, str | None]:
    return (request["start"], request["end"]) if "start" in request else _WHOLE


def _unknown(bookmark: Bookmark, entries: Iterable[Mapping[str, Any]]) -> list[OpenRequest]:
    """Return the requests that a bookmark does not know, or whose end it does not know."""
    known = {each.report_request_id for each in bookmark.open_requests}
    known |= {each.report_request_id for each in bookmark.failed_windows if each.report_request_id}
    known |= {each.report_request_id for each in bookmark.given_up if each.report_request_id}
    return [
        request
        for request in map(OpenRequest.of, entries)
        if request.report_request_id not in known and not _is_done(bookmark, request)
    ]


def _is_done(bookmark: Bookmark, request: OpenRequest) -> bool:
    if request.interval is None:
        taken = bookmark.snapshot_taken
        return taken is not None and request.submitted <= taken
    interval = request.interval
    return any(done.start <= interval.start and interval.end <= done.end for done in bookmark.done)
