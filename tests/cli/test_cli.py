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


def test_a_closed_pipe_is_silent() -> None:
    program = "import sys; from tap_mws_reports.cli import main; sys.exit(main(['types']))"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdout=pipe, stderr=pipe) as process:
        process.stdout.close()
        message = process.stderr.read()
    assert not message
    assert process.returncode == 141


def test_output_that_cannot_be_written_is_explained(monkeypatch, capfd) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tap_mws_reports.cli.types.list_types", refuse)

    assert main(["types"]) == 1

    message = capfd.readouterr().err
    assert message == "error: reading or writing failed: [Errno 28] No space left on device\n"


@pytest.mark.parametrize("name", [[], ["--type", "GET_AFN_INVENTORY_DATA"]])
def test_compressed_report_is_read(document, tmp_path, capfdbinary, name) -> None:
    packed = tmp_path / "report.txt.gz"
    packed.write_bytes(gzip.compress(document.read_bytes()))

    assert main(["read", str(packed), *name]) == 0

    out, err = capfdbinary.readouterr()
    assert [json.loads(line)["seller_sku"] for line in out.splitlines()] == ["007", "008"]
    assert b"_GET_AFN_INVENTORY_DATA_" in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7", "is a PDF and has no rows to read"),
        (gzip.compress(b"sku\n", mtime=0)[:-4], "the document is damaged or truncated gzip"),
    ],
)
def test_unreadable_files_are_explained(tmp_path, capfd, content, message) -> None:
    path = tmp_path / "report.bin"
    path.write_bytes(content)

    assert main(["read", str(path)]) == 1

    out, err = capfd.readouterr()
    assert not out
    assert message in err
    assert "report.bin" in err
