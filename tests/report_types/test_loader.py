from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest

from tap_mws_reports.report_types import Identity, Kind, Option
from tap_mws_reports.report_types.entry import BadEntry
from tap_mws_reports.report_types.loader import read_entry

FLAT: dict[str, Any] = {
    "name": "_GET_THING_",
    "sp_api_name": "GET_THING_GENERAL",
    "other_sp_api_names": ["GET_THING_TAX"],
    "personal_sp_api_names": ["GET_THING_TAX"],
    "stream": "thing",
    "title": "Things",
    "category": "things",
    "kind": "range",
    "format": "tab",
    "asked": ["request", "schedule"],
    "max_days": 30,
    "withdrawn": dt.date(2024, 3, 31),
    "marketplaces": ["EU", "US"],
    "restricted": "role",
    "carried": ["lpn "],
    "source": ["https://example.com"],
    "options": [{"name": "custom", "values": ["true"], "required": True, "meaning": "chosen"}],
    "identity": {"kind": "row", "columns": ["Thing-ID"], "because": "it says so"},
    "columns": {
        "Thing-ID": "text",
        "lpn ": {"kind": "integer", "aliases": ["plate"]},
        "made on": {"kind": "date", "date_order": "DMY"},
    },
}
XML: dict[str, Any] = {
    **{key: FLAT[key] for key in ("name", "stream", "title", "category", "kind", "source")},
    "services": ["mws"],
    "format": "xml",
    "asked": ["request"],
    "root": "Message/Thing",
    "row_elements": ["Part", "Part/Price/Component"],
    "identity": {"kind": "group", "columns": ["ID"]},
    "columns": {"ID": "text", "Part/Price/Component@currency": "text", "/Header/Seller": "text"},
}
JSON: dict[str, Any] = {
    **{key: XML[key] for key in ("name", "stream", "title", "category", "kind", "source")},
    "services": ["mws"],
    "format": "json",
    "asked": ["request"],
    "about": ["dataStartTime", "reportOptions"],
    "options": [{"name": "size"}, {"name": "colour"}],
    "lists": {
        "by_day": {
            "path": "thingsByDay",
            "identity": {"kind": "row", "columns": ["day"]},
            "columns": {"day": "date", "sold.amount": "decimal"},
        },
        "by_thing": {"path": "thingsByThing", "identity": {"kind": "document"}},
    },
}

BAD_FLAT: list[tuple[str, Any, str]] = [
    # key, value (... removes it), message
    ("name", ..., "name: is missing"),
    ("name", "", "name: must be a text that is not empty"),
    ("stream", 5, "stream: must be a text that is not empty"),
    ("stream", "things", "stream: must be the name of the file, not 'things'"),
    ("category", ..., "category: is missing"),
    ("source", [], "source: must not be empty"),
    ("source", "https://example.com", "source: must be a list of texts"),
    ("marketplaces", ["EU", "EU"], "marketplaces: must not be empty, nor say anything twice"),
    ("marketplaces", [""], "marketplaces: must be a list of texts"),
    ("identity", ..., "identity: must be there, unless lists have identities of their own"),
    ("colums", {}, "colums: is not known"),
    ("kind", "weekly", "kind: must be one of range, snapshot, generated, not 'weekly'"),
    ("kind", "generated", "asked: must hold request, except for generated types"),
    ("kind", "snapshot", "max_days: is for types that take a range of dates"),
    ("reach_hours", 72, "reach_hours: is for types that show the state of things now"),
    ("borders", {}, "borders.at: is missing"),
    ("borders", {"at": "noon"}, "borders.at: must be one of hours, midnights, dates, not 'noon'"),
    ("borders", {"at": "dates", "period": "DECADE"}, "borders.period: must be one of HOUR, DAY"),
    ("borders", {"at": "dates", "option": "size"}, "borders.option: 'size' is no option of the"),
    ("borders", {"at": "dates", "most": 0}, "borders.most: must be a number, 1 or more"),
    ("format", "text", "format: must be one of tab, csv, xml, json, pdf, xlsx, not 'text'"),
    ("format", ["tab"], "format: must be one of tab, csv, xml, json, pdf, xlsx, not ['tab']"),
    ("services", ["sp-api"], "services: must be one of mws, sp_api, not 'sp-api'"),
    ("services", ["mws"], "sp_api_name: must be there where sp_api is among the services"),
    ("restricted", "yes", "restricted: must be one of none, personal, role, not 'yes'"),
    ("asked", [], "asked: must not be empty, nor say anything twice; leave it out"),
    ("asked", ["schedule"], "asked: must hold request, except for generated types"),
    ("asked", ["beg"], "asked: must be one of request, schedule, amazon, seller-central, not"),
    ("asked", "request", "asked: must be a list of texts"),
    ("max_days", 0, "max_days: must be a number, 1 or more; leave it out where there is no"),
    ("max_days", "30", "max_days: must be a number, 1 or more"),
    ("max_days", True, "max_days: must be a number, 1 or more"),
    ("withdrawn", "2024-03-31", "withdrawn: must be a day, such as 2024-03-31 without quotes"),
    ("positional", 1, "positional: must be true or false"),
    ("sp_api_name", ["GET_THING"], "sp_api_name: must be a text that is not empty"),
    ("sp_api_name", ..., "sp_api_name: must be there where sp_api is among the services"),
    ("personal_sp_api_names", ["GET"], "personal_sp_api_names: must be some of other_sp_api_names"),
    ("carried", ["lpn"], "carried: 'lpn' is no column of the type"),
    ("options", {"name": "custom"}, "options: must be a list of tables"),
    ("options", [{"values": ["true"]}], "options.0.name: is missing"),
    ("options", [{"name": "custom", "value": "true"}], "options.0.value: is not known"),
    ("options", [{"name": "a"}, {"name": "b", "required": "no"}], "options.1.required: must be"),
    ("root", "Message", "root: must be there for XML with columns, and only there"),
    ("lists", {}, "identity: must be there, unless lists have identities of their own"),
    ("identity", "row", "identity: must be a table"),
    ("identity", {"kind": "row", "key": 1}, "identity.key: is not known"),
    ("identity", {"kind": "table"}, "identity.kind: must be one of row, group, document"),
    ("identity", {"kind": "row"}, "identity.columns: must be left out for document, and only"),
    (
        "identity",
        {"kind": "document", "columns": ["lpn "]},
        "identity.columns: must be left out for document, and only for it",
    ),
    (
        "identity",
        {"kind": "group", "columns": ["thing_id"]},
        "identity.columns: 'thing_id' is no column of the type",
    ),
    ("columns", ["a"], "columns: must be a table"),
    ("columns", "twin.toml", "columns: there are no columns in 'twin.toml'"),
    ("columns", {"a": 5}, "columns.'a': must be a kind, or a table with kind and aliases"),
    ("columns", {"a": "money"}, "columns.'a'.kind: must be one of text, integer, decimal"),
    ("columns", {"a": {"aliases": ["b"]}}, "columns.'a'.kind: is missing"),
    ("columns", {"a": {"kind": "text", "key": 1}}, "columns.'a'.key: is not known"),
    (
        "columns",
        {"a": {"kind": "text", "date_order": "DMY"}},
        "columns.'a'.date_order: is for days and moments",
    ),
    (
        "columns",
        {"a": {"kind": "date", "date_order": "dmy"}},
        "columns.'a'.date_order: must be one of MDY, DMY, YMD, not 'dmy'",
    ),
    ("about", ["dataStartTime"], "about: is for JSON with lists"),
    ("columns", {"a b": "text", "A-B": "text"}, "columns.'A-B': is a spelling of another column"),
    ("columns", {"éa": "text", "ea": "text"}, "columns.'ea': is a spelling of another column"),
    ("columns", {"-": "text"}, "columns.'-': is a spelling of another column"),
]
BAD_XML: list[tuple[str, Any, str]] = [
    ("root", ..., "root: must be there for XML with columns, and only there"),
    ("row_elements", ["Par"], "row_elements: no column is at or below 'Par'"),
    ("columns", {"ID": "text"}, "row_elements: no column is at or below 'Part'"),
]
BAD_JSON: list[tuple[str, Any, str]] = [
    ("format", "csv", "lists: is for JSON, which has no columns beside"),
    ("columns", {"a": "text"}, "lists: is for JSON, which has no columns beside"),
    ("identity", {"kind": "document"}, "identity: must be there, unless lists have identities"),
    ("lists", [], "lists: must be a table"),
    ("lists", {"a": {"identity": {"kind": "document"}}}, "lists.a.path: is missing"),
    ("lists", {"a": {"path": "a"}}, "lists.a.identity: is missing"),
    (
        "lists",
        {"a": {"path": "a", "identity": {"kind": "row", "columns": ["b"]}}},
        "lists.a.identity.columns: 'b' is no column of the type",
    ),
    (
        "lists",
        {"a": {"path": "a", "identity": {"kind": "document"}, "columns": {"b": "x"}}},
        "lists.a.columns.'b'.kind: must be one of text",
    ),
]
BAD = [
    *((FLAT, *case) for case in BAD_FLAT),
    *((XML, *case) for case in BAD_XML),
    *((JSON, *case) for case in BAD_JSON),
]


def nothing_elsewhere(file: str) -> dict[str, Any]:
    raise KeyError(file)


def test_flat_entry() -> None:
    report_type = read_entry("thing.toml", FLAT, nothing_elsewhere)

    assert report_type.identity == Identity("row", ("thing_id",))
    assert report_type.identity.because == "it says so"
    assert (report_type.max_days, report_type.cooldown_minutes) == (30, None)
    assert report_type.services == ("mws", "sp_api")
    assert report_type.withdrawn == "2024-03-31"
    assert report_type.options == (Option("custom", ("true",), required=True, meaning="chosen"),)
    assert report_type.carried == ("lpn",)
    assert report_type.names == ("_GET_THING_", "GET_THING_GENERAL", "GET_THING_TAX")
    assert report_type.streams == (report_type,)
    plate = report_type.columns[1]
    assert (plate.header, plate.name, plate.kind) == ("lpn ", "lpn", Kind.INTEGER)
    assert plate.keys == {"lpn", "plate"}
    assert [spec.date_order for spec in report_type.columns] == [None, None, "DMY"]


def test_xml_entry() -> None:
    report_type = read_entry("thing.toml", XML, nothing_elsewhere)

    assert report_type.root == "Message/Thing"
    assert report_type.row_elements == ("Part", "Part/Price/Component")
    names = ["id", "part_price_component_currency", "header_seller"]
    assert [spec.name for spec in report_type.columns] == names


def test_json_entry_has_a_part_for_every_list() -> None:
    report_type = read_entry("thing.toml", JSON, nothing_elsewhere)
    by_day, by_thing = report_type.streams

    assert (report_type.columns, report_type.identity.kind) == ((), "document")
    assert (by_day.stream, by_day.list_path) == ("thing_by_day", "thingsByDay")
    assert by_day.identity == Identity("row", ("day",))
    assert [spec.name for spec in by_day.columns][:2] == ["day", "sold_amount"]
    assert (by_day.name, by_day.format, by_day.parts) == ("_GET_THING_", "json", ())
    assert by_thing.stream == "thing_by_thing"
    # What the document says of itself is told in every row.
    assert [spec.header for spec in by_thing.columns] == [
        "reportSpecification.dataStartTime",
        "reportSpecification.reportOptions.size",
        "reportSpecification.reportOptions.colour",
    ]


def test_json_document_that_says_nothing_of_itself_has_no_columns_for_it() -> None:
    entry = {key: value for key, value in JSON.items() if key != "about"}

    by_day, by_thing = read_entry("thing.toml", entry, nothing_elsewhere).streams

    assert [spec.header for spec in by_day.columns] == ["day", "sold.amount"]
    assert by_thing.columns == ()


def test_columns_of_a_twin() -> None:
    entry = {**FLAT, "columns": "twin.toml"}

    report_type = read_entry("thing.toml", entry, {"twin.toml": FLAT["columns"]}.__getitem__)

    assert [spec.header for spec in report_type.columns] == ["Thing-ID", "lpn ", "made on"]


@pytest.mark.parametrize(("good", "key", "value", "message"), BAD)
def test_bad_entry_is_refused_with_file_and_key(
    good: dict[str, Any], key: str, value: object, message: str
) -> None:
    entry = copy.deepcopy(good)
    entry[key] = value
    if value is ...:
        del entry[key]

    with pytest.raises(BadEntry) as caught:
        read_entry("thing.toml", entry, nothing_elsewhere)

    assert str(caught.value).startswith(f"thing.toml: {message}")
