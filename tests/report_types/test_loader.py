from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from typing import Any

import msgspec
import pytest

from tap_mws_reports.report_types import Identity, Kind, Option, ReportType, WindowAlignment
from tap_mws_reports.report_types.entry_tables import ReportTypeTable
from tap_mws_reports.report_types.loader import read_entry
from tap_mws_reports.report_types.toml_table import BadEntry

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
    "request_modes": ["request", "schedule"],
    "max_days": 30,
    "withdrawn": dt.date(2024, 3, 31),
    "successor": "GET_OTHER",
    "successor_columns": {"made on": {"column": "made", "where": "new"}},
    "marketplaces": ["EU", "US"],
    "restricted": "role",
    "filled_down": ["lpn "],
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
    "request_modes": ["request"],
    "root": "Message/Thing",
    "row_elements": ["Part", "Part/Price/Component"],
    "identity": {"kind": "group", "columns": ["ID"]},
    "columns": {"ID": "text", "Part/Price/Component@currency": "text", "/Header/Seller": "text"},
}
JSON: dict[str, Any] = {
    **{key: XML[key] for key in ("name", "stream", "title", "category", "kind", "source")},
    "services": ["mws"],
    "format": "json",
    "request_modes": ["request"],
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
    ("name", ..., "Object missing required field `name`"),
    ("name", "", "name: Expected `str` of length >= 1"),
    ("stream", 5, "stream: Expected `str`, got `int`"),
    ("stream", "things", "stream: must be the name of the file, not 'things'"),
    ("category", ..., "Object missing required field `category`"),
    ("source", [], "source: Expected `array` of length >= 1"),
    ("source", "https://example.com", "source: Expected `array`, got `str`"),
    ("marketplaces", ["EU", "EU"], "`marketplaces` contains a value twice"),
    ("marketplaces", [""], "marketplaces[0]: Expected `str` of length >= 1"),
    ("identity", ..., "identity: is required, except with lists, which have"),
    ("colums", {}, "Object contains unknown field `colums`"),
    ("kind", "weekly", "kind: Invalid enum value 'weekly'"),
    ("kind", "generated", "request_modes: must contain request, except for generated types"),
    ("kind", "snapshot", "max_days: is only for types that take a range of dates"),
    ("start_offset_hours", 72, "start_offset_hours: is only for types that show the current state"),
    ("alignment", {}, "alignment: Object missing required field `at`"),
    ("alignment", {"at": "noon"}, "alignment.at: Invalid enum value 'noon'"),
    (
        "alignment",
        {"at": "dates", "period": "DECADE"},
        "alignment.period: Invalid enum value 'DECADE'",
    ),
    (
        "alignment",
        {"at": "dates", "option": "size"},
        "alignment.option: 'size' is not an option of the",
    ),
    ("alignment", {"at": "hours", "hold": 1}, "alignment: Object contains unknown field `hold`"),
    ("alignment", {"at": "dates", "max_periods": 0}, "alignment.max_periods: Expected `int` >= 1"),
    ("format", "text", "format: Invalid enum value 'text'"),
    ("format", ["tab"], "format: Expected `str`, got `array`"),
    ("services", ["sp-api"], "services[0]: Invalid enum value 'sp-api'"),
    ("services", ["mws"], "sp_api_name: is required if sp_api is among the services"),
    ("restricted", "yes", "restricted: Invalid enum value 'yes'"),
    ("request_modes", [], "request_modes: Expected `array` of length >= 1"),
    (
        "request_modes",
        ["schedule"],
        "request_modes: must contain request, except for generated types",
    ),
    ("request_modes", ["beg"], "request_modes[0]: Invalid enum value 'beg'"),
    ("request_modes", "request", "request_modes: Expected `array`, got `str`"),
    ("max_days", 0, "max_days: Expected `int` >= 1"),
    ("max_days", "30", "max_days: Expected `int | null`, got `str`"),
    ("max_days", True, "max_days: Expected `int | null`, got `bool`"),
    ("withdrawn", "2024-03-31", "withdrawn: Expected `date | null`, got `str`"),
    (
        "withdrawn",
        dt.datetime(2024, 3, 31, tzinfo=dt.UTC),
        "withdrawn: Expected `date | null`, got",
    ),
    ("options", [{"name": "a", "values": ["b", "b"]}], "options[0]: `values` contains a value"),
    ("about", [], "about: Expected `array` of length >= 1"),
    ("positional", 1, "positional: Expected `bool`, got `int`"),
    ("sp_api_name", ["GET_THING"], "sp_api_name: Expected `str | null`, got `array`"),
    ("sp_api_name", ..., "sp_api_name: is required if sp_api is among the services"),
    ("personal_sp_api_names", ["GET"], "personal_sp_api_names: must be among other_sp_api_names"),
    ("filled_down", ["lpn"], "filled_down: 'lpn' is not a column of the type"),
    ("options", {"name": "custom"}, "options: Expected `array`, got `object`"),
    ("options", [{"values": ["true"]}], "options[0]: Object missing required field `name`"),
    (
        "options",
        [{"name": "custom", "value": "true"}],
        "options[0]: Object contains unknown field `value`",
    ),
    (
        "options",
        [{"name": "a"}, {"name": "b", "required": "no"}],
        "options[1].required: Expected `bool`, got `str`",
    ),
    ("root", "Message", "root: is required for XML with columns, and not allowed"),
    ("lists", {}, "identity: is required, except with lists, which have"),
    ("identity", "row", "identity: Expected `object | null`, got `str`"),
    ("identity", {"kind": "row", "key": 1}, "identity: Object contains unknown field `key`"),
    ("identity", {"kind": "table"}, "identity.kind: Invalid enum value 'table'"),
    ("identity", {"kind": "row"}, "identity: `columns` is required, except for"),
    (
        "identity",
        {"kind": "document", "columns": ["lpn "]},
        "identity: `columns` is required, except for the kind document",
    ),
    (
        "identity",
        {"kind": "group", "columns": ["thing_id"]},
        "identity.columns: 'thing_id' is not a column of the type",
    ),
    ("columns", ["a"], "columns: Expected `str | object`, got `array`"),
    ("columns", "other.toml", "columns: there are no columns in 'other.toml'"),
    ("columns", {"a": 5}, "columns.'a': Expected `str | object`, got `int`"),
    ("columns", {"a": "money"}, "columns.'a': Invalid enum value 'money'"),
    ("columns", {"a": {"kind": "money"}}, "columns.'a'.kind: Invalid enum value 'money'"),
    ("columns", {"b": "text", "a": {"kind": "text", "aliases": "b"}}, "columns.'a'.aliases: Exp"),
    (
        "columns",
        {"a": {"kind": "text", "aliases": ["b", "b"]}},
        "columns.'a': `aliases` contains a value twice",
    ),
    ("columns", {"a": {"aliases": ["b"]}}, "columns.'a': Object missing required field `kind`"),
    (
        "columns",
        {"a": {"kind": "text", "key": 1}},
        "columns.'a': Object contains unknown field `key`",
    ),
    (
        "columns",
        {"a": {"kind": "text", "date_order": "DMY"}},
        "columns.'a': `date_order` is only for the kinds date and timestamp",
    ),
    (
        "columns",
        {"a": {"kind": "date", "date_order": "dmy"}},
        "columns.'a'.date_order: Invalid enum value 'dmy'",
    ),
    ("about", ["dataStartTime"], "about: is only for JSON with lists"),
    ("columns", {"a b": "text", "A-B": "text"}, "columns.'A-B': has the name of another column"),
    ("columns", {"éa": "text", "ea": "text"}, "columns.'ea': has the name of another column"),
    ("columns", {"-": "text"}, "columns.'-': has the name of another column"),
]
BAD_XML: list[tuple[str, Any, str]] = [
    ("root", ..., "root: is required for XML with columns, and not allowed"),
    ("row_elements", ["Par"], "row_elements: no column is at or below 'Par'"),
    ("columns", {"ID": "text"}, "row_elements: no column is at or below 'Part'"),
]
BAD_JSON: list[tuple[str, Any, str]] = [
    ("format", "csv", "lists: is only for JSON, without other columns"),
    ("columns", {"a": "text"}, "lists: is only for JSON, without other columns"),
    ("identity", {"kind": "document"}, "identity: is required, except with lists"),
    ("lists", [], "lists: Expected `object | null`, got `array`"),
    (
        "lists",
        {"a": {"identity": {"kind": "document"}}},
        "lists.a: Object missing required field `path`",
    ),
    ("lists", {"a": {"path": "a"}}, "lists.a: Object missing required field `identity`"),
    (
        "lists",
        {"a": {"path": "a", "identity": {"kind": "row", "columns": ["b"]}}},
        "lists.a.identity.columns: 'b' is not a column of the type",
    ),
    (
        "lists",
        {"a": {"path": "a", "identity": {"kind": "document"}, "columns": {"b": "x"}}},
        "lists.a.columns.'b': Invalid enum value 'x'",
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
    assert report_type.filled_down == ("lpn",)
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
    # The document's metadata is in every row.
    assert [spec.header for spec in by_thing.columns] == [
        "reportSpecification.dataStartTime",
        "reportSpecification.reportOptions.size",
        "reportSpecification.reportOptions.colour",
    ]


def test_json_without_document_fields_has_no_columns_for_them() -> None:
    entry = {key: value for key, value in JSON.items() if key != "about"}

    by_day, by_thing = read_entry("thing.toml", entry, nothing_elsewhere).streams

    assert [spec.header for spec in by_day.columns] == ["day", "sold.amount"]
    assert by_thing.columns == ()


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ({}, None),
        ({"alignment": {"at": "midnights"}}, WindowAlignment("midnights", "DAY")),
        (
            {
                "alignment": {
                    "at": "dates",
                    "period": "WEEK",
                    "option": "custom",
                    "max_periods": 1,
                    "end_delay_hours": 72,
                },
            },
            WindowAlignment("dates", "WEEK", "custom", 1, 72),
        ),
    ],
)
def test_alignment_of_an_entry(table: dict[str, Any], found: WindowAlignment | None) -> None:
    assert read_entry("thing.toml", {**FLAT, **table}, nothing_elsewhere).alignment == found


def test_only_ranges_have_alignment() -> None:
    entry = {key: value for key, value in FLAT.items() if key != "max_days"}
    entry |= {"kind": "snapshot", "alignment": {"at": "dates"}}
    with pytest.raises(
        BadEntry, match=r"thing.toml: alignment: is only for types that take a range"
    ):
        read_entry("thing.toml", entry, nothing_elsewhere)


def test_an_omitted_key_has_the_default_value() -> None:
    defaults = {field.name: field.default for field in msgspec.structs.fields(ReportTypeTable)}
    shared = [
        field
        for field in dataclasses.fields(ReportType)
        if defaults.get(field.name, msgspec.NODEFAULT) is not msgspec.NODEFAULT
        and field.default is not dataclasses.MISSING
    ]

    assert {"services", "restricted", "max_days"} <= {field.name for field in shared}
    assert {field.name: defaults[field.name] for field in shared} == {
        field.name: field.default for field in shared
    }


def test_columns_of_another_entry() -> None:
    entry = {**FLAT, "columns": "other.toml"}

    report_type = read_entry("thing.toml", entry, {"other.toml": FLAT["columns"]}.__getitem__)

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
