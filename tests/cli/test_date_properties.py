"""Whatever dates a column has, they are read in one order that all of them permit, or as text."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.cli.detection import open_detected
from tap_mws_reports.report_types import load

LISTINGS = load("GET_MERCHANT_LISTINGS_ALL_DATA")
HEADER = "item-name\tlisting-id\tseller-sku\topen-date\tasin1\n"
PATTERNS = {"MDY": "%m/%d/%Y", "DMY": "%d/%m/%Y"}
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
WRITTEN = st.tuples(DAYS, st.sampled_from(sorted(PATTERNS)))
ZONES = st.sampled_from(["UTC", "PDT", "MET"])


def as_days(cells: list[str], pattern: str) -> list[date] | None:
    try:
        return [datetime.strptime(cell[:10], pattern).date() for cell in cells]  # noqa: DTZ007
    except ValueError:
        return None


@given(days=st.lists(WRITTEN, min_size=1, max_size=6), zone=ZONES, one_order=st.booleans())
def test_dates_are_read_in_one_order_that_fits_all_or_as_text(
    days: list[tuple[date, str]], zone: str, one_order: bool
) -> None:
    order = days[0][1]
    cells = [f"{day:{PATTERNS[order if one_order else own]}} 12:00:00 {zone}" for day, own in days]
    lines = [f"Lamp\tL{n}\tA{n}\t{cell}\tB{n}\n" for n, cell in enumerate(cells)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "listings.txt"
        path.write_text(HEADER + "".join(lines), "utf-8")
        found = open_detected(path, LISTINGS)
        values = [str(row["open_date"]) for row in found.table.rows()]

    fitting = [each for pattern in PATTERNS.values() if (each := as_days(cells, pattern))]
    if values == cells:
        # As text only if no order, or not that of the zone, fits; and it is said.
        assert len(fitting) < len(PATTERNS)
        assert any("is text" in remark for remark in found.remarks)
        return
    read = [datetime.fromisoformat(value).date() for value in values]
    assert read in fitting
    if len(fitting) == len(PATTERNS) and fitting[0] != fitting[1] and zone == "UTC":
        assert any("no value proves" in remark for remark in found.remarks)
