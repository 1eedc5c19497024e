"""GetReport: a document to a file."""

from __future__ import annotations

from pathlib import Path

from tap_mws_reports import errors
from tap_mws_reports.api.downloading import checked, unchecked
from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.mws.caller import Caller
from tap_mws_reports.api.transport import HttpAnswer, Saved


def download(caller: Caller, report_id: str, path: Path) -> ReportDocument:
    """Download a document; ``path`` exists only if it is complete.

    Raises:
        DocumentDamaged: it is incomplete.
    """
    with unchecked(path) as arriving:
        saved, answer = caller.exchange(
            "GetReport",
            {"report_id": report_id},
            send=lambda request: caller.transport.stream(request, arriving),
            read=lambda answer: _no_page(answer, report_id),
        )
        return checked(answer, saved, report_id, path)


def _no_page(answer: HttpAnswer, report_id: str) -> tuple[Saved, HttpAnswer]:
    if answer.saved is None or answer.headers.get("content-type", "").startswith("text/html"):
        what = f"GetReport: a web page came in place of document {report_id}"
        raise errors.ConnectionBroken(what)
    return answer.saved, answer
