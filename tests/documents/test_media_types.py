from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tap_mws_reports.documents.media_types import media_type_of


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, "<xml/>")
    return content.getvalue()


FILES = [
    (b"%PDF-1.7\n", "application/pdf", ".pdf"),
    (archive("report.txt"), "application/zip", ".zip"),
    (archive(), "application/zip", ".zip"),
    (archive("xl.txt", "word/document.xml"), "application/zip", ".zip"),
    (
        archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
    ),
    (bytes.fromhex("d0cf11e0a1b11ae1"), "application/x-ole-storage", ".ole"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff\xe0", "image/jpeg", ".jpg"),
    (b"GIF89a", "image/gif", ".gif"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"II*\x00", "image/tiff", ".tif"),
    (b"MM\x00*", "image/tiff", ".tif"),
    (b"\x1f\x8b\x08", "application/gzip", ".gz"),
]


@pytest.mark.parametrize(("head", "name", "suffix"), FILES, ids=lambda each: str(each)[-60:])
def test_file_type_is_detected_by_its_first_bytes(
    tmp_path: Path, head: bytes, name: str, suffix: str
) -> None:
    path = tmp_path / "document"
    path.write_bytes(head)

    found = media_type_of(path)

    assert found is not None
    assert (found.name, found.suffix) == (name, suffix)


@pytest.mark.parametrize(
    "head", [b"", b"sku\tPDF", b"%PDF", b"PK\tname", b"<xml/>", b"\xef\xbb\xbf"]
)
def test_possible_text_is_not_a_binary_file(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "document"
    path.write_bytes(head)

    assert media_type_of(path) is None
