"""All private hooks of the Singer SDK that the streams use.

Check this module after an SDK upgrade; `tests/streams/test_sdk.py` detects changes.
"""

from __future__ import annotations

import logging
import sys
from abc import abstractmethod
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum
from functools import cached_property, partial
from typing import Any, cast

import msgspec
from singer_sdk import Stream, Tap
from singer_sdk.contrib.msgspec import encoder
from singer_sdk.exceptions import MappingError
from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig, SDKBatchMessage
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.helpers._state import StateWriter
from singer_sdk.helpers._util import utc_now
from singer_sdk.helpers.types import Context, Record, TapState
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.metrics import Metric, Point
from singer_sdk.singerlib import Catalog, Metadata, RecordMessage, SelectionMask, StateMessage

from tap_mws_reports.documents import Engine, Exact, RecordBatch, Table
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.retrieval.state.partitions import PartitionState
from tap_mws_reports.streams.column_filter import ColumnFilter, FilteredMask
from tap_mws_reports.streams.message_writer import LineWriter
from tap_mws_reports.streams.record_encoder import json_number
from tap_mws_reports.streams.record_engine import (
    BatchEncoder,
    always_python,
    encoder_class,
    record_engine,
)


class DocumentMetric(Enum):
    """Counters of the tap besides the metrics of the SDK."""

    READ = "document_count"


def encode_state(state: TapState) -> bytes:
    """Return the JSON of a state; partitions that have not changed are not encoded again."""
    bookmarks = {
        name: {
            key: [_encoded(each) for each in value] if key == "partitions" else value
            for key, value in bookmark.items()
        }
        for name, bookmark in state.get("bookmarks", {}).items()
    }
    return encoder.encode({**state, "bookmarks": bookmarks} if bookmarks else state)


def _encoded(partition: object) -> object:
    if not isinstance(partition, PartitionState):
        return partition
    if partition.encoded is None:
        partition.encoded = encoder.encode(dict(partition))
    return msgspec.Raw(partition.encoded)


class LiveStateWriter(StateWriter):
    """Encodes the changed parts of the state, and writes a STATE message if there are any.

    The SDK's own writer copies the whole state twice for each message (`dataclasses.asdict`, and
    `copy.deepcopy` to notice a change), which takes thirty times as long as to encode it.
    """

    _written: bytes | None = None

    def write_state(self, state: TapState) -> None:
        """Write a STATE message unless the last one was the same."""
        encoded = encode_state(state)
        if encoded == self._written:
            return
        writer = self._message_writer
        if isinstance(writer, LineWriter):
            writer.write_state(encoded)
        else:
            writer.write_message(StateMessage(value=state))
        self._written = encoded


class CheckpointedTap(Tap):
    """A tap whose STATE messages are written without copies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the SDK has it
        super().__init__(*args, **kwargs)
        self._state_writer = LiveStateWriter(self.message_writer)

    def setup_mapper(self) -> None:
        """Register the schemas of all streams.

        Without a catalog of the user the SDK would make one, and the same schemas of that again.
        """
        with _stream_map_errors():
            if self.input_catalog is not None:
                super().setup_mapper()
                return
            super(Tap, self).setup_mapper()
            for stream in self.streams.values():
                selected = get_selected_schema(stream.name, stream.schema, stream.mask)
                keys = stream.primary_keys or []
                self.mapper.register_raw_stream_schema(stream.name, selected, keys)

    @abstractmethod
    def sync_together(self, syncs: Mapping[str, Callable[[], None]]) -> None:
        """Call the syncs of streams, by their names, so that none waits for the others' records."""

    def sync_streams(self) -> None:
        """Sync all selected streams, as `sync_all`, which goes from one stream to the next.

        Those whose records come from documents are synced together, and before the others: what
        is ready is written first. All of their SCHEMA messages come before the first record.
        """
        self._reset_state_progress_markers()
        self._set_compatible_replication_methods()
        if self.state:
            self.state_writer.write_state(self.state)
        selected = [stream for stream in self.streams.values() if self._is_synced(stream)]
        together = [stream for stream in selected if isinstance(stream, BlockStream)]
        with _stream_map_errors():
            self.sync_together({stream.name: partial(_sync, stream) for stream in together})
            for stream in selected:
                if stream not in together:
                    _sync(stream)
        for stream in self.streams.values():
            stream.log_sync_costs()

    def _is_synced(self, stream: Stream) -> bool:
        if not stream.selected:
            self.logger.info("Skipping deselected stream '%s'.", stream.name)
        return stream.selected


@contextmanager
def _stream_map_errors() -> Iterator[None]:
    """Raise the SDK's error about a stream map, of its form or of a row's value, as a setting's."""
    try:
        yield
    except MappingError as error:
        reason = f": {error.__cause__}" if error.__cause__ else ""
        raise SettingsError(
            f"{str(error).rstrip('.')}{reason}",
            where="setting `stream_maps`",
            hint="correct the expression: https://sdk.meltano.com/en/latest/stream_maps.html",
        ) from error


def _sync(stream: Stream) -> None:
    stream.sync()
    stream.finalize_state_progress_markers()


class CheckpointedStream(Stream):
    """A stream that moves its state itself instead of with every record.

    Columns that the setting `exclude_columns` names are in no schema, catalog or record.
    """

    @cached_property
    def column_filter(self) -> ColumnFilter:
        """The filter of the setting `exclude_columns` for this stream."""
        return ColumnFilter(self.config.get("exclude_columns") or (), self.name)

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns that cannot be excluded."""
        names = (*(self.primary_keys or ()), *filter(None, [self.replication_key]))
        return tuple(dict.fromkeys(names))

    @property
    def mask(self) -> SelectionMask:
        """The selection of the catalog without the excluded columns."""
        if self._mask is None:
            self._mask = FilteredMask(super().mask, self.column_filter)
        return self._mask

    def apply_catalog(self, catalog: Catalog) -> None:
        """Apply a catalog, which may contain columns that are excluded now."""
        super().apply_catalog(catalog)
        if self._input_schema is not None:
            self._input_schema = self.column_filter.without_excluded(self._input_schema)

    def get_replication_key_signpost(self, context: Context | None = None) -> None:
        """Return None: the state needs no signpost."""

    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Do nothing: the state moves after the last row of a document."""

    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Do nothing: the streams keep their own bookmarks."""

    def get_batch_config(self, config: Mapping[str, Any]) -> BatchConfig | None:
        """Return None: batch files of the SDK would contain deselected columns."""

    def log(
        self,
        message: str,
        *args: Any,  # noqa: ANN401 - as the SDK has it
        level: int = logging.INFO,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        """Log a message, except that an error is unhandled.

        The SDK logs this for any error in `Stream.sync`, including the record limit of a trial run.
        The command line reports the error once, with its code and a hint.
        """
        if level < logging.ERROR or sys.exception() is None:
            super().log(message, *args, level=level, **kwargs)

    def write_record(self, record: dict[str, Any]) -> None:
        """Write one record outside of a sync."""
        self._tap.message_writer.write_message(
            RecordMessage(stream=self.name, record=record, time_extracted=utc_now())
        )

    def write_empty_batch(self) -> None:
        """Write a BATCH without files: there are no records."""
        encoding = BaseBatchFileEncoding(format="jsonl", compression="none")
        self._tap.message_writer.write_message(
            SDKBatchMessage(stream=self.name, encoding=encoding, manifest=[])
        )

    def grow_schema(self, columns: Mapping[str, dict[str, Any]]) -> None:
        """Add ``columns`` (name to JSON schema) to the schema.

        Existing columns are unchanged. New columns are selected like their stream.
        """
        known = self.effective_schema["properties"]
        self.set_column_schemas({name: each for name, each in columns.items() if name not in known})

    def set_column_schemas(self, columns: Mapping[str, dict[str, Any]]) -> None:
        """Set the JSON schemas of ``columns``, overriding the catalog.

        The whole schema is registered again: a schema from the catalog lacks keywords that
        `singer_sdk.singerlib.Schema` does not know, such as the precision of a decimal.
        """
        self.schema["properties"].update(columns)
        if self._input_schema is not None:
            self._input_schema["properties"].update(columns)
        for name in columns:
            self.metadata.setdefault(
                ("properties", name), Metadata(inclusion=Metadata.InclusionType.AVAILABLE)
            )
        self.register_schema()

    def shrink_schema(self, columns: Collection[str]) -> None:
        """Remove columns from the schema for the target; the catalog keeps them."""
        schema = self.effective_schema
        kept = {name: each for name, each in schema["properties"].items() if name not in columns}
        self._input_schema = {**schema, "properties": kept}
        self.register_schema()

    def register_schema(self) -> None:
        """Use the current schema in messages and stream maps."""
        self._mask = None
        selected = get_selected_schema(self.name, self.effective_schema, self.mask)
        self._tap.mapper.register_raw_stream_schema(self.name, selected, self.primary_keys)
        self._stream_maps = None

    def announce_schema(self) -> None:
        """Write the changed schema again."""
        if self.selected:
            self._write_schema_message()

    def written_schema(self, column: str) -> Mapping[str, Any] | None:
        """Return the JSON schema of a column to write, None for others."""
        properties: Mapping[str, Mapping[str, Any]] = self.effective_schema["properties"]
        return properties.get(column) if self.is_selected(column) else None

    @property
    def has_deselected_columns(self) -> bool:
        """Whether the catalog deselects columns of a selected stream."""
        columns = [each for path, each in self.metadata.items() if path]
        return self.selected and any(each.selected is False for each in columns)

    @property
    def written_schemas(self) -> dict[str, Mapping[str, Any]]:
        """The JSON schemas of all columns to write, by name, in order."""
        names = self.effective_schema["properties"]
        schemas = {name: self.written_schema(name) for name in names}
        return {name: schema for name, schema in schemas.items() if schema is not None}

    def count_document(self, **tags: str) -> None:
        """Log the metric of a document that has been read."""
        metric = cast("Metric", DocumentMetric.READ)  # the SDK only uses its value
        self._log_metric(Point("counter", metric, 1, {"stream": self.name, **tags}))

    def is_selected(self, column: str) -> bool:
        """Whether a column of a selected stream is to be written."""
        return self.mask[("properties", column)]


class BlockStream(CheckpointedStream):
    """A stream whose records are encoded in batches.

    Some options need single records; then the SDK writes them, with the same output.
    """

    def get_batch_config(self, config: Mapping[str, Any]) -> BatchConfig | None:
        """Return the batch configuration; this stream writes the files itself."""
        return Stream.get_batch_config(self, config)

    @abstractmethod
    def blocks(
        self, exact: Exact, engine_for: Callable[[Table], Engine] = always_python
    ) -> Iterator[RecordBatch]:
        """Yield the records.

        Args:
            exact: converts the digits of decimals.
            engine_for: chooses the engine of a document.
        """

    @abstractmethod
    def go_on(self) -> None:
        """Do what is due while a batch is written."""

    def get_records(self, context: Context | None) -> Iterator[dict[str, Any]]:
        """Yield the records one at a time."""
        del context
        for block in self.blocks(exact=Decimal):
            yield from block.rows()

    def _sync_records(
        self, context: Context | None = None, *, write_messages: bool = True
    ) -> Generator[dict[str, Any], Any, Any]:
        writer = self._tap.message_writer
        obstacle = self._obstacle(write_messages=write_messages)
        if obstacle or not isinstance(writer, LineWriter):
            self.logger.info("Writing records of %s one by one: %s", self.name, obstacle)
            yield from super()._sync_records(context, write_messages=write_messages)
            return
        self._write_blocks(writer)
        self._finalize_state(self.stream_state)
        self._write_state_message()

    def _write_blocks(self, writer: LineWriter) -> None:
        encoders: dict[type[BatchEncoder], BatchEncoder] = {}
        with self.get_record_counter() as counter, self.get_sync_timer():
            for block in self.blocks(exact=json_number, engine_for=record_engine):
                kind = encoder_class(block)
                encoder = encoders.get(kind)
                if encoder is None or not encoder.fits(block):
                    alias = self.stream_maps[0].stream_alias
                    encoder = kind(alias, block, self.is_selected, self._stream_version)
                    encoders[kind] = encoder
                for place, (lines, rows) in enumerate(encoder.parts(block, utc_now())):
                    if place:
                        self.go_on()
                    writer.write_lines(lines)
                    counter.increment(rows)

    def _obstacle(self, *, write_messages: bool) -> str:
        """Return why records must be written one by one, or an empty text."""
        maps = self.stream_maps
        if len(maps) != 1 or type(maps[0]) is not SameRecordTransform:
            return "stream maps are set"
        reasons = {
            "flattening is enabled": maps[0].flattening_enabled,
            "the number of records is limited": self.ABORT_AT_RECORD_COUNT is not None,
            "the stream has children": bool(self.child_streams),
            "the stream is not selected": not self.selected,
            "nothing is to be written": not write_messages,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")
