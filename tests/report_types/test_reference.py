"""The entries beside the tables of both services, where those lie beside the project."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import ColumnSpec, Kind, ReportType
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
OTHER_KINDS = {
    # A day in the documents of every marketplace: `09/06/25`, `09.06.2025`.
    ("_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_", "posted-date"): Kind.DATE,
    # A day, or a month such as `04/2023`.
    ("GET_LEDGER_SUMMARY_VIEW_DATA", "Date"): Kind.TEXT,
}
DATES = re.compile(r" \([0-9/]+ to [0-9/]+\)$")

MODES = {
    "request": {"request"},
    "request+schedule": {"request", "schedule"},
    "schedule": {"schedule"},
    "auto": {"amazon"},
    "seller-central": {"seller-central"},
    "getreport-only": set(),
}
RESTRICTED = {"yes": "personal", "role-only": "role", "no": "none"}
# Amazon says comma-separated, but documents came as one line, and there is a JSON schema.
JSON_ALTHOUGH = {
    "GET_B2B_PRODUCT_OPPORTUNITIES_RECOMMENDED_FOR_YOU",
    "GET_B2B_PRODUCT_OPPORTUNITIES_NOT_YET_ON_AMAZON",
}
LISTINGS = ["_GET_MERCHANT_LISTINGS_DATA_", "_GET_MERCHANT_LISTINGS_ALL_DATA_"]
# No English header was seen for these; the last one stands for all that is no longer filled.
NOT_TRANSLATED = {
    *("調達タイプ", "Amazonポイントの費用"),
    "不适用项目",
}
# The order of the columns in documents contradicts the table: this one is between the promotional
# rebates and the selling fees. For Poland and Sweden, later mapping tables in public source code
# do, too. For Brazil they disagree (two have `product sales tax`, one `sales tax collected`); there
# the lines above the header decide: the taxes of products, shipping and gift wrap together.
CORRECTED = dict.fromkeys(
    ("pobrany podatek od sprzedaży", "Inkasserad moms", "imposto de vendas coletados"),
    "sales tax collected",
)
# What the table itself notes behind a header.
NOTES = re.compile(r" \((?:mapped|typographic).*\)$")
# What it says in place of an English header, where documents had none when it was made.
NOTED = re.compile(r"\((.*); newer column\)")

Row = dict[str, str]


def reference(file: str) -> list[Row]:
    path = REFERENCE / file
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


MWS = reference("mws_report_types.csv")
SP_API = reference("sp_api_report_types.csv")
SCHEMAS = REFERENCE / "sp-api-models" / "schemas_reports"
TYPES_WITH_COLUMNS = sorted({row["report_type"] for row in reference("report_columns.csv")})


@cache
def specs_of(name: str) -> dict[str, ColumnSpec]:
    known = report_types.load(name)
    return {key: spec for spec in known.columns for key in spec.keys}


def header_of(known: ReportType, path: str) -> str:
    """Return a column of the reference as the entry writes it: XML below the root."""
    path = DATES.sub("", path).replace("/@", "@")
    inside = f"{known.root}/"
    return path.removeprefix("Result/").removeprefix(inside) if known.root else path


@pytest.mark.rows("row", MWS, ids=lambda row: row["mws_report_type"])
def test_every_type_of_mws(row: Row) -> None:
    known = report_types.load(row["mws_report_type"])

    assert known.name == row["mws_report_type"]
    assert known.title != "A report type that this tap has no entry for"
    assert "mws" in known.services
    if known.services == ("mws",):
        assert known.format == row["format"]
        assert set(known.request_modes) == MODES[row["request_mode"]]
        assert known.withdrawn
    if "at most every" in row["notes"]:
        minutes = 30 if "30 min" in row["notes"] else 240
        assert (known.cooldown_minutes or 0) >= minutes


@pytest.mark.rows("row", SP_API, ids=lambda row: row["sp_report_type"])
def test_every_type_of_sp_api(row: Row) -> None:
    name = row["sp_report_type"]
    known = report_types.load(name)

    assert known.sp_api_name == name
    assert "sp_api" in known.services
    assert not row["mws_report_type"] or known.name == row["mws_report_type"]
    assert known.restricted == RESTRICTED[row["restricted_pii"]]
    assert row["format"] in {known.format, "unknown"} or name in JSON_ALTHOUGH
    assert known.sp_api_name in report_types.load(known.name).names


@pytest.mark.rows("row", SP_API, ids=lambda row: row["sp_report_type"])
def test_the_request_mode_of_each_type_of_sp_api(row: Row) -> None:
    known = report_types.load(row["sp_report_type"])
    message = {
        "request": row["requestable"] == "yes",
        "schedule": row["schedulable"] == "yes",
        "amazon": row["auto_generated"] == "yes",
        "seller-central": row["auto_generated"] == "seller-central",
    }

    assert {way for way, there in message.items() if there} <= set(known.request_modes)
    if not any(message.values()) and row["requestable"] == "no":
        assert known.withdrawn


@pytest.mark.rows("row", SP_API, ids=lambda row: row["sp_report_type"])
def test_types_that_amazon_no_longer_lists(row: Row) -> None:
    known = report_types.load(row["sp_report_type"])
    gone = re.search("absent from the 2026-07 list|2022-01 list only", row["notes"]) is not None

    assert not gone or known.unlisted or known.withdrawn
    assert gone or not known.unlisted


@pytest.mark.rows("row", SP_API, ids=lambda row: row["sp_report_type"])
def test_generated_types_are_not_offered_for_requests(row: Row) -> None:
    known = report_types.load(row["sp_report_type"])

    if row["requestable"] == "no" and not known.withdrawn:
        assert "request" not in known.request_modes


@pytest.mark.rows("row", SP_API, ids=lambda row: row["sp_report_type"])
def test_longest_range(row: Row) -> None:
    known = report_types.load(row["sp_report_type"])
    days = re.match(r"([0-9]+)(?: \((?:one month|all=true)\)|$)", row["max_range_days"])

    if days and known.kind == "range":
        assert known.max_days == int(days[1])
    if days := re.search(r"([0-9]+)(?:-day lookback| d$)", row["max_range_days"]):
        assert known.lookback_limit_days == int(days[1])


@pytest.mark.rows("row", MWS, ids=lambda row: row["mws_report_type"])
def test_longest_range_of_mws(row: Row) -> None:
    known = report_types.load(row["mws_report_type"])
    days = re.match(r"([0-9]+)(?![0-9]| \(look-back\))", row["max_range_days"])

    if days and known.kind == "range":
        assert known.max_days == int(days[1])


@pytest.mark.rows(
    "known",
    [each for each in report_types.all_known() if each.max_days],
    ids=lambda each: each.stream,
)
@pytest.mark.skipif(not (MWS and SP_API), reason="the tables of both services are not here")
def test_a_longest_range_is_documented_by_a_service(known: ReportType) -> None:
    """An entry's limit stands in one of the tables, or follows from periods that do."""
    rows = [row for row in MWS if row["mws_report_type"] == known.name]
    rows += [row for row in SP_API if row["sp_report_type"] in known.names]
    stated = " ".join(row["max_range_days"] for row in rows if row["max_range_days"])

    follows = {"exactly one month": 31, "hourly": 1}
    assert str(known.max_days) in re.findall("[0-9]+", stated) or follows[stated] == known.max_days


@pytest.mark.rows("row", SP_API, ids=lambda row: row["sp_report_type"])
def test_types_with_windows_of_complete_periods(row: Row) -> None:
    alignment = report_types.load(row["sp_report_type"]).alignment
    longest = row["max_range_days"]

    if "period" in longest:
        assert alignment is not None
        assert alignment.at == "dates"
        assert f"{alignment.option}=" in row["report_options"]
        assert alignment.max_periods == 1 or longest != "1 period"
    if longest == "hourly":
        assert alignment is not None
        assert (alignment.at, alignment.period) == ("hours", "HOUR")
    if longest == "exactly one month":
        assert alignment is not None
        assert (alignment.period, alignment.max_periods) == ("MONTH", 1)


@pytest.mark.rows("name", TYPES_WITH_COLUMNS)
def test_every_column_is_known_with_its_kind(name: str) -> None:
    known = report_types.load(name)
    rows = [row for row in reference("report_columns.csv") if row["report_type"] == name]

    for row in rows:
        spec = specs_of(name)[header_key(header_of(known, row["column"]))]
        assert spec.kind is OTHER_KINDS.get((name, row["column"]), KINDS[row["type"]])


@pytest.mark.rows("name", TYPES_WITH_COLUMNS)
def test_headers_have_amazons_spelling(name: str) -> None:
    known = report_types.load(name)
    rows = [row for row in reference("report_columns.csv") if row["report_type"] == name]
    spelled = {header_of(known, row["column"]) for row in rows}
    keys = {header_key(header) for header in spelled}

    assert not [
        spec.header
        for spec in known.columns
        if header_key(spec.header) in keys and spec.header.removeprefix("/") not in spelled
    ]


@pytest.mark.rows(
    "row",
    reference("localised_headers.csv"),
    ids=lambda row: f"{row['report_type']}-{row['header_in_file']}",
)
def test_every_header_in_another_language(row: Row) -> None:
    local = NOTES.sub("", row["header_in_file"])
    if local in NOT_TRANSLATED:
        return
    for name in LISTINGS if " / " in row["report_type"] else [row["report_type"]]:
        english = CORRECTED.get(local) or NOTED.sub(r"\1", row["english_header"])
        column = specs_of(name).get(header_key(english))
        # The older of the two listing reports has no status.
        assert column or (name, row["english_header"]) == (LISTINGS[0], "status")
        assert specs_of(name).get(header_key(local)) is column


def specification_of(schema: Path) -> set[str]:
    """Return what a document says of itself, by the schema that Amazon publishes of it."""
    told: set[str] = set()

    def note(table: dict[str, Any]) -> dict[str, Any]:
        if isinstance(specification := table.get("reportSpecification"), dict):
            told.update(specification.get("properties", {}))
        return table

    json.loads(schema.read_text("utf-8"), object_hook=note)
    return told - {"reportType", "marketplaceIds"}


@pytest.mark.skipif(not SCHEMAS.exists(), reason="Amazon's schemas are not here")
@pytest.mark.parametrize(
    "known", [each for each in report_types.all_known() if each.parts], ids=lambda each: each.stream
)
def test_the_document_fields_are_those_of_the_schema(known: ReportType) -> None:
    files = [SCHEMAS / Path(source).name for source in known.source]
    told = set[str]().union(*(specification_of(file) for file in files if file.exists()))

    about = [spec.header.split(".") for spec in known.joined().columns]
    found = {header[1] for header in about if header[0] == "reportSpecification"}
    assert found == (told if known.options else told - {"reportOptions"})
