from __future__ import annotations

import gzip
import json
import subprocess
import sys

import pytest

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


def test_all_lists_of_a_json_report_are_read(tmp_path, capfdbinary) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"byDay": [{"day": 1}], "tags": ["x"], "byAsin": [{"asin": "B1", "n": 1.50}]}')
    assert main(["read", str(path), "--type", "GET_SOMETHING_NEW"]) == 0
    assert main(["read", str(path)]) == 0
    out, err = capfdbinary.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["list_path"] for row in rows] == ["byDay", "byAsin"] * 2
    assert [row["n"] for row in rows] == [None, "1.50"] * 2
    assert [row["tags"] for row in rows] == ['["x"]'] * 4
    assert "2 in: 2 rows" in err.decode()


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


def test_nothing_is_said_when_nobody_reads_on() -> None:
    program = "import sys; from tap_mws_reports.cli import main; sys.exit(main(['types']))"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdout=pipe, stderr=pipe) as process:
        process.stdout.close()
        said = process.stderr.read()
    assert not said
    assert process.returncode == 1


@pytest.mark.parametrize("name", [[], ["--type", "GET_AFN_INVENTORY_DATA"]])
def test_compressed_report_is_read(document, tmp_path, capfdbinary, name) -> None:
    packed = tmp_path / "report.txt.gz"
    packed.write_bytes(gzip.compress(document.read_bytes()))

    assert main(["read", str(packed), *name]) == 0

    out, err = capfdbinary.readouterr()
    assert [json.loads(line)["seller_sku"] for line in out.splitlines()] == ["007", "008"]
    assert b"_GET_AFN_INVENTORY_DATA_" in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7", "is a PDF, which cannot be read as rows"),
        (gzip.compress(b"sku\n")[:-4], "compressed with gzip, and damaged or cut"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path, capfd, content, said) -> None:
    path = tmp_path / "report.bin"
    path.write_bytes(content)

    assert main(["read", str(path)]) == 1

    out, err = capfd.readouterr()
    assert not out
    assert said in err
    assert "report.bin" in err
