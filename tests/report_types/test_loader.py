from __future__ import annotations

import copy
from typing import Any

import pytest

from tap_mws_reports.report_types import Identity, Kind
from tap_mws_reports.report_types.loader import BadEntry, read_entry

GOOD: dict[str, Any] = {
    "name": "_GET_THING_",
    "sp_api_name": "GET_THING",
    "stream": "thing",
    "title": "Things",
    "kind": "range",
    "asked": ["request"],
    "max_days": 30,
    "source": ["https://example.com"],
    "identity": {"kind": "row", "columns": ["Thing-ID"], "because": "it says so"},
    "columns": {"Thing-ID": "text", "lpn ": {"kind": "integer", "aliases": ["plate"]}},
}

BAD: list[tuple[str, Any, str]] = [
    # key, value (... removes it), message
    ("name", ..., "name: is missing"),
    ("name", "", "name: must be a text that is not empty"),
    ("stream", 5, "stream: must be a text that is not empty"),
    ("identity", ..., "identity: is missing"),
    ("columns", ..., "columns: is missing"),
    ("colums", {}, "colums: is not known"),
    ("kind", "weekly", "kind: must be one of range, snapshot, generated, not 'weekly'"),
    ("kind", "generated", "asked: must be empty for generated types, and only for them"),
    ("asked", [], "asked: must be empty for generated types, and only for them"),
    ("asked", ["beg"], "asked: must be a list of request, schedule"),
    ("asked", "request", "asked: must be a list of request, schedule"),
    ("max_days", 0, "max_days: must be 1 or more; leave it out where there is no limit"),
    ("max_days", "30", "max_days: must be a TOML value of type int"),
    ("max_days", True, "max_days: must be a TOML value of type int"),
    ("positional", 1, "positional: must be a TOML value of type bool"),
    ("sp_api_name", ["GET_THING"], "sp_api_name: must be a TOML value of type str"),
    ("identity", "row", "identity: takes kind, columns and because only"),
    ("identity", {"kind": "row", "key": 1}, "identity: takes kind, columns and because only"),
    ("identity", {"kind": "table"}, "identity.kind: must be one of row, group, document"),
    ("identity", {"kind": "row"}, "identity.columns: must be empty for document, and only"),
    (
        "identity",
        {"kind": "document", "columns": ["lpn "]},
        "identity.columns: must be empty for document, and only for it",
    ),
    (
        "identity",
        {"kind": "group", "columns": ["thing_id"]},
        "identity.columns: 'thing_id' is no column of the type",
    ),
    ("columns", {"a": "money"}, "columns.'a': must be one of text, integer, decimal, boolean"),
    ("columns", {"a": {"aliases": []}}, "columns.'a': must be one of text"),
    ("columns", {"a": {"kind": "text", "key": 1}}, "columns.'a': takes kind and aliases only"),
    ("columns", {"a b": "text", "A-B": "text"}, "columns.'A-B': is a spelling of another column"),
    ("columns", {"-": "text"}, "columns.'-': is a spelling of another column"),
]


def nothing_elsewhere(file: str) -> dict[str, Any]:
    raise KeyError(file)


def test_good_entry() -> None:
    report_type = read_entry("thing.toml", GOOD, nothing_elsewhere)

    assert report_type.identity == Identity("row", ("thing_id",))
    assert report_type.max_days == 30
    assert report_type.cooldown_minutes is None
    plate = report_type.columns[1]
    assert (plate.header, plate.name, plate.kind) == ("lpn ", "lpn", Kind.INTEGER)
    assert plate.keys == {"lpn", "plate"}


def test_columns_of_a_twin() -> None:
    entry = {**GOOD, "columns": "twin.toml"}

    report_type = read_entry("thing.toml", entry, {"twin.toml": GOOD["columns"]}.__getitem__)

    assert [spec.header for spec in report_type.columns] == ["Thing-ID", "lpn "]


@pytest.mark.parametrize(("key", "value", "message"), BAD)
def test_bad_entry_is_refused_with_file_and_key(key: str, value: object, message: str) -> None:
    entry = copy.deepcopy(GOOD)
    entry[key] = value
    if value is ...:
        del entry[key]

    with pytest.raises(BadEntry) as caught:
        read_entry("thing.toml", entry, nothing_elsewhere)

    assert str(caught.value).startswith(f"thing.toml: {message}")
