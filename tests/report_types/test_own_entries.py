"""Entries of the user: new types, and columns of released ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import BadEntry, Kind, use_directory
from tap_mws_reports.report_types.type_detection import detect_type

NEW = """
name = "GET_WAREHOUSE_WEATHER"
sp_api_name = "GET_WAREHOUSE_WEATHER"
stream = "warehouse_weather"
title = "Weather in warehouses"
category = "my own"
kind = "range"
format = "tab"
request_modes = ["request"]
services = ["sp_api"]
source = ["weather.txt"]
[identity]
kind = "row"
columns = ["warehouse", "day"]
[columns]
"warehouse" = "text"
"day" = "date"
"rain" = "decimal"
[localised_headers]
"Regen" = "rain"
"""
ADDITION = """
name = "GET_AFN_INVENTORY_DATA"
[columns]
"Shelf Life" = "integer"
[localised_headers]
"Haltbarkeit" = "Shelf Life"
"""
AFN = "afn_inventory_data.toml"


@pytest.fixture(autouse=True)
def released_alone() -> Iterator[None]:
    yield
    use_directory(None)


def test_a_new_type_is_known_at_once(tmp_path: Path) -> None:
    (tmp_path / "warehouse_weather.toml").write_text(NEW, "utf-8")
    (tmp_path / "notes.txt").write_text("not an entry", "utf-8")

    use_directory(tmp_path)

    known = report_types.load("GET_WAREHOUSE_WEATHER")
    assert known in report_types.all_known()
    assert known.identity.columns == ("warehouse", "day")
    assert detect_type(["Warehouse", "Day", "Regen"]) == [known]

    use_directory(None)

    assert report_types.load("GET_WAREHOUSE_WEATHER").columns == ()
    assert known not in report_types.all_known()


@pytest.mark.parametrize("name", ["GET_AFN_INVENTORY_DATA", "_GET_AFN_INVENTORY_DATA_"])
def test_a_released_type_gets_more_columns(tmp_path: Path, name: str) -> None:
    before = report_types.load(name)
    (tmp_path / AFN).write_text(ADDITION.replace("GET_AFN_INVENTORY_DATA", name), "utf-8")

    use_directory(tmp_path)

    known = report_types.load(name)
    assert known.columns[:-1] == before.columns
    added = known.columns[-1]
    assert (added.name, added.kind) == ("shelf_life", Kind.INTEGER)
    assert "haltbarkeit" in added.keys
    assert report_types.all_known().count(known) == 1
    assert len(report_types.all_known()) == len(_released_types())


def _released_types() -> tuple[report_types.ReportType, ...]:
    use_directory(None)
    return report_types.all_known()


def test_a_column_released_later_is_accepted_with_the_same_kind(
    tmp_path: Path,
) -> None:
    columns = '[columns]\n"Quantity available" = "integer"\n"FNSKU 2" = "text"\n'
    (tmp_path / AFN).write_text(f'name = "GET_AFN_INVENTORY_DATA"\n{columns}', "utf-8")
    before = report_types.load("GET_AFN_INVENTORY_DATA").columns

    use_directory(tmp_path)

    columns = report_types.load("GET_AFN_INVENTORY_DATA").columns
    assert [spec.name for spec in columns[len(before) :]] == ["fnsku_2"]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (
            AFN,
            'name = "GET_AFN_INVENTORY_DATA"\n[columns]\n"Quantity Available" = "decimal"\n',
            "afn_inventory_data.toml: columns.'Quantity Available': is a released column of kind "
            "integer, which never changes",
        ),
        (
            AFN,
            'name = "GET_AFN_INVENTORY_DATA"\n[columns]\n"Rain" = "wet"\n',
            "afn_inventory_data.toml: columns.'Rain': Invalid enum value 'wet'",
        ),
        (
            AFN,
            'name = "GET_AFN_INVENTORY_DATA"\nkind = "range"\n',
            "afn_inventory_data.toml: Object contains unknown field `kind`",
        ),
        (
            "other.toml",
            'name = "GET_AFN_INVENTORY_DATA"\n',
            "other.toml: name: the file of _GET_AFN_INVENTORY_DATA_ must be "
            "afn_inventory_data.toml",
        ),
        (
            "sales_and_traffic_report.toml",
            'name = "GET_SALES_AND_TRAFFIC_REPORT"\n',
            "has several lists, which take no columns here",
        ),
        (AFN, "name = ", "afn_inventory_data.toml: cannot be read as TOML: "),
        (AFN, '[columns]\n"a" = "text"\n', "afn_inventory_data.toml: name: Expected `str`"),
        (
            AFN,
            ADDITION.replace('= "Shelf Life"', '= "Shelf"'),
            "afn_inventory_data.toml: 'Haltbarkeit': there is no column 'Shelf'",
        ),
        (
            "warehouse_weather.toml",
            NEW.replace('"rain" = "decimal"', '"rain" = "drops"'),
            "warehouse_weather.toml: columns.'rain': Invalid enum value 'drops'",
        ),
        (
            "weather.toml",
            NEW,
            "weather.toml: stream: must be the name of the file, not 'warehouse_weather'",
        ),
        (
            "afn_inventory.toml",
            NEW.replace("warehouse_weather", "afn_inventory_data").replace(
                "afn_inventory.toml", ""
            ),
            "stream: must be the name of the file",
        ),
        (
            "warehouse_weather.toml",
            NEW.replace('columns = ["warehouse", "day"]', 'columns = ["town"]'),
            "warehouse_weather.toml: identity.columns: 'town' is not a column of the type",
        ),
    ],
)
def test_an_entry_that_is_not_valid_is_refused(
    tmp_path: Path, file: str, content: str, message: str
) -> None:
    (tmp_path / file).write_text(content, "utf-8")

    with pytest.raises(BadEntry) as refused:
        use_directory(tmp_path)

    assert message in str(refused.value)
    assert report_types.load("GET_AFN_INVENTORY_DATA") in report_types.all_known()


def test_a_stream_of_a_released_type_is_refused(tmp_path: Path) -> None:
    content = NEW.replace('stream = "warehouse_weather"', 'stream = "afn_inventory_data"')
    (tmp_path / AFN).write_text(content, "utf-8")

    with pytest.raises(BadEntry, match="stream"):
        use_directory(tmp_path)

    assert "shelf_life" not in {
        spec.name for spec in report_types.load("GET_AFN_INVENTORY_DATA").columns
    }


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadEntry, match="is not a directory"):
        use_directory(tmp_path / "missing")
