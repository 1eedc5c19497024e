"""GetReport: a document to a file, and the checks that it is the one Amazon sent.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_MD5.html
"""

from __future__ import annotations

import base64
from pathlib import Path

from tap_mws_reports import errors
from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.mws import headers as said
from tap_mws_reports.api.mws.caller import Caller
from tap_mws_reports.api.transport import HttpAnswer, Saved

_HINT = "look for a proxy that changes what passes through it; the next run fetches it again"


def download(caller: Caller, report_id: str, path: Path) -> ReportDocument:
    """Fetch a document; only when it is whole does it bear the name ``path``.

    Raises:
        DocumentDamaged: it is not whole.
    """
    unchecked = path.with_name(f"{path.name}.unchecked")
    try:
        saved, answer = caller.exchange(
            "GetReport",
            {"report_id": report_id},
            send=lambda request: caller.transport.stream(request, unchecked),
            read=lambda answer: _no_page(answer, report_id),
        )
        document = _checked(saved, answer, report_id, path)
        unchecked.replace(path)
    finally:
        unchecked.unlink(missing_ok=True)
    return document


def _no_page(answer: HttpAnswer, report_id: str) -> tuple[Saved, HttpAnswer]:
    if answer.saved is None or answer.headers.get("content-type", "").startswith("text/html"):
        what = f"GetReport: a web page came in place of document {report_id}"
        raise errors.ConnectionBroken(what)
    return answer.saved, answer


def _checked(saved: Saved, answer: HttpAnswer, report_id: str, path: Path) -> ReportDocument:
    _check_size(answer, saved, report_id)
    _check_md5(answer, saved, report_id)
    return ReportDocument(
        report_id=report_id,
        path=path,
        size=saved.size,
        md5=saved.md5.hex(),
        charset=said.charset(answer.headers),
    )


def _check_size(answer: HttpAnswer, saved: Saved, report_id: str) -> None:
    announced = answer.headers.get("content-length", "")
    packed = answer.headers.get("content-encoding", "identity") != "identity"
    if announced.isdigit() and not packed and int(announced) != saved.size:
        what = f"document {report_id} has {saved.size} bytes, {announced} were announced"
        raise errors.DocumentDamaged(what, hint=_HINT)


def _check_md5(answer: HttpAnswer, saved: Saved, report_id: str) -> None:
    announced = answer.headers.get("content-md5", "").strip()
    # Some senders leave out the padding: https://github.com/boto/boto/issues/3638
    if announced and announced.rstrip("=") != base64.b64encode(saved.md5).decode().rstrip("="):
        what = f"document {report_id} has another MD5 than Amazon's Content-MD5 says"
        raise errors.DocumentDamaged(what, hint=_HINT)
