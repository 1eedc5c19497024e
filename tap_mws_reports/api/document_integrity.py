"""Writing a document to disk, and the checks that it is complete.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_MD5.html
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tap_mws_reports import errors
from tap_mws_reports.api import transport
from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.transport import HttpResponse, SavedBody

_HINT = "look for a proxy that changes what passes through it; the next run fetches it again"


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
    answer: HttpResponse, saved: SavedBody, report_id: str, path: Path
) -> ReportDocument:
    """Return the saved document if its size and MD5 are what Amazon announced.

    Raises:
        DocumentDamaged: they are not.
    """
    _check_size(answer, saved, report_id)
    _check_md5(answer, saved, report_id)
    return ReportDocument(
        report_id=report_id,
        path=path,
        size=saved.size,
        md5=saved.md5.hex(),
        charset=transport.charset_of(answer.headers),
    )


def _check_size(answer: HttpResponse, saved: SavedBody, report_id: str) -> None:
    announced = answer.headers.get("content-length", "")
    if announced.isdigit() and not saved.unpacked and int(announced) != saved.size:
        what = f"document {report_id} has {saved.size} bytes, {announced} were announced"
        raise errors.DocumentDamaged(what, hint=_HINT)


def _check_md5(answer: HttpResponse, saved: SavedBody, report_id: str) -> None:
    announced = answer.headers.get("content-md5", "").strip()
    # Some senders omit the padding: https://github.com/boto/boto/issues/3638
    if announced and announced.rstrip("=") != base64.b64encode(saved.md5).decode().rstrip("="):
        what = f"document {report_id}: MD5 does not match Content-MD5"
        raise errors.DocumentDamaged(what, hint=_HINT)
