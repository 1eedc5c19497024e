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

# "discard the report and try the request up to three more times", says the page above.
TRIES = 4


def download(caller: Caller, report_id: str, path: Path) -> ReportDocument:
    """Fetch a document until it is whole; only then does it bear the name ``path``.

    Raises:
        DocumentDamaged: it was not whole at any of the tries.
    """
    unchecked = path.with_name(f"{path.name}.unchecked")
    try:
        document = caller.exchange(
            "GetReport",
            {"report_id": report_id},
            send=lambda request: caller.transport.stream(request, unchecked),
            read=lambda answer: _checked(answer, report_id, path),
            tries=TRIES,
        )
        unchecked.replace(path)
    finally:
        unchecked.unlink(missing_ok=True)
    return document


def _checked(answer: HttpAnswer, report_id: str, path: Path) -> ReportDocument:
    saved = answer.saved
    if saved is None or answer.headers.get("content-type", "").startswith("text/html"):
        what = f"GetReport: a web page came in place of document {report_id}"
        raise errors.ConnectionBroken(what)
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
        raise errors.DocumentDamaged(what)


def _check_md5(answer: HttpAnswer, saved: Saved, report_id: str) -> None:
    announced = answer.headers.get("content-md5", "").strip()
    # Some senders leave out the padding: https://github.com/boto/boto/issues/3638
    if announced and announced.rstrip("=") != base64.b64encode(saved.md5).decode().rstrip("="):
        what = f"document {report_id} has another MD5 than Amazon's Content-MD5 says"
        raise errors.DocumentDamaged(what)
