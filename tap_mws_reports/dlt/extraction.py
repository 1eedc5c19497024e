"""Read what the tap would sync, in chunks that end between two documents.

The tap itself retrieves, reads and keeps the bookmarks. Its records become parquet files in place
of messages, and its state is taken when a chunk ends: it then covers the rows in these files and
earlier ones.
"""

from __future__ import annotations

import copy
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from singer_sdk.singerlib import Message, StateMessage
from singer_sdk.singerlib.encoding.base import GenericSingerWriter

from tap_mws_reports.dlt.interruption import Interruption, kept_handlers
from tap_mws_reports.dlt.open_requests import OpenRequestsFile
from tap_mws_reports.dlt.parquet_files import ParquetPart, StreamFiles
from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.documents.arrow_parser import ARROW
from tap_mws_reports.errors import SettingsError, TapError
from tap_mws_reports.streams.arrow import fitting_digits
from tap_mws_reports.streams.report_rows import ReportRows
from tap_mws_reports.streams.sdk import CheckpointedStream
from tap_mws_reports.tap import TapMwsReports

logger = logging.getLogger(__name__)

_TRANSFORM = "leave it out and transform in the warehouse, or use `tap-mws-reports`"
_UNSUPPORTED = {
    **dict.fromkeys(
        ("stream_maps", "stream_map_config", "faker_config", "flattening_enabled"), _TRANSFORM
    ),
    "batch_config": "leave it out; rows are loaded from parquet files without it",
}
"""Settings of the Singer SDK about messages, of which there are none here; and what to do."""


class Extraction:
    """One run of a tap, read chunk by chunk.

    Args:
        config: the tap's settings.
        catalog: which streams and columns are selected; None for all.

    Raises:
        SettingsError: a setting is wrong, or changes records in a way that needs the Singer path.
    """

    def __init__(self, config: Mapping[str, Any], catalog: Mapping[str, Any] | None = None) -> None:
        if given := [name for name in _UNSUPPORTED if config.get(name)]:
            raise SettingsError(
                f"`{given[0]}` is not applied when rows are loaded in bulk",
                where=f"setting `{given[0]}`",
                hint=_UNSUPPORTED[given[0]],
            )
        self._keep_state: Callable[[Mapping[str, Any]], None] = lambda _: None
        with kept_handlers():
            self.tap = TapMwsReports(
                config=dict(config),
                catalog=None if catalog is None else dict(catalog),
                message_writer=_StateListener(self._listen),
            )
        self.streams: dict[str, CheckpointedStream] = {
            stream.name: stream
            for stream in self.tap.streams.values()
            if isinstance(stream, CheckpointedStream) and stream.selected
        }
        self._steps: Iterator[bool] | None = None
        self._requests: OpenRequestsFile | None = None
        self.interruption = Interruption()
        """The interruption of the reading; see `loading`."""
        self._new_files: Callable[[str], StreamFiles]
        self._files: dict[str, StreamFiles] = {}
        self.rows: Counter[str] = Counter()
        """Rows read of each stream."""
        self.new_columns: dict[str, list[str]] = {}
        """Columns that a stream's table lacked when they were read."""
        self.ended = False
        """Whether there is nothing more to read."""
        self.stopped_by: BaseException | None = None
        """The error or interruption that ended the reading early."""

    @property
    def began(self) -> bool:
        """Whether a chunk has been read."""
        return self._steps is not None

    def begin(
        self, bookmarks: Mapping[str, Any], requests: OpenRequestsFile, selected: Collection[str]
    ) -> None:
        """Adopt the state of earlier runs.

        Args:
            bookmarks: the state, as `bookmarks` returned it.
            requests: report requests that are newer than that state.
            selected: the streams to read.

        Raises:
            StateError: the state cannot be used with these settings.
        """
        for name, stream in self.tap.streams.items():
            if name not in selected:
                stream.selected = False
        if bookmarks:
            self.tap.load_state({"bookmarks": copy.deepcopy(dict(bookmarks))})
        if restored := requests.restore(self.tap.partition_requests()):
            logger.info("%d report requests of an interrupted run were adopted", restored)
        self._requests = requests
        self._keep_state = requests.save
        self._steps = self._read([self.streams[name] for name in self.streams if name in selected])

    def read_chunk(
        self,
        directory: Path,
        known_columns: Callable[[str], Sequence[str]],
        is_full: Callable[[int], bool],
    ) -> Mapping[str, list[ParquetPart]]:
        """Read documents until the chunk is full or nothing is left; return the files by stream.

        Args:
            directory: where to put the files; its content is removed first.
            known_columns: gives the columns of a stream's table, in its order.
            is_full: receives the number of rows after each document, and if there are rows also
                while the run waits for one; says whether they are enough.
        """
        shutil.rmtree(directory, ignore_errors=True)
        self._files = {}
        known = {name: list(known_columns(name)) for name in self.streams}

        def files_of(name: str) -> StreamFiles:
            stream, folder = self.streams[name], directory / name
            folder.mkdir(parents=True)
            return StreamFiles(folder, _keys(stream), lambda: stream.written_schemas, known[name])

        self._new_files = files_of
        self._advance(is_full)
        parts = {name: files.finish() for name, files in self._files.items()}
        for name, files in parts.items():
            self._count(name, files, known[name])
        return parts

    def _count(self, name: str, parts: Sequence[ParquetPart], known: Sequence[str]) -> None:
        self.rows[name] += sum(part.rows for part in parts)
        if known:
            met = self.new_columns.setdefault(name, [])
            names = (column for part in parts for column in part.schema.names)
            met += [column for column in dict.fromkeys(names) if column not in {*known, *met}]

    @property
    def bookmarks(self) -> dict[str, Any]:
        """The state after the last chunk."""
        return copy.deepcopy(dict(self.tap.state.get("bookmarks", {})))

    def settle(self) -> None:
        """Record that everything read is loaded: its report requests are no longer needed."""
        if self._requests is not None:
            self._requests.settle()

    def _listen(self, state: Mapping[str, Any]) -> None:
        self._keep_state(state)

    def close(self) -> None:
        """Remove the files of the run, and log what is no longer retried."""
        self.tap.run.close()
        self.tap.run.log_left()
        for stream in self.streams.values():
            if self.ended and isinstance(stream, ReportRows) and stream.selected:
                stream.warn_of_given_up()

    def _advance(self, is_full: Callable[[int], bool]) -> None:
        assert self._steps is not None  # noqa: S101 - `begin` comes first
        try:
            with self.interruption.while_reading():
                for has_read in self._steps:
                    rows = sum(files.rows for files in self._files.values())
                    if (has_read or rows) and is_full(rows):
                        self.tap.run.settle(stop=False)
                        return
        except (TapError, KeyboardInterrupt) as error:
            # All documents read so far are complete, and the state covers exactly these.
            self.stopped_by = error
            self.tap.run.settle()
        self.ended = True

    def _read(self, streams: Sequence[CheckpointedStream]) -> Iterator[bool]:
        """Read the streams; yield whenever the state covers all rows read.

        Documents of all streams come as they are ready, then the lists of the lifecycle streams.
        Yields True after each, and False while the run waits for a document.
        """
        rows = {stream.name: stream for stream in streams if isinstance(stream, ReportRows)}
        for job in self.tap.run.steps(*rows):
            if job is not None:
                stream = rows[job.stream]
                stream.deliver_rows(job, self._taker(stream), fitting_digits, ARROW)
            yield job is not None
        for stream in rows.values():
            stream.expire_failures()
        for lifecycle in streams:
            if lifecycle.name not in rows:
                self._taker(lifecycle)(iter(_blocks(lifecycle)))
                yield True

    def _taker(self, stream: CheckpointedStream) -> Callable[[Iterator[RecordBatch]], None]:
        def take(blocks: Iterator[RecordBatch]) -> None:
            if stream.name not in self._files:
                self._files[stream.name] = self._new_files(stream.name)
            self._files[stream.name].add(blocks)

        return take


class _StateListener(GenericSingerWriter[str, Message]):
    """Takes the tap's messages; only the state is used."""

    def __init__(self, listen: Callable[[Mapping[str, Any]], None]) -> None:
        super().__init__()
        self._listen = listen

    def serialize_message(self, message: Message) -> str:
        return str(message)

    def write_message(self, message: Message) -> None:
        if isinstance(message, StateMessage):
            self._listen(message.value)


def _keys(stream: CheckpointedStream) -> Sequence[str]:
    return tuple(stream.primary_keys or ())


def _blocks(stream: CheckpointedStream) -> Sequence[RecordBatch]:
    """Return the records of a lifecycle stream as one block, if there are any."""
    names = tuple(stream.written_schemas)
    records: list[Any] = list(stream.get_records(None))
    columns = tuple([record[name] for record in records] for name in names)
    return [RecordBatch(names, columns)] if records else []
