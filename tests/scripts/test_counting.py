from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from counting import Sent, missing

MESSAGES = [
    {
        "type": "SCHEMA",
        "stream": "orders",
        "schema": {"properties": {"id": {}, "_line": {}, "price": {}}},
        "key_properties": ["id", "_line"],
    },
    {"type": "RECORD", "stream": "orders", "record": {"id": "1", "_line": 1, "price": 2}},
    {"type": "RECORD", "stream": "orders", "record": {"id": "1", "_line": 2, "price": 2}},
    {"type": "RECORD", "stream": "orders", "record": {"id": "1", "_line": 1, "price": 3}},
    {"type": "STATE", "value": {}},
]


@pytest.fixture
def sent() -> Sent:
    counted = Sent()
    for message in MESSAGES:
        counted.count(message)
    return counted


def test_records_of_one_key_count_once(sent: Sent) -> None:
    assert sent.rows == {"orders": {("1", "1"), ("1", "2")}}
    assert sent.streams == ["orders"]


def test_one_missing_row_is_found(sent: Sent) -> None:
    assert missing("orders", sent, {("1", "1"), ("1", "2"), ("9", "1")}) == []
    assert missing("orders", sent, {("1", "1")}) == [("1", "2")]


def test_a_moment_of_a_key_is_compared_in_utc() -> None:
    counted = Sent()
    properties = {"at": {"type": "string", "format": "date-time"}}
    counted.count(
        {
            "type": "SCHEMA",
            "stream": "returns",
            "schema": {"properties": properties},
            "key_properties": ["at"],
        }
    )
    record = {"at": "2026-05-01T23:30:00-07:00"}
    counted.count({"type": "RECORD", "stream": "returns", "record": record})
    assert counted.rows == {"returns": {("2026-05-02 06:30:00",)}}
