"""Writing Singer messages, and every private hook of the SDK that the tap needs.

An SDK upgrade has this one place to check; `tests/streams/test_messages.py` notices a change.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from singer_sdk import Stream
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.helpers.types import Context, Record
from singer_sdk.singerlib import Message, Metadata, RecordMessage

from tap_mws_reports.errors import TargetGone


class Interrupted(KeyboardInterrupt):
    """Somebody asked the tap to stop (SIGINT or SIGTERM)."""


class LineWriter(MsgSpecWriter):
    """Writes whole lines: a stop that is asked for in the middle of one waits for its end.

    Records are not flushed one by one; every other message is, with all before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._writing = False
        self._stop_asked = False

    def write_message(self, message: Message) -> None:
        """Write a message as one line of JSON.

        Raises:
            Interrupted: a stop was asked for while the line was written.
            TargetGone: nobody reads any more.
        """
        self._writing = True
        try:
            sys.stdout.buffer.write(self.format_message(message))
            if not isinstance(message, RecordMessage):
                sys.stdout.buffer.flush()
        except BrokenPipeError as error:
            _forget_stdout()
            what = "The target stopped reading."
            raise TargetGone(
                what, hint="see what it says; run again from its last state"
            ) from error
        self._writing = False
        if self._stop_asked:
            self._stop_asked = False
            raise Interrupted

    def ask_to_stop(self) -> None:
        """Stop at the end of the line that is being written, or at once.

        Raises:
            Interrupted: nothing is being written.
        """
        if not self._writing:
            raise Interrupted
        self._stop_asked = True


def _forget_stdout() -> None:
    """Let what is still buffered go nowhere, or Python would try to write it once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class CheckpointedStream(Stream):
    """A stream that says itself when its state moves, instead of with every record."""

    def get_replication_key_signpost(self, context: Context | None = None) -> None:
        """Return None: a signpost would only clutter the state."""

    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Leave the state alone; it moves when a document's last row has been written."""

    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Leave the state alone; the streams keep their own bookmarks."""

    def checkpoint(self) -> None:
        """Write the tap's whole state, if it has changed since it was last written."""
        self.state_manager.is_flushed = False
        self._write_state_message()

    def add_columns(self, columns: Mapping[str, dict[str, Any]]) -> None:
        """Grow the schema by ``columns`` (name to JSON schema) and announce it.

        Columns that the schema of the catalog already has are left as they are. A column that
        the catalog does not speak of is selected as its stream is.
        """
        known = self.effective_schema["properties"]
        new = {name: schema for name, schema in columns.items() if name not in known}
        if not new:
            return
        self.schema["properties"].update(new)
        if self._input_schema is not None:
            self._input_schema["properties"].update(new)
        for name in new:
            self.metadata.setdefault(
                ("properties", name), Metadata(inclusion=Metadata.InclusionType.AVAILABLE)
            )
        self._mask = None
        selected = get_selected_schema(self.name, self.effective_schema, self.mask)
        self._tap.mapper.register_raw_stream_schema(self.name, selected, self.primary_keys)
        self._stream_maps = None
        if self.selected:
            self._write_schema_message()
