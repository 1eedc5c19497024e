"""Documents: where to fetch one, and fetching it."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import MadeReport, RequestEntry
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sp_api import presigned_urls
from tap_mws_reports.sandbox.sp_api.api_calls import ApiCall, Json
from tap_mws_reports.sandbox.sp_api.error_results import denied, invalid
from tap_mws_reports.sandbox.sp_api.presigned_urls import PresignedUrl, PresignedUrlError
from tap_mws_reports.sandbox.sp_api.type_names import is_restricted

_PLAIN = 10_000
"""Bytes up to which documents are not compressed; which are is not told, but large ones."""

_GZIP = "GZIP"
_ERROR = '<?xml version="1.0" encoding="UTF-8"?>\n<Error>{}</Error>'


def get_report_document(call: ApiCall) -> Json:
    """Tell where a document is for the next five minutes, and whether it is compressed.

    Source of the refusal: https://github.com/amzn/selling-partner-api-models/issues/2420
    """
    document_id = call.values["reportDocumentId"]
    entry = entry_of(call.account, document_id)
    if entry is None or entry.report is None:
        raise invalid("Invalid reportDocumentId")
    if is_restricted(entry.wanted) and not call.restricted:
        raise denied()
    packed, told = _form(entry.report, call.faults)
    encoded = packed and call.values.get("enableContentEncodingUrlHeader", False)
    link = PresignedUrl(document_id, packed, "gzip" if encoded else "")
    url = presigned_urls.write(link, call.documents, call.now)
    answer: Json = {"reportDocumentId": document_id, "url": url}
    return {**answer, "compressionAlgorithm": _GZIP} if told else answer


def entry_of(account: SandboxAccount, document_id: str) -> RequestEntry | None:
    """Return the request from which a document was made."""
    for entry in account.requests.values():
        if entry.report is not None and entry.report.document_id == document_id:
            return entry
    return None


def download(
    accounts: Iterable[SandboxAccount], request: Request, now: datetime, faults: Faults
) -> Response:
    """Answer a request for a document as S3 does: without authentication."""
    try:
        link = presigned_urls.read(request, now)
        report = _report(accounts, link)
        if faults.strikes(FaultKind.URL_ENDED, report.report_type, report.start):
            raise presigned_urls.ended(now, now)
    except PresignedUrlError as unopened:
        return _refusal(unopened)
    if faults.strikes(FaultKind.REDIRECT, report.report_type, report.start):
        return Response(307, b"", {"Location": f"https://elsewhere.example{request.path}"})
    return _body(report, link, faults)


def _form(report: MadeReport, faults: Faults) -> tuple[bool, bool]:
    """Return whether a document is compressed, and whether that is told."""
    subject = report.report_type, report.start
    if faults.strikes(FaultKind.GZIP_UNTOLD, *subject):
        return True, False
    if faults.strikes(FaultKind.GZIP_UNTRUE, *subject):
        return False, True
    is_large = len(report.write().body) > _PLAIN
    return is_large, is_large


def _report(accounts: Iterable[SandboxAccount], link: PresignedUrl) -> MadeReport:
    for account in accounts:
        entry = entry_of(account, link.document_id)
        if entry is not None and entry.report is not None:
            return entry.report
    raise PresignedUrlError("NoSuchKey", "The specified key does not exist.", Key=link.document_id)


def _body(report: MadeReport, link: PresignedUrl, faults: Faults) -> Response:
    document = report.write()
    body = gzip.compress(document.body, mtime=0) if link.packed else document.body
    length = len(body)
    if faults.strikes(FaultKind.SHORT_BODY, report.report_type, report.start):
        body = body[: length // 2]
    charset = f"; charset={document.charset}" if document.charset else ""
    headers = {
        "Content-Type": f"text/plain{charset}",
        "Content-Length": str(length),
        "Content-Encoding": link.encoding or "identity",
        "Server": "AmazonS3",
    }
    return Response(200, body, headers)


def _refusal(unopened: PresignedUrlError) -> Response:
    told = {"Code": unopened.code, "Message": unopened.message, **unopened.told}
    body = _ERROR.format("".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items()))
    status = 404 if unopened.code == "NoSuchKey" else 403
    headers = {"Content-Type": "application/xml", "Content-Length": str(len(body.encode()))}
    return Response(status, body.encode(), {**headers, "Server": "AmazonS3"})
