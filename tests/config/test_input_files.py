"""The files of the command line: every form of a state, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tap_mws_reports.config.input_files import parse, parse_state
from tap_mws_reports.errors import SettingsError, StateError, TapError

STATE = {"bookmarks": {"reports": {"partitions": []}}}
OLDER: dict[str, Any] = {"bookmarks": {}}
MESSAGE = {"type": "STATE", "value": STATE}
RECORD = {"type": "RECORD", "stream": "reports", "record": {}}


def lines(*values: object) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        pytest.param(lines(STATE), "", id="as a target writes it"),
        pytest.param(json.dumps(STATE, indent=2).encode(), "", id="indented"),
        pytest.param(b"\xef\xbb\xbf" + lines(STATE), "", id="with a byte order mark"),
        pytest.param(lines(MESSAGE), "", id="a message"),
        pytest.param(lines({"singer_state": STATE}), "", id="of meltano state get"),
        pytest.param(json.dumps(MESSAGE, indent=2).encode(), "", id="an indented message"),
        pytest.param(
            lines(OLDER, STATE), "s has 2 lines; the last state, in line 2, is used", id="states"
        ),
        pytest.param(
            lines({**MESSAGE, "value": OLDER}, RECORD, MESSAGE, RECORD),
            "s has 4 lines; the last state, in line 3, is used",
            id="the output of a tap",
        ),
    ],
)
def test_a_state_is_found_in_each_of_its_formats(content, remark) -> None:
    found = parse_state(content, "s")
    assert found.state == STATE
    assert found.remark == remark


@pytest.mark.parametrize("content", [b"{}", lines({"bookmarks": {}, "currently_syncing": None})])
def test_an_empty_state_is_a_state(content) -> None:
    assert not parse_state(content, "s").state.get("bookmarks")


@pytest.mark.parametrize(
    ("content", "error", "what", "hint"),
    [
        (b"", SettingsError, "s is empty", "leave out --state"),
        (lines(RECORD), StateError, "a Singer message of the type RECORD", '"type": "STATE"'),
        (lines(RECORD, RECORD), StateError, "2 lines, and none of them is a state", "state that"),
        (lines({"type": "STATE"}), StateError, "`value` of the STATE message", '"type": "STATE"'),
        (
            lines({"api": "sp_api", "seller_id": "A1"}),
            StateError,
            "s is a configuration, not a state: it has the setting `api`",
            "give it to --config",
        ),
        (lines({"cursor": 5}), StateError, "it has the key `cursor`", "that this tap wrote"),
        (
            lines({"bookmarks": []}),
            StateError,
            "`bookmarks` is not a JSON object",
            "this tap wrote",
        ),
        (lines([STATE]), StateError, "holds no JSON object, but a list", "this tap wrote"),
        (lines(STATE) + b'{"bookma', SettingsError, "s is not JSON: Extra data: line 2", "commas"),
    ],
)
def test_anything_else_is_not_a_state(content, error, what, hint) -> None:
    with pytest.raises(error) as raised:
        parse_state(content, "s")
    assert what in raised.value.what
    assert hint in raised.value.hint
    assert raised.value.where == "--state"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "c is empty"),
        (b" \n", "c is empty"),
        (b"---\nseller_id: A1\n", "c is YAML, not JSON"),
        (b"seller_id: A1\nreports:\n  - X\n", "c is YAML, not JSON"),
        (b'{"seller_id": "A1",}', "c is not JSON"),
        ('{"sandbox": true}'.encode("utf-16"), "c is in UTF-16"),
        ('{"a": "\u00e9"}'.encode("latin-1"), "c is not UTF-8 text"),
        (b"5", "c holds no JSON object, but a number"),
    ],
)
def test_a_file_of_another_kind_is_recognised(content, what) -> None:
    with pytest.raises(TapError) as raised:
        parse(content, "c", "--config")
    assert what in raised.value.what
    assert raised.value.hint


def test_a_byte_order_mark_is_ignored() -> None:
    assert parse(b'\xef\xbb\xbf{"sandbox": true}', "c", "--config") == {"sandbox": True}
