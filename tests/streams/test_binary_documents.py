from __future__ import annotations

import gzip
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import media_type_of
from tap_mws_reports.errors import DocumentNotKept
from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.reports import Document
from tap_mws_reports.streams.binary_documents import FILE_COLUMNS, may_deliver_files, save_document
from tap_mws_reports.streams.row_schema import row_schema

pytestmark = pytest.mark.api(slow="mws", reason="documents are read the same over both services")

UNKNOWN = "_GET_SOMETHING_NEW_"
STREAM = "something_new"
AFN = "_GET_AFN_INVENTORY_DATA_"
PDF = b"%PDF-1.7\nan invoice\n"


@pytest.fixture
def delivers(monkeypatch):
    """Make every report of the sandbox these bytes, also of an unknown type."""

    def deliver(body: bytes) -> None:
        monkeypatch.setattr(reports, "KNOWN", {*reports.KNOWN, UNKNOWN})
        monkeypatch.setattr("tap_mws_reports.sandbox.sp_api.type_checks.known", report_types.load)
        monkeypatch.setattr(reports, "has_rows", lambda *_: True)
        monkeypatch.setattr(reports, "write", lambda *_: Document(body, "UTF-8"))

    return deliver


@pytest.fixture
def kept(tmp_path) -> Path:
    return tmp_path / "kept" / "here"


@pytest.mark.parametrize("body", [PDF, gzip.compress(PDF, mtime=0)])
def test_file_is_kept_and_described_by_a_record(harness, delivers, kept, body) -> None:
    delivers(body)

    output = harness.run(UNKNOWN, documents_directory=str(kept))

    record, *others = output.records(STREAM)
    path = Path(record["file_path"])
    assert path.parent == kept
    assert path.read_bytes() == PDF
    assert record["file_type"] == "application/pdf"
    assert record["file_name"] == f"A1SANDBOXNA-{STREAM}-{record['_report_id']}.pdf"
    assert record["file_size"] == len(PDF)
    assert record["file_sha256"] == hashlib.sha256(PDF).hexdigest()
    assert record["_row_number"] == 1
    assert record["_seller_id"] == "A1SANDBOXNA"
    assert output.schemas(STREAM)[0]["key_properties"] == [
        "_seller_id",
        "_report_id",
        "_row_number",
    ]
    assert len(list(kept.iterdir())) == 1 + len(others)
    assert not output.failures


def test_file_is_private(harness, delivers, kept) -> None:
    delivers(PDF)

    before = os.umask(0)
    try:
        harness.run(UNKNOWN, documents_directory=str(kept))
    finally:
        os.umask(before)

    assert kept.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept.iterdir())


def test_columns_of_a_file_are_declared_once_and_stay(harness, delivers, kept) -> None:
    delivers(PDF)
    first = harness.run(UNKNOWN, documents_directory=str(kept))
    harness.clock.sleep(24 * 3600)

    later = harness.run(UNKNOWN, state=first.state, documents_directory=str(kept))

    schemas = first.schemas(STREAM) + later.schemas(STREAM)
    sizes = [each["schema"]["properties"].get("file_size", {}).get("type") for each in schemas]
    assert sizes == [None, ["integer", "null"], ["integer", "null"]]
    assert later.records(STREAM)


@pytest.mark.parametrize("policy", ["ignore", "fail"])
def test_columns_of_a_file_are_not_new_columns(harness, delivers, kept, policy) -> None:
    delivers(PDF)

    output = harness.run(UNKNOWN, documents_directory=str(kept), new_columns=policy)

    assert output.records(STREAM)[0]["file_path"]
    assert "file_path" in output.schemas(STREAM)[-1]["schema"]["properties"]


def test_column_that_is_deselected_is_not_written_but_the_file_is_kept(
    harness, delivers, kept
) -> None:
    delivers(PDF)
    first = harness.run(UNKNOWN, documents_directory=str(kept))
    catalog = harness.tap(UNKNOWN, state=first.state).catalog_dict
    for entry in next(
        each["metadata"] for each in catalog["streams"] if each["tap_stream_id"] == STREAM
    ):
        if entry["breadcrumb"] == ["properties", "file_path"]:
            entry["metadata"]["selected"] = False
    for path in kept.iterdir():
        path.unlink()

    output = harness.run(UNKNOWN, catalog=catalog, documents_directory=str(kept))

    assert "file_path" not in output.records(STREAM)[0]
    assert (kept / output.records(STREAM)[0]["file_name"]).read_bytes() == PDF


def test_batch_files_have_the_record_of_a_file(harness, delivers, kept, tmp_path) -> None:
    delivers(PDF)
    config = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri(), "prefix": ""},
    }

    output = harness.run(UNKNOWN, documents_directory=str(kept), batch_config=config)

    manifest = next(each["manifest"] for each in output.messages if each["type"] == "BATCH")
    rows = gzip.decompress(Path(manifest[0].removeprefix("file://")).read_bytes()).splitlines()
    assert [json.loads(row)["file_type"] for row in rows] == ["application/pdf"]


def test_file_in_place_of_known_columns_is_refused_by_its_name(harness, delivers, kept) -> None:
    delivers(PDF)

    output = harness.run(AFN, documents_directory=str(kept))

    assert not output.records("afn_inventory_data")
    assert "the document is a PDF and has no rows to read" in output.failures[0]
    assert not kept.exists()


def test_compressed_rows_are_read(harness, delivers) -> None:
    delivers(gzip.compress(b"seller-sku\tasin\n007\tB01\n"))

    assert harness.run(UNKNOWN).records(STREAM)[0]["seller_sku"] == "007"


def test_unwritable_directory_is_a_failed_window(harness, delivers, tmp_path) -> None:
    delivers(PDF)
    blocked = tmp_path / "file"
    blocked.touch()

    output = harness.run(UNKNOWN, documents_directory=str(blocked))

    assert not output.records(STREAM)
    assert "documents_directory" in output.failures[0]
    assert "failed_windows" in json.dumps(output.bookmark(STREAM))


def test_file_read_again_replaces_the_earlier_one(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for content in (PDF + b"old", PDF):
        source.write_bytes(content)
        media_type = media_type_of(source)
        assert media_type
        save_document(source, media_type, tmp_path / "kept", "a-b-1")

    assert [each.name for each in (tmp_path / "kept").iterdir()] == ["a-b-1.pdf"]
    assert (tmp_path / "kept" / "a-b-1.pdf").read_bytes() == PDF


def test_name_stays_in_the_directory(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(PDF)
    media_type = media_type_of(source)
    assert media_type

    save_document(source, media_type, tmp_path / "kept", "../a b/\u00e9.")

    assert [each.name for each in (tmp_path / "kept").iterdir()] == ["___a_b___.pdf"]


def test_nothing_is_left_when_the_file_cannot_be_put_in_place(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(PDF)
    media_type = media_type_of(source)
    assert media_type
    (tmp_path / "kept" / "a.pdf").mkdir(parents=True)

    with pytest.raises(DocumentNotKept, match=r"a\.pdf cannot be written"):
        save_document(source, media_type, tmp_path / "kept", "a")

    assert [each.name for each in (tmp_path / "kept").iterdir()] == ["a.pdf"]


def test_schema_of_a_type_of_files_has_their_columns_from_the_start() -> None:
    known = replace(report_types.load(UNKNOWN), format="pdf")

    assert FILE_COLUMNS.keys() <= row_schema(known)["properties"].keys()
    assert may_deliver_files(known)
    assert not may_deliver_files(report_types.load(AFN))
