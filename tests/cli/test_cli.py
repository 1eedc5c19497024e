from __future__ import annotations

import json

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.cli import main

HEADER = (
    "seller-sku\tfulfillment-channel-sku\tasin\tcondition-type\tWarehouse-Condition-code"
    "\tQuantity Available"
)
ROWS = ["007\tX001\tB01\tNewItem\tSELLABLE\t12", "008\tX002\tB02\tNewItem\tSELLABLE\tmany"]


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("\n".join([HEADER, *ROWS, ""]))
    return path


def test_a_report_is_read_without_being_told_its_type(document, capfdbinary) -> None:
    assert main(["read", str(document)]) == 0
    out, err = capfdbinary.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["quantity_available"] for row in rows] == [12, None]
    assert rows[0]["seller_sku"] == "007"
    said = err.decode()
    assert "_GET_AFN_INVENTORY_DATA_ (by its header)" in said
    assert "6 known, 0 new" in said
    assert "2 in: 2 rows, 0 blank, 0 refused" in said
    assert "1 rows have cells that did not fit" in said


def test_the_type_and_the_marketplace_can_be_told(tmp_path, capfdbinary) -> None:
    path = tmp_path / "japan.txt"
    path.write_bytes("seller-sku\tasin\n棚-1\tB01\n".encode("cp932"))
    arguments = ["read", str(path), "--type", "GET_SOMETHING_NEW", "--marketplace", "JP"]
    assert main(arguments) == 0
    out, err = capfdbinary.readouterr()
    assert json.loads(out)["seller_sku"] == "棚-1"
    assert "_GET_SOMETHING_NEW_ (as told)" in err.decode()
    assert "cp932" in err.decode()


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (None, 2, "is not a file"),
        (b"We could not make this report because of an internal error.\n", 1, "internal error"),
        (b"<html><body>Sorry</body></html>", 1, "Sorry"),
    ],
)
def test_what_is_no_report_is_explained(tmp_path, capfd, content, code, said) -> None:
    path = tmp_path / "report.txt"
    if content is not None:
        path.write_bytes(content)
    assert main(["read", str(path)]) == code
    out, err = capfd.readouterr()
    assert not out
    assert said in err


def test_report_types_are_listed(capsys) -> None:
    assert main(["types"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == len(report_types.all_known())
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
