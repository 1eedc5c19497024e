"""Decompress gzip documents, detected by their first bytes.

Amazon announces gzip for plain documents, and delivers gzip unannounced, sometimes twice.
Sources: https://github.com/amzn/selling-partner-api-models/issues/2648,
https://github.com/amzn/selling-partner-api-docs/issues/3200
"""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tap_mws_reports.documents.limits import HIGHEST_RATIO, LARGEST_DOCUMENT, RATIO_COUNTS_FROM
from tap_mws_reports.errors import UnreadableDocument

_GZIP = b"\x1f\x8b"
_PIECE = 256 * 1024


@contextmanager
def decompressed(path: Path, directory: Path | None = None) -> Iterator[Path]:
    """Yield the path of the decompressed document: one or two layers of gzip, any members.

    A document that is not compressed is yielded unchanged. The decompressed file has the document's
    name without ``.gz`` and is in a temporary folder that only the user can read. It is complete
    when yielded, and deleted afterwards.

    Args:
        path: the document.
        directory: where the temporary folder is made; None for the system's place for such folders.

    Raises:
        UnreadableDocument: the document is damaged, truncated, or larger than `limits` allow, or
            there is no space to decompress it.
    """
    with path.open("rb") as document:
        compressed = _is_gzip(document.read(len(_GZIP)))
    if not compressed:
        _check_size(path, path.stat().st_size)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="tap-mws-reports-", dir=directory) as folder:
        plain = Path(folder) / path.name.removesuffix(".gz")
        _unpack(path, plain)
        yield plain


def _is_gzip(head: bytes) -> bool:
    """Whether the first bytes are gzip; also if only the first byte is present."""
    return head != b"" and _GZIP.startswith(head)


def _unpack(path: Path, plain: Path) -> None:
    try:
        with path.open("rb") as packed, plain.open("wb") as target:
            for piece in _pieces(path, packed):
                target.write(piece)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        what = f"the document is damaged or truncated gzip: {error}"
        raise _unreadable(path, what, "request the report again later") from error
    except OSError as error:
        what = f"cannot decompress the document: {error.strerror or error}"
        hint = f"free disk space in {tempfile.gettempdir()}, or set TMPDIR to another folder"
        raise _unreadable(path, what, hint) from error


def _pieces(path: Path, packed: BinaryIO) -> Iterator[bytes]:
    """Yield the document in pieces, and check the limits."""
    size = 0
    with gzip.GzipFile(fileobj=packed, mode="rb") as outer:
        twice = _is_gzip(outer.peek(len(_GZIP))[: len(_GZIP)])
        stream = gzip.GzipFile(fileobj=outer, mode="rb") if twice else outer
        while piece := stream.read(_PIECE):
            size += len(piece)
            _check_size(path, size)
            _check_ratio(path, size, packed.tell())
            yield piece


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST_DOCUMENT:
        what = f"the document is larger than {LARGEST_DOCUMENT:,} bytes"
        raise _unreadable(path, what, "request a shorter range (`window_days`)")


def _check_ratio(path: Path, size: int, packed: int) -> None:
    if size > RATIO_COUNTS_FROM and size > packed * HIGHEST_RATIO:
        what = f"the document decompresses to more than {HIGHEST_RATIO:,} times its size"
        raise _unreadable(
            path, what, "inspect the document; Amazon's documents do not compress that far"
        )


def _unreadable(path: Path, what: str, hint: str) -> UnreadableDocument:
    return UnreadableDocument(what, where=path.name, hint=hint)
