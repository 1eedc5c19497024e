"""The SDK's private hooks that the tap needs; an SDK without them fails here first."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import pytest
from singer_sdk import Stream, Tap
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.helpers._state import StateWriter
from singer_sdk.singerlib import Catalog, SchemaMessage

from tap_mws_reports.retrieval.state.partitions import Partitions
from tap_mws_reports.streams import sdk
from tap_mws_reports.streams.message_writer import LineWriter
from tap_mws_reports.streams.sdk import CheckpointedStream, LiveStateWriter, encode_state

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


def test_the_sdk_keeps_the_schema_that_the_tap_extends() -> None:
    source = inspect.getsource(Stream)
    for private in ("_mask", "_stream_maps", "_input_schema", "_stream_version"):
        assert f"self.{private}" in source
    assert hasattr(Tap, "_handle_termination")


def test_the_sdk_syncs_streams_by_the_steps_that_the_tap_takes() -> None:
    ours, theirs = inspect.getsource(sdk), inspect.getsource(Tap.sync_all)
    steps = re.findall(r"self\.(_\w+)\(\)|stream\.(\w+)\(\)", theirs)
    assert len(steps) == 5
    for step in map("".join, steps):
        assert f"{step}()" in ours
    assert "stream.sync()\n    stream.finalize_state_progress_markers()" in ours


@pytest.mark.api("sp_api", reason="the tap is only made")
@pytest.mark.parametrize("exclude", [[], ["buyer_*"]])
def test_the_schemas_are_those_that_the_sdk_registers(harness, exclude) -> None:
    tap = harness.tap("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_", exclude_columns=exclude)

    def registered() -> dict[str, Any]:
        tap.setup_mapper()
        maps = {name: each[0] for name, each in tap.mapper.stream_maps.items()}
        return {name: (each.raw_schema, each.raw_key_properties) for name, each in maps.items()}

    ours = registered()
    tap._input_catalog = Catalog.from_dict(tap.catalog_dict)  # noqa: SLF001
    assert len(ours) == 4
    assert ours == registered()


def test_a_schema_is_written_as_the_sdk_writes_it(capsysbinary) -> None:
    message = SchemaMessage("ä", {"properties": {"a": {"type": ["null", "string"]}}}, ["a"])
    MsgSpecWriter().write_message(message)
    expected = capsysbinary.readouterr().out
    LineWriter().write_message(message)
    assert capsysbinary.readouterr().out == expected


def test_the_streams_leave_the_state_to_their_bookmarks() -> None:
    assert CheckpointedStream.get_replication_key_signpost(object()) is None  # type: ignore[arg-type]


def test_the_sdk_writes_states_where_the_tap_puts_its_own_writer() -> None:
    assert "self._state_writer.write_state(self.state)" in inspect.getsource(Tap.sync_all)
    assert "self._tap.state_writer.write_state(self.tap_state)" in inspect.getsource(Stream)
    assert "return self._state_writer" in inspect.getsource(Tap.state_writer.fget)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"bookmarks": {"ä": {"partitions": [{"context": {"seller_id": "A1"}, "none": None}]}}},
        {"bookmarks": {"stream": {"counts": [1, 2], "empty": [], "text": '"\\"'}}},
    ],
)
def test_a_state_is_written_as_the_sdk_writes_it(state, capsysbinary) -> None:
    StateWriter(LineWriter()).write_state(state)
    expected = capsysbinary.readouterr().out
    LiveStateWriter(LineWriter()).write_state(state)
    assert capsysbinary.readouterr().out == expected


def test_a_state_is_written_again_after_a_nested_change(capsysbinary) -> None:
    state = {"bookmarks": {"stream": {"done": [[1, 2]]}}}
    writer = LiveStateWriter(LineWriter())
    writer.write_state(state)
    writer.write_state(state)
    assert capsysbinary.readouterr().out.count(b"\n") == 1
    state["bookmarks"]["stream"]["done"][0][1] = 3
    writer.write_state(state)
    assert capsysbinary.readouterr().out == (
        b'{"type":"STATE","value":{"bookmarks":{"stream":{"done":[[1,3]]}}}}\n'
    )


CHANGES = {
    "update": lambda state: state.update(done=[[1, 3]]),
    "set": lambda state: state.__setitem__("done", [[1, 3]]),
    "delete": lambda state: state.__delitem__("done"),
    "pop": lambda state: state.pop("done"),
    "setdefault": lambda state: state.setdefault("open_requests", [1]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_partition_is_encoded_again_only_when_it_has_changed(change) -> None:
    partitions = [{"context": {"seller_id": each}, "done": [[1, 2]]} for each in ("A1", "A2")]
    state = {"bookmarks": {"stream": {"partitions": partitions, "columns": []}, "other": {}}}
    Partitions(state["bookmarks"]["stream"])
    first, second = state["bookmarks"]["stream"]["partitions"]
    assert encode_state(state) == json.dumps(state, separators=(",", ":")).encode()
    kept = second.encoded
    change(first)
    assert first.encoded is None
    assert encode_state(state) == json.dumps(state, separators=(",", ":")).encode()
    assert second.encoded is kept
