"""Documents: their presigned addresses, valid for five minutes, and the download.

Sources: https://github.com/saleweaver/python-amazon-sp-api/issues/879 (the form of an address),
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import MadeReport, RequestEntry
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.signed_tokens import signature
from tap_mws_reports.sandbox.sp_api.error_results import denied, invalid
from tap_mws_reports.sandbox.sp_api.routing import REGION_OF_HOST, ApiCall, Json
from tap_mws_reports.sandbox.sp_api.type_checks import is_restricted
from tap_mws_reports.sandbox.unframed_documents import broken_off, cut, flipped

LIFE = timedelta(minutes=5)
PATH = "/NinetyDays/"
HOSTS = {
    "NA": "tortuga-prod-na.s3-external-1.amazonaws.com",
    "EU": "tortuga-prod-eu.s3-eu-west-1.amazonaws.com",
    "FE": "tortuga-prod-fe.s3-us-west-2.amazonaws.com",
}
_DATE = "%Y%m%dT%H%M%SZ"
_PACKED = ".gz"
_ENCODING = "response-content-encoding"
_SIGNATURE = "X-Amz-Signature"
_NEEDED = {"X-Amz-Date", "X-Amz-Expires", _SIGNATURE}


class PresignedUrlError(Exception):
    """An invalid address: S3's code, its message and further elements."""

    def __init__(self, code: str, message: str, **details: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


class PresignedUrl(NamedTuple):
    """The document of an address, whether it is compressed, and its Content-Encoding."""

    document_id: str
    is_compressed: bool
    encoding: str = ""


def base(request: Request) -> str:
    """Return where the documents are for the sender of a request: at S3, or at the same port."""
    region = REGION_OF_HOST.get(request.host)
    return f"https://{HOSTS[region]}" if region else f"{request.scheme}://{request.host}"


def write(link: PresignedUrl, at: str, now: datetime) -> str:
    """Return the address of a document at a `base`, from now on."""
    path = PATH + link.document_id + (_PACKED if link.is_compressed else "")
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Date": now.astimezone(UTC).strftime(_DATE),
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Expires": str(int(LIFE.total_seconds())),
        "X-Amz-Credential": f"ASIASANDBOX/{now:%Y%m%d}/us-east-1/s3/aws4_request",
        # As long as Amazon's, so that a column of 512 characters is too short.
        "X-Amz-Security-Token": signature(path) * 6,
    }
    if link.encoding:
        query[_ENCODING] = link.encoding
    query[_SIGNATURE] = _signature("GET", path, list(query.items()))
    return f"{at}{path}?{urlencode(query)}"


def read(request: Request, now: datetime) -> PresignedUrl:
    """Return the content of an address.

    Raises:
        PresignedUrlError: it is truncated, changed, or too old.
    """
    query = dict(request.query)
    if not query.keys() >= _NEEDED:
        # https://github.com/amzn/selling-partner-api-docs/issues/2175
        raise PresignedUrlError("AccessDenied", "No AWSAccessKey was presented.")
    signed = [(name, value) for name, value in request.query if name != _SIGNATURE]
    if query[_SIGNATURE] != _signature(request.method, request.path, signed):
        message = "The request signature we calculated does not match the signature you provided."
        raise PresignedUrlError("SignatureDoesNotMatch", message)
    _check_time(query, now)
    key = request.path.removeprefix(PATH)
    is_compressed = key.endswith(_PACKED)
    return PresignedUrl(key.removesuffix(_PACKED), is_compressed, query.get(_ENCODING, ""))


def ended(until: datetime, now: datetime) -> PresignedUrlError:
    """Return S3's error for an address that was valid ``until``."""
    return PresignedUrlError(
        "AccessDenied",
        "Request has expired",
        **{
            "X-Amz-Expires": str(int(LIFE.total_seconds())),
            "Expires": f"{until:%Y-%m-%dT%H:%M:%SZ}",
            "ServerTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        },
    )


def _check_time(query: Mapping[str, str], now: datetime) -> None:
    made = datetime.strptime(query["X-Amz-Date"], _DATE).replace(tzinfo=UTC)
    if now >= made + LIFE:
        raise ended(made + LIFE, now)


def _signature(method: str, path: str, query: Sequence[tuple[str, str]]) -> str:
    return signature(f"{method} {path}?{urlencode(sorted(query))}")


_PLAIN = 10_000
"""Bytes up to which documents are not compressed; Amazon does not document which ones are."""

_GZIP = "GZIP"
_ERROR = '<?xml version="1.0" encoding="UTF-8"?>\n<Error>{}</Error>'


def get_report_document(call: ApiCall) -> Json:
    """Return the address of a document, valid for five minutes, and whether it is compressed.

    Source of the refusal: https://github.com/amzn/selling-partner-api-models/issues/2420
    """
    document_id = call.values["reportDocumentId"]
    entry = entry_of(call.account, document_id)
    if entry is None or entry.report is None or entry.report.gone:
        raise invalid("Invalid reportDocumentId")
    if is_restricted(entry.spec) and not call.restricted:
        raise denied()
    is_compressed, is_declared = _form(entry.report, call.faults)
    encoded = is_compressed and call.values.get("enableContentEncodingUrlHeader", False)
    link = PresignedUrl(document_id, is_compressed, "gzip" if encoded else "")
    url = write(link, call.documents, call.now)
    answer: Json = {"reportDocumentId": document_id, "url": url}
    return {**answer, "compressionAlgorithm": _GZIP} if is_declared else answer


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
        link = read(request, now)
        report = _report(accounts, link)
        if faults.strikes(FaultKind.URL_ENDED, report.report_type, report.start):
            raise ended(now, now)
    except PresignedUrlError as unopened:
        return _refusal(unopened)
    if faults.strikes(FaultKind.REDIRECT, report.report_type, report.start):
        location = f"https://elsewhere.example{request.path}"
        return Response(307, b"", {"Location": location, "Content-Length": "0"})
    return _body(report, link, faults)


def _form(report: MadeReport, faults: Faults) -> tuple[bool, bool]:
    """Return whether a document is compressed, and whether the answer says so."""
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
    body = gzip.compress(document.body, mtime=0) if link.is_compressed else document.body
    length = len(body)
    subject = report.report_type, report.start
    if faults.strikes(FaultKind.SHORT_BODY, *subject):
        body = cut(body, faults, FaultKind.SHORT_BODY)
    if faults.strikes(FaultKind.FLIPPED, *subject):
        body = flipped(body)
    if link.is_compressed and faults.strikes(FaultKind.CORRUPT_GZIP, *subject):
        body = flipped(body)
    charset = f"; charset={document.charset}" if document.charset else ""
    headers = {
        "Content-Type": f"text/plain{charset}",
        "Content-Length": str(length),
        "Content-Encoding": link.encoding or "identity",
        "Server": "AmazonS3",
    }
    response = Response(200, body, headers)
    return broken_off(response, faults, *subject)


def _refusal(unopened: PresignedUrlError) -> Response:
    details = {"Code": unopened.code, "Message": unopened.message, **unopened.details}
    body = _ERROR.format(
        "".join(f"<{name}>{escape(text)}</{name}>" for name, text in details.items())
    )
    status = 404 if unopened.code == "NoSuchKey" else 403
    headers = {"Content-Type": "application/xml", "Content-Length": str(len(body.encode()))}
    return Response(status, body.encode(), {**headers, "Server": "AmazonS3"})
