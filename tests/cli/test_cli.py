from __future__ import annotations

import pytest

from tap_mws_reports.cli import main


def test_report_types_are_listed(capsys) -> None:
    assert main(["types"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 12
    assert "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_" in out


@pytest.mark.parametrize("name", ["_GET_AFN_INVENTORY_DATA_", "GET_AFN_INVENTORY_DATA"])
def test_a_report_type_is_described_by_either_name(capsys, name) -> None:
    assert main(["types", name]) == 0
    out = capsys.readouterr().out
    assert "FBA inventory" in out
    assert "quantity_available" in out
    assert "30 minutes" in out


def test_a_name_that_is_none_is_explained(capsys) -> None:
    assert main(["types", "inventory please"]) == 2
    assert "is not the name of a report type" in capsys.readouterr().err
