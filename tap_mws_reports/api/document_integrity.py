"""Writing a document to disk, and the checks that it is complete.

Its length, the last of its chunks, its MD5 or the trailer of its compression prove a document
complete. SP-API sends no MD5, and only the end of the connection may mark the end of a plain
document, as a broken connection would: such a document is fetched twice and compared.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_MD5.html
"""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tap_mws_reports import errors
from tap_mws_reports.api import transport
from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.transport import HttpResponse, SavedBody

_GZIP = b"\x1f\x8b"
_PIECE = 1024**2
_HINT = "check whether a proxy changes responses; the next run fetches it again"


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path; it is renamed to ``path`` only if no error is raised."""
    arriving = path.with_name(f"{path.name}.unchecked")
    try:
        yield arriving
        arriving.replace(path)
    finally:
        arriving.unlink(missing_ok=True)


def verified_document(
    answer: HttpResponse, saved: SavedBody, report_id: str, arriving: Path, path: Path
) -> ReportDocument:
    """Return the saved document if its size and MD5 are what Amazon announced.

    Args:
        answer: the headers that came with it.
        saved: what was saved.
        report_id: for errors.
        arriving: where it was saved.
        path: where it will be.

    Raises:
        DocumentDamaged: they are not, or its compression breaks off.
    """
    _check_size(answer, saved, report_id)
    proved = _check_md5(answer, saved, report_id) or saved.framed
    return ReportDocument(
        report_id=report_id,
        path=path,
        size=saved.size,
        md5=saved.md5.hex(),
        charset=transport.charset_of(answer.headers),
        proved=proved or _check_trailer(arriving, report_id),
    )


def confirm(
    document: ReportDocument, arriving: Path, fetch: Callable[[Path], ReportDocument]
) -> None:
    """Fetch a document again if nothing proves it complete, and compare the two.

    Args:
        document: as it came first.
        arriving: where that is; the second one is saved beside it, and removed.
        fetch: saves the document to a path once more.

    Raises:
        DocumentDamaged: the two differ.
    """
    if document.proved:
        return
    second = arriving.with_name(f"{arriving.name}.again")
    try:
        again = fetch(second)
    finally:
        second.unlink(missing_ok=True)
    if (again.size, again.md5) != (document.size, document.md5):
        what = (
            f"document {document.report_id} came without its length, first with {document.size} "
            f"bytes, then with {again.size} different bytes"
        )
        raise errors.DocumentDamaged(what, hint=_HINT)


def _check_size(answer: HttpResponse, saved: SavedBody, report_id: str) -> None:
    announced = answer.headers.get("content-length", "")
    if announced.isdigit() and not saved.unpacked and int(announced) != saved.size:
        what = f"document {report_id} has {saved.size} bytes, {announced} were announced"
        raise errors.DocumentDamaged(what, hint=_HINT)


def _check_md5(answer: HttpResponse, saved: SavedBody, report_id: str) -> bool:
    """Check the MD5, if there is one; return whether there is."""
    announced = answer.headers.get("content-md5", "").strip()
    # Some senders omit the padding: https://github.com/boto/boto/issues/3638
    if announced and announced.rstrip("=") != base64.b64encode(saved.md5).decode().rstrip("="):
        what = f"document {report_id}: MD5 does not match Content-MD5"
        raise errors.DocumentDamaged(what, hint=_HINT)
    return bool(announced)


def _check_trailer(arriving: Path, report_id: str) -> bool:
    """Check the trailers of a gzip document; return whether it is one."""
    try:
        with arriving.open("rb") as document:
            if document.read(len(_GZIP)) != _GZIP:
                return False
        with gzip.open(arriving) as unpacked:
            while unpacked.read(_PIECE):
                pass
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        what = f"document {report_id} came without its length, and is damaged gzip: {error}"
        raise errors.DocumentDamaged(what, hint=_HINT) from error
    return True
