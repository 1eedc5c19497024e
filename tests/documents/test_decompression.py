from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.documents import decompressed, decompression
from tap_mws_reports.errors import UnreadableDocument

TEXT = b"sku\tquantity\n" + b"".join(b"%d\t%d\n" % (row, row * row) for row in range(20_000))
PACKED = gzip.compress(TEXT)
HALF = len(TEXT) // 2

READABLE = {
    "plain": (TEXT, TEXT),
    "empty": (b"", b""),
    "nothing packed": (gzip.compress(b""), b""),
    "packed": (PACKED, TEXT),
    "packed twice": (gzip.compress(PACKED), TEXT),
    "two members": (gzip.compress(TEXT[:HALF]) + gzip.compress(TEXT[HALF:]), TEXT),
    "zeros behind": (PACKED + bytes(1_000), TEXT),
    "zeros between": (gzip.compress(TEXT[:HALF]) + bytes(7) + gzip.compress(TEXT[HALF:]), TEXT),
    "two members packed again": (gzip.compress(PACKED + PACKED), TEXT + TEXT),
}
DAMAGED = {
    "first byte alone": PACKED[:1],
    "magic alone": PACKED[:2],
    "cut in the header": PACKED[:8],
    "cut in the middle": PACKED[: len(PACKED) // 2],
    "cut before the length": PACKED[:-4],
    "wrong checksum": PACKED[:-8] + bytes(4) + PACKED[-4:],
    "wrong length": PACKED[:-4] + bytes(4),
    "bit turned in the middle": PACKED[:5_000] + bytes([PACKED[5_000] ^ 0x10]) + PACKED[5_001:],
    "unknown method": PACKED[:2] + b"\x07" + PACKED[3:],
    "text behind": PACKED + b"Internal error",
    "second member cut": PACKED + PACKED[:100],
    "inner layer cut": gzip.compress(PACKED[: len(PACKED) // 2]),
}


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where documents are unpacked."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def document(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "report.txt.gz"
    path.write_bytes(content)
    return path


def refused(path: Path) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as caught, decompressed(path):
        pytest.fail("it was given")
    assert caught.value.where == path.name
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("case", READABLE)
def test_document_is_decompressed_from_any_container(
    tmp_path: Path, scratch: Path, case: str
) -> None:
    content, text = READABLE[case]
    path = document(tmp_path, content)

    with decompressed(path) as plain:
        assert plain.read_bytes() == text

    assert path.read_bytes() == content
    assert list(scratch.iterdir()) == []


def test_decompressed_file_is_private_and_has_the_documents_name(tmp_path: Path) -> None:
    with decompressed(document(tmp_path, PACKED)) as plain:
        assert plain.name == "report.txt"
        assert plain.parent.stat().st_mode & 0o077 == 0


def test_decompressed_file_is_removed_after_an_error(tmp_path: Path, scratch: Path) -> None:
    with pytest.raises(KeyboardInterrupt), decompressed(document(tmp_path, PACKED)):
        raise KeyboardInterrupt

    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_document_is_refused_completely(tmp_path: Path, scratch: Path, case: str) -> None:
    error = refused(document(tmp_path, DAMAGED[case]))

    assert "damaged or truncated gzip" in error.what
    assert list(scratch.iterdir()) == []


TEXTS = st.binary(max_size=200).filter(lambda text: not text.startswith(b"\x1f\x8b"))
"""Documents that are not compressed themselves: one that is counts as compressed twice."""


@given(st.data())
def test_any_truncation_gives_the_document_or_a_tap_error(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    packed = gzip.compress(gzip.compress(text)) if data.draw(st.booleans()) else gzip.compress(text)
    cut = data.draw(st.integers(min_value=1, max_value=len(packed)))
    with tempfile.TemporaryDirectory() as folder:
        path = document(Path(folder), packed[:cut])
        if cut < len(packed):
            refused(path)
        else:
            with decompressed(path) as plain:
                assert plain.read_bytes() == text


@given(st.data())
def test_any_damage_gives_the_same_document_or_a_tap_error(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    packed = bytearray(gzip.compress(text))
    packed[data.draw(st.integers(2, len(packed) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = document(Path(folder), bytes(packed))
        try:
            with decompressed(path) as plain:
                assert plain.read_bytes() == text
        except UnreadableDocument as error:
            assert error.hint  # noqa: PT017


@pytest.mark.parametrize("layers", [1, 2])
def test_decompression_bomb_is_refused_early(tmp_path: Path, layers: int) -> None:
    packer = zlib.compressobj(9, wbits=31)
    content = b"".join(packer.compress(bytes(2**20)) for _ in range(64)) + packer.flush()
    for _ in range(layers - 1):
        content = gzip.compress(content)

    assert "more than 1,000 times its size" in refused(document(tmp_path, content)).what


def test_small_document_may_unpack_to_any_ratio(tmp_path: Path) -> None:
    with decompressed(document(tmp_path, gzip.compress(gzip.compress(bytes(2**20))))) as plain:
        assert plain.stat().st_size == 2**20


@pytest.mark.parametrize("content", [TEXT, PACKED])
def test_document_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(decompression, "LARGEST_DOCUMENT", len(TEXT) - 1)

    assert f"larger than {len(TEXT) - 1:,} bytes" in refused(document(tmp_path, content)).what


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_is_an_error_that_names_the_folder(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file on a disk without room is a name for the device that never has any.
    opened = tempfile.TemporaryDirectory

    class Full(opened):
        def __enter__(self) -> str:
            folder = super().__enter__()
            os.symlink("/dev/full", Path(folder) / "report.txt")  # noqa: PTH211
            return folder

    monkeypatch.setattr(tempfile, "TemporaryDirectory", Full)

    error = refused(document(tmp_path, PACKED))

    assert "No space left" in error.what
    assert str(scratch) in error.hint
