"""The user's own report types, and hints about new columns, through the whole tap."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports.config.validation import find_problems
from tap_mws_reports.report_types import use_directory
from tests.streams.conftest import Written, make_tap

AFN = "_GET_AFN_INVENTORY_DATA_"
HEADER = "seller-sku\tfulfillment-channel-sku\tasin\tcondition-type\tWarehouse-Condition-code"
HEADER += "\tQuantity Available\tShelf Life\n"
DOCUMENT = (HEADER + "s\tX\tB\tNewItem\tSELLABLE\t1\t30\n").encode()
OWN = f'name = "{AFN}"\n[columns]\n"Shelf Life" = "integer"\n'


@pytest.fixture(autouse=True)
def released_alone() -> Iterator[None]:
    yield
    use_directory(None)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "afn_inventory_data.toml").write_text(OWN, "utf-8")
    return tmp_path


def records(lines: list[bytes]) -> list[dict[str, Any]]:
    messages = [json.loads(line) for line in lines]
    return [each["record"] for each in messages if each["type"] == "RECORD"]


def test_a_new_column_is_text_and_its_likely_kind_is_logged_once(
    written: Written, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        rows = records(written(AFN, [DOCUMENT, DOCUMENT]))

    assert [row["shelf_life"] for row in rows] == ["30", "30"]
    message = [each.getMessage() for each in caplog.records if "look like" in each.getMessage()]
    assert len(message) == 1
    assert message[0].startswith(
        f"New column shelf_life of {AFN} is text, but all of its 1 cells in "
    )
    assert message[0].endswith('"Shelf Life" = "integer"')


def test_a_column_of_the_users_entry_has_its_kind(written: Written, own: Path) -> None:
    rows = records(written(AFN, [DOCUMENT], report_types_directory=str(own)))

    assert [row["shelf_life"] for row in rows] == [30]
    # Without the setting, the next tap of the process knows nothing of it.
    assert [row["shelf_life"] for row in records(written(AFN, [DOCUMENT]))] == ["30"]


def test_an_excluded_column_has_no_hint(written: Written, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        written(AFN, [DOCUMENT], exclude_columns=["shelf*"])

    assert "shelf" not in caplog.text.lower()


def test_an_entry_that_is_not_valid_is_a_problem_of_the_setting(own: Path) -> None:
    (own / "afn_inventory_data.toml").write_text(OWN.replace("integer", "int"), "utf-8")

    problems = find_problems({"sandbox": True, "report_types_directory": str(own)})

    assert [each.setting for each in problems] == ["report_types_directory"]
    assert "afn_inventory_data.toml: columns.'Shelf Life': Invalid enum value 'int'" in str(
        problems[0]
    )


def test_a_download_is_refused_as_a_report() -> None:
    (problem,) = find_problems({"sandbox": True, "reports": ["BUSINESS_REPORT_BY_DATE"]})

    assert problem.setting == "reports[0]"
    assert "is only a download of Seller Central, which no service delivers" in str(problem)
    assert "`mws-reports read`" in problem.fix


def test_all_types_of_a_tap_without_reports_can_be_requested() -> None:
    tap = make_tap(AFN, [], {})

    assert not any(each.download_only for owner in tap.owners for each in owner.report_types)
