"""What proves that a document is complete, and what is done where nothing does."""

from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

import pytest

from tap_mws_reports.api.document_integrity import confirm, verified_document
from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.transport import HttpResponse, SavedBody
from tap_mws_reports.errors import DocumentDamaged

BODY = b"sku\tqty\nA\t1\n"
PACKED = gzip.compress(BODY, mtime=0)


def digest(body: bytes) -> bytes:
    return hashlib.md5(body, usedforsecurity=False).digest()


def arrived(path: Path, body: bytes, *, framed: bool = False, md5: bytes = b"") -> ReportDocument:
    path.write_bytes(body)
    headers = {"content-md5": base64.b64encode(md5).decode()} if md5 else {}
    saved = SavedBody(len(body), digest(body), framed=framed)
    return verified_document(HttpResponse(200, headers), saved, "7", path, path)


@pytest.mark.parametrize(
    ("body", "framed", "md5", "proved"),
    [
        (BODY, True, b"", True),
        (BODY, False, digest(BODY), True),
        (BODY, False, b"", False),
        (PACKED, False, b"", True),
        (PACKED + PACKED, False, b"", True),
        (b"", False, b"", False),
    ],
)
def test_length_checksum_or_trailer_proves_a_document(
    tmp_path: Path, body: bytes, md5: bytes, *, framed: bool, proved: bool
) -> None:
    assert arrived(tmp_path / "report", body, framed=framed, md5=md5).proved == proved


@pytest.mark.parametrize(
    "damaged",
    [
        PACKED[:-1],
        PACKED[:-9],
        PACKED[:12],
        PACKED[:14] + bytes([PACKED[14] ^ 1]) + PACKED[15:],
        PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:],
    ],
)
def test_truncated_or_corrupt_compression_is_damage(tmp_path: Path, damaged: bytes) -> None:
    with pytest.raises(DocumentDamaged, match="document 7 came without its length"):
        arrived(tmp_path / "report", damaged)


@pytest.mark.parametrize("second", [BODY[:-3], BODY.replace(b"A", b"B")])
def test_an_unproved_document_must_be_equal_in_two_downloads(tmp_path: Path, second: bytes) -> None:
    path = tmp_path / "report"
    confirm(arrived(path, BODY), path, lambda beside: arrived(beside, BODY))
    with pytest.raises(
        DocumentDamaged, match=r"first with 12 bytes, then with \d+ different bytes"
    ):
        confirm(arrived(path, BODY), path, lambda beside: arrived(beside, second))
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_bytes() == BODY


def test_a_proved_document_is_fetched_once(tmp_path: Path) -> None:
    def refuse(_: Path) -> ReportDocument:
        raise AssertionError("fetched again")

    path = tmp_path / "report"
    confirm(arrived(path, BODY, framed=True), path, refuse)
