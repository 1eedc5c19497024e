"""Files with rows and documents are the user's alone, also where the umask hides nothing."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_mws_reports.documents import decompressed
from tap_mws_reports.streams.run_folder import RunFolder


@pytest.fixture(autouse=True)
def _open_to_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = os.umask(0)
    yield
    os.umask(before)


def is_private(path: Path) -> bool:
    return path.stat().st_mode & 0o077 == 0


def test_the_folder_of_a_run_is_private() -> None:
    folder = RunFolder()
    try:
        assert is_private(folder.path)
        assert all(map(is_private, folder.path.iterdir()))
    finally:
        folder.remove()


def test_a_decompressed_document_is_in_a_private_folder(tmp_path: Path) -> None:
    document = tmp_path / "report.txt.gz"
    document.write_bytes(gzip.compress(b"sku\nA\n"))
    with decompressed(document) as plain:
        assert is_private(plain.parent)
