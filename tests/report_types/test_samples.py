"""The entries beside real documents, where those lie beside the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.report_types.type_detection import detect_type

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "reports"
LISTED = re.compile(r"\| (\S+) \([0-9]+ B\) \| (_?GET_[A-Z0-9_]+)", re.MULTILINE)
CARRIED = (
    *("settlement_start_date", "settlement_end_date", "deposit_date"),
    *("total_amount", "currency"),
)
# Headers that no document in English has.
NEW = {
    # Its ninth twin is the known one.
    "listings_all_eu_2024_deprecated_columns_header_only.txt": ["Deprecated column"] * 8,
    "listings_all_jp_2022_bom.txt": ["調達タイプ"],
}


def samples(of: str = "") -> list[tuple[str, str]]:
    index = SAMPLES / "INDEX.md"
    listed = LISTED.findall(index.read_text("utf-8")) if index.exists() else []
    return [pair for pair in listed if of in pair[1] and not pair[0].endswith(".xml")]


def table_of(file: str, name: str) -> Table:
    # A decimal point and the code page of Japan are what all of the files have, or do not need.
    marketplace_format = MarketplaceFormat(
        code_page="cp932" if "_jp_" in file else "windows-1252", date_order="DMY"
    )
    known = report_types.load(name)
    return open_table(
        SAMPLES / file, report_type=known, charset=None, marketplace_format=marketplace_format
    )


@pytest.mark.parametrize(("file", "name"), samples())
def test_a_sample_is_recognised_and_all_of_its_columns_are_known(file: str, name: str) -> None:
    table = table_of(file, name)
    found = detect_type(table.header)
    likeliest = [each.name for each in found if each.columns == found[0].columns]

    assert table.report_type.name in likeliest
    new = [column.header for column in table.columns if not column.known]
    assert new == NEW.get(file, [])
    assert not table.missing_identity


@pytest.mark.parametrize(("file", "name"), samples("SETTLEMENT"))
def test_every_row_of_a_settlement_has_its_summary(file: str, name: str) -> None:
    summary, *others = table_of(file, name).rows()

    assert others
    for row in others:
        assert [row[column] for column in CARRIED] == [summary[column] for column in CARRIED]
    assert None not in [summary[column] for column in CARRIED]
