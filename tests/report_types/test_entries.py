"""Every entry, walked; and beside the reference, where that lies beside the project."""

from __future__ import annotations

import csv
import re
from importlib import resources
from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import ALL_KNOWN, Kind, ReportType, json_schema
from tap_mws_reports.report_types.naming import header_key

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
KINDS = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.DECIMAL,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "date-time": Kind.TIMESTAMP,
}
# A day in the documents of every marketplace: `09/06/25`, `09.06.2025`.
OTHER_KINDS = {("_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_", "posted-date"): Kind.DATE}

every_entry = pytest.mark.parametrize("entry", ALL_KNOWN, ids=lambda entry: entry.stream)


def reference(file: str) -> list[dict[str, str]]:
    path = REFERENCE / file
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_there_is_one_entry_per_file() -> None:
    files = resources.files(report_types).joinpath("entries").iterdir()

    assert {file.name for file in files} == {f"{entry.stream}.toml" for entry in ALL_KNOWN}
    assert len(ALL_KNOWN) == 12


def test_names_are_unique() -> None:
    for names in (
        [entry.name for entry in ALL_KNOWN],
        [entry.sp_api_name for entry in ALL_KNOWN],
        [entry.stream for entry in ALL_KNOWN],
    ):
        assert len(set(names)) == len(names)


@every_entry
def test_stream_is_named_after_both_services_names(entry: ReportType) -> None:
    name = f"GET_{entry.stream.upper()}"

    assert entry.name == f"_{name}_"
    assert entry.sp_api_name is not None
    assert entry.sp_api_name.startswith(name)


@every_entry
def test_entry_is_found_by_every_spelling(entry: ReportType) -> None:
    assert report_types.load(entry.name) is entry
    assert report_types.load(str(entry.sp_api_name)) is entry
    for name in entry.other_sp_api_names:
        assert report_types.load(name).sp_api_name == name
        assert report_types.load(name).stream == entry.stream


@every_entry
def test_entry_names_its_sources(entry: ReportType) -> None:
    assert entry.source
    assert all(source.startswith("https://") for source in entry.source)


@every_entry
def test_column_names_fit_every_target(entry: ReportType) -> None:
    names = [spec.name for spec in entry.columns]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) for name in names)


@every_entry
def test_identifiers_are_text(entry: ReportType) -> None:
    numbers = [spec.name for spec in entry.columns if spec.kind in {Kind.INTEGER, Kind.DECIMAL}]

    assert not [name for name in numbers if re.search(r"(^|_)(id|ids|sku|asin|code|number)$", name)]


@every_entry
def test_every_column_of_the_reference_is_known_with_its_kind(entry: ReportType) -> None:
    known = {key: spec for spec in entry.columns for key in spec.keys}
    rows = [row for row in reference("report_columns.csv") if row["report_type"] == entry.name]
    for row in rows:
        header = row["column"]
        spec = known[header_key(header)]
        assert spec.kind is OTHER_KINDS.get((entry.name, header), KINDS[row["type"]])

    headers = {row["column"] for row in rows}
    assert not headers or len([s for s in entry.columns if s.header in headers]) >= len(headers) - 1


@every_entry
def test_reference_agrees_about_the_names_and_the_longest_range(entry: ReportType) -> None:
    rows = [r for r in reference("sp_api_report_types.csv") if r["mws_report_type"] == entry.name]
    names = [entry.sp_api_name, *entry.other_sp_api_names]

    assert not rows or sorted(map(str, names)) == sorted(row["sp_report_type"] for row in rows)
    for row in rows:
        days = re.match(r"\d+", row["max_range_days"])
        if days and entry.kind == "range":
            assert entry.max_days == int(days[0])
        assert (row["requestable"] == "yes") == (entry.kind != "generated")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_nullable_schema_of_its_own(kind: Kind) -> None:
    schema = json_schema(kind)
    schema["type"] = "changed"

    assert "null" in str(json_schema(kind)["type"])
