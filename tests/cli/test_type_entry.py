"""`mws-reports types add`: what it writes works at once."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports.cli import main
from tap_mws_reports.report_types import use_directory

AFN = "seller-sku\tfulfillment-channel-sku\tasin\tcondition-type\tWarehouse-Condition-code"
AFN += "\tQuantity Available"


@pytest.fixture(autouse=True)
def released_alone() -> Iterator[None]:
    yield
    use_directory(None)


def add(document: Path, folder: Path, *options: str) -> int:
    return main(["types", "add", str(document), "--output", str(folder), *options])


def read(document: Path, folder: Path, capfd: Any) -> tuple[list[dict[str, Any]], str]:
    capfd.readouterr()
    assert main(["read", str(document), "--report-types-directory", str(folder)]) == 0
    out, err = capfd.readouterr()
    return [json.loads(line) for line in out.splitlines()], err


def test_new_columns_of_a_known_type_are_written_and_read(tmp_path: Path, capfd: Any) -> None:
    document, own = tmp_path / "report.txt", tmp_path / "own"
    lines = [f"{AFN}\tShelf Life\tBatch code\tRate", "s\tX\tB\tNewItem\tSELLABLE\t1\t30\t007\t1.5"]
    document.write_text("\n".join([*lines, ""]), "utf-8")

    assert add(document, own, "--name", "GET_AFN_INVENTORY_DATA") == 0

    written = (own / "afn_inventory_data.toml").read_text("utf-8")
    assert tomllib.loads(written) == {
        "name": "_GET_AFN_INVENTORY_DATA_",
        "columns": {"Shelf Life": "integer", "Batch code": "text", "Rate": "decimal"},
    }
    rows, err = read(document, own, capfd)
    assert (rows[0]["shelf_life"], rows[0]["batch_code"], rows[0]["rate"]) == (30, "007", 1.5)
    assert "columns: 9 known, 0 new" in err


def test_a_download_without_a_type_becomes_a_new_type(tmp_path: Path, capfd: Any) -> None:
    document, own = tmp_path / "Lagerbestand 2026.csv", tmp_path / "own"
    document.write_text(
        'Angebotsnummer,Regal,Menge (Stück),Eingang,Wert\nA1,3,7,17.05.2026,"$1,204.50"\n', "utf-8"
    )

    assert add(document, own) == 0

    written = tomllib.loads((own / "lagerbestand_2026.toml").read_text("utf-8"))
    assert written["name"] == "LAGERBESTAND_2026"
    assert written["download_only"] is True
    assert written["columns"] == {
        "listing-id": "text",
        "Regal": "integer",
        "Menge (Stück)": "integer",
        "Eingang": "date",
        "Wert": "decimal",
    }
    assert written["localised_headers"] == {"Angebotsnummer": "listing-id"}
    rows, err = read(document, own, capfd)
    assert "type: LAGERBESTAND_2026 (by its header)" in err
    assert (rows[0]["listing_id"], rows[0]["eingang"], rows[0]["wert"]) == (
        "A1",
        "2026-05-17",
        1204.5,
    )


def test_a_named_type_is_a_type_of_the_service(tmp_path: Path, capfd: Any) -> None:
    document, own = tmp_path / "report.txt", tmp_path / "own"
    document.write_text("warehouse\train\nABC1\t3\n", "utf-8")

    assert add(document, own, "--name", "GET_WAREHOUSE_WEATHER") == 0

    written = tomllib.loads((own / "warehouse_weather.toml").read_text("utf-8"))
    assert (written["sp_api_name"], written["kind"]) == ("GET_WAREHOUSE_WEATHER", "range")
    rows, _ = read(document, own, capfd)
    assert rows[0]["rain"] == 3
    capfd.readouterr()
    assert main(["types", "warehouse_weather", "--report-types-directory", str(own)]) == 0
    assert "Columns of report.txt" in capfd.readouterr().out


def test_a_german_amount_is_parsed_by_the_marketplace(tmp_path: Path) -> None:
    document, own = tmp_path / "report.txt", tmp_path / "own"
    document.write_text("lager\ttag\nABC1\t17/05/2026\n", "utf-8")

    assert add(document, own, "--marketplace", "DE") == 0

    assert tomllib.loads((own / "report.toml").read_text("utf-8"))["columns"]["tag"] == "date"


def test_a_known_document_adds_nothing(tmp_path: Path, capfd: Any) -> None:
    document, own = tmp_path / "report.txt", tmp_path / "own"
    document.write_text(f"{AFN}\ns\tX\tB\tNewItem\tSELLABLE\t1\n", "utf-8")

    assert add(document, own) == 0

    assert "nothing to add" in capfd.readouterr().out
    assert not own.exists()


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("sku\tcolour\n1\tred\n", ["add", "FILE", "--output", "OWN"], "report.toml exists"),
        ('[{"a": 1}]', ["add", "FILE", "--output", "OWN"], "the document is JSON"),
        ("", ["add", "missing.txt"], "missing.txt is not a file"),
        ("", ["add"], "a document belongs to `types add`"),
        ("", ["orders", "FILE"], "a document belongs to `types add`"),
        ("", ["orders", "--report-types-directory", "missing"], "missing is not a directory"),
    ],
)
def test_documents_that_cannot_be_added_are_explained(
    tmp_path: Path, capfd: Any, content: str, arguments: list[str], message: str
) -> None:
    document = tmp_path / "report.txt"
    document.write_text(content, "utf-8")
    (tmp_path / "report.toml").write_text("", "utf-8")
    named = {"FILE": str(document), "OWN": str(tmp_path)}

    assert main(["types", *(named.get(each, each) for each in arguments)]) == 2

    err = capfd.readouterr().err
    assert message in err
    assert err.count("error[") == 1
