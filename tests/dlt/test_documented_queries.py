"""The SQL of docs about rows that come again and rows that go, over what `load` has loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tap_mws_reports.dlt import load, make_pipeline
from tap_mws_reports.sandbox import reports
from tests.dlt.test_loading import LISTINGS, STREAM, WEEKLY

pytestmark = pytest.mark.api("mws", reason="what dlt does is the same over both services")

DOCS = Path(__file__).parents[2] / "docs"
SNAPSHOTS = "merchant_listings_all_data"
TWO_DAYS = 2 * 24 * 3600
MAY = {"start_date": "2020-05-18T00:00:00Z"}


def documented(page: str, words: str) -> str:
    """Return the SQL of a page that has these words."""
    blocks = re.findall(r"```sql\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    return next(block for block in blocks if words in block)


@pytest.fixture
def close_a_listing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the last listing be missing from documents from now on."""

    def close() -> None:
        write = reports.write

        def write_less(report_type: str, scope: Any) -> Any:
            document = write(report_type, scope)
            if report_type != LISTINGS:
                return document
            lines = document.body.splitlines(keepends=True)
            return type(document)(b"".join(lines[:-1]), document.charset)

        monkeypatch.setattr(reports, "write", write_less)

    return close


def test_a_removed_row_stays_and_is_not_in_the_newest_snapshot(
    harness, warehouse, close_a_listing
) -> None:
    warehouse.load(harness, LISTINGS)
    before = warehouse.rows(SNAPSHOTS)
    close_a_listing()
    harness.clock.sleep(TWO_DAYS)
    summary = warehouse.load(harness, LISTINGS)

    after = warehouse.rows(SNAPSHOTS)
    sql = documented("incremental.md", "newest._seller_id")
    newest = warehouse.ask(sql.replace("fba_myi_unsuppressed_inventory_data", SNAPSHOTS))

    assert len(after) == len(before)
    assert len(newest) == len(before) - 1 == summary.rows[SNAPSHOTS]
    assert [row for row in after if row in before] == before[-1:]


def test_the_newest_row_of_each_key_equals_the_merged_row(
    make_harness, warehouse, tmp_path
) -> None:
    folder = tmp_path / "files"
    pipeline = make_pipeline("filesystem", str(folder), directory=tmp_path / "pipelines")
    merged, appended = make_harness(), make_harness()
    for _ in range(2):
        warehouse.load(merged, WEEKLY, **MAY)
        appended.connect()
        load(pipeline, {"api": appended.api, "sandbox": True, "reports": [WEEKLY], **MAY})
        for harness in (merged, appended):
            harness.clock.sleep(TWO_DAYS)

    files = f"read_parquet('{folder}/amazon_reports/{STREAM}/*.parquet', union_by_name = true)"
    wanted = origins(warehouse.rows(STREAM))
    with duckdb.connect() as database:
        database.execute(f"create view {STREAM} as from {files}")
        rows = database.sql(f"from {STREAM}").to_arrow_table().to_pylist()
        assert len(rows) > len(wanted)
        for page, words in (("warehouses.md", "qualify"), ("incremental.md", "as version")):
            found = database.sql(documented(page, words)).to_arrow_table().to_pylist()
            assert origins(found) == wanted


def origins(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    return sorted((row["_report_id"], row["_row_number"]) for row in rows)
