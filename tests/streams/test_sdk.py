"""The SDK's private hooks that the tap needs; an SDK without them fails here first."""

from __future__ import annotations

import inspect

import pytest
from singer_sdk import Stream, Tap

from tap_mws_reports.streams.sdk import CheckpointedStream

HOOKS = {
    "_increment_stream_state": ["self", "latest_record", "context"],
    "_sync_records": ["self", "context", "write_messages"],
    "_finalize_state": ["self", "state"],
    "_write_starting_replication_value": ["self", "context"],
    "_write_state_message": ["self"],
    "_write_schema_message": ["self"],
    "get_replication_key_signpost": ["self", "context"],
}


@pytest.mark.parametrize(("name", "parameters"), HOOKS.items())
def test_the_sdk_has_the_hooks_as_the_tap_knows_them(name, parameters) -> None:
    assert list(inspect.signature(getattr(Stream, name)).parameters) == parameters


def test_the_sdk_keeps_its_schema_where_the_tap_grows_it() -> None:
    source = inspect.getsource(Stream)
    for private in ("_mask", "_stream_maps", "_input_schema", "_stream_version"):
        assert f"self.{private}" in source
    assert hasattr(Tap, "_handle_termination")


def test_the_streams_leave_the_state_to_their_bookmarks() -> None:
    assert CheckpointedStream.get_replication_key_signpost(object()) is None  # type: ignore[arg-type]
