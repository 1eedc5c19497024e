"""Downloads of documents from presigned addresses, which expire after five minutes.

Source: https://developer-docs.amazon.com/sp-api/docs/reports-api-v2021-06-30-retrieve-a-report
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.document_integrity import atomic_path, confirm, verified_document
from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.api.retries import Retrier, to_host_unreachable
from tap_mws_reports.api.sp_api import response_models as models
from tap_mws_reports.api.sp_api.caller import Caller
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.lwa import Credentials
from tap_mws_reports.api.sp_api.operations import REPORTS
from tap_mws_reports.api.transport import (
    HttpRequest,
    HttpResponse,
    SavedBody,
    Transport,
    user_agent,
)
from tap_mws_reports.errors import ErrorDocument

_GZIP = b"\x1f\x8b"
_BEGINNING = 64 * 1024
_LONGEST = 500  # characters of words that are quoted


def failure_reason(path: Path, report_id: str) -> ErrorDocument:
    """Return the error to raise for a failed report, with the words of its document."""
    words = _words(_beginning(path).decode("utf-8", errors="replace"))
    return ErrorDocument(
        f"Amazon ended report {report_id} as FATAL: {words or 'its document is empty'}",
        hint="check the settings of this report: its dates, options and marketplaces",
    )


def _beginning(path: Path) -> bytes:
    with path.open("rb") as document:
        packed = document.read(len(_GZIP)) == _GZIP
    try:
        with gzip.open(path) if packed else path.open("rb") as document:
            return document.read(_BEGINNING)
    except (OSError, EOFError, zlib.error):
        return b""


def _words(text: str) -> str:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    details = content.get("errorDetails") if isinstance(content, dict) else None
    line = " ".join((details if isinstance(details, str) else text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()} ..."


LINK_LIVES = timedelta(minutes=5)
_MARGIN = timedelta(seconds=15)  # before it expires, a link is no longer used
LINKS = 3
"""How many addresses of a document are tried."""

_REDIRECTS = range(300, 400)
_SERVER_ERRORS = 500
_GONE = frozenset({404, 410})
_DENIED = b"<Message>Access Denied</Message>"
# The documents' host has no known quota; the API's own limits the calls.
_FREE = Quota(burst=100, restore_seconds=0.1)


@dataclass(frozen=True, slots=True)
class DownloadSource:
    """The facts about a document before its download.

    ``report_type`` is SP-API's name. ``failed`` says that the document says why the report failed.
    """

    report_id: str
    document_id: str
    report_type: str
    personal: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    until: datetime


class Downloads:
    """Downloads documents of one seller.

    Args:
        caller: gets the addresses.
        settings: of the caller.
        transport: leads to the hosts of the documents, and never carries a token.
    """

    def __init__(
        self,
        caller: Caller,
        settings: ClientSettings[Credentials, Endpoint],
        transport: Transport,
    ) -> None:
        self._caller = caller
        self._endpoint = settings.endpoint
        self._transport = transport
        self._clock = settings.clock
        self._retrier = Retrier(settings.clock, settings.rng)
        self._budget = Budget(_FREE, self._clock.now())
        self._links: dict[str, _Link] = {}

    def fetch(self, source: DownloadSource, path: Path) -> ReportDocument:
        """Stream a document to ``path``; a compressed one stays compressed.

        Raises:
            DocumentDamaged: it is incomplete.
            DocumentUnreachable: its host, or a proxy, refuses all addresses that Amazon gave, or
                answers with a redirect.
            ErrorDocument: it says why the report failed.
            RequestRefused: its host does not have it.
        """

        def fetch(arriving: Path) -> ReportDocument:
            saved, answer = self._saved(source, arriving)
            return verified_document(answer, saved, source.report_id, arriving, path)

        with atomic_path(path) as arriving:
            document = fetch(arriving)
            if source.failed:
                raise failure_reason(arriving, source.report_id)
            confirm(document, arriving, fetch)
        self._links.pop(source.document_id, None)
        return document

    def _saved(self, source: DownloadSource, path: Path) -> tuple[SavedBody, HttpResponse]:
        for _ in range(LINKS):
            link = self._link(source)
            answer = self._get(link.url, source, path)
            if answer.saved is not None:
                return answer.saved, answer
            # It has expired, or redirects: that could lead anywhere, and is not followed.
            self._links.pop(source.document_id, None)
        raise _refusal(answer, source, urlsplit(link.url).hostname or "")

    def _link(self, source: DownloadSource) -> _Link:
        now = self._clock.now()
        link = self._links.get(source.document_id)
        if link is None or now >= link.until:
            link = self._links[source.document_id] = self._fetch_link(source)
        return link

    def _fetch_link(self, source: DownloadSource) -> _Link:
        answer: models.ReportDocument = self._caller.call(
            "getReportDocument",
            {"reportDocumentId": source.document_id},
            report_type=source.report_type,
            token=self._restricted_token(source) if source.personal else None,
        )
        self._endpoint.check_document(answer.url)
        return _Link(answer.url, self._clock.now() + LINK_LIVES - _MARGIN)

    def _restricted_token(self, source: DownloadSource) -> str:
        """Return a token that opens exactly one document and nothing else."""
        path = f"{REPORTS}/documents/{source.document_id}"
        answer: models.RestrictedDataToken = self._caller.call(
            "createRestrictedDataToken",
            {"restrictedResources": [{"method": "GET", "path": path}]},
            report_type=source.report_type,
        )
        if answer.restricted_data_token is None:
            what = f"Amazon gave no Restricted Data Token for document {source.report_id}"
            raise errors.RequestRefused(what, hint="the next run tries again")
        return answer.restricted_data_token

    def _get(self, url: str, source: DownloadSource, path: Path) -> HttpResponse:
        request = HttpRequest("GET", url, {"User-Agent": user_agent()}, untouched=True)
        host = urlsplit(url).hostname or ""

        def attempt() -> HttpResponse:
            answer = self._transport.stream(request, path)
            if answer.status < _SERVER_ERRORS:
                return answer
            what = f"the host of document {source.report_id} answered HTTP {answer.status}"
            raise errors.ServiceUnavailable(what, where=host, hint="run again later")

        try:
            return self._retrier.repeat(attempt, name="the document's host", budget=self._budget)
        except errors.ConnectionBroken as error:
            raise to_host_unreachable(error) from error


def _refusal(answer: HttpResponse, source: DownloadSource, host: str) -> errors.SkipWindow:
    """Return the error to raise for the answer to the last address."""
    what = (
        f"the host of document {source.report_id} answered HTTP {answer.status}"
        f" to {LINKS} addresses that Amazon gave"
    )
    if _is_missing(answer):
        hint = "Amazon keeps documents for 30 to 90 days, by type"
        return errors.RequestRefused(what, where=host, hint=hint)
    if answer.status in _REDIRECTS:
        what = f"{what}; redirects are not followed"
    hint = "check the machine's clock and the proxy between it and the host"
    return errors.DocumentUnreachable(what, where=host, hint=hint)


def _is_missing(answer: HttpResponse) -> bool:
    """Whether the host says that it has no such document; other refusals may pass.

    S3 denies access to what is not there if the signer of an address may not list the bucket. An
    address that has expired has another message.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return answer.status in _GONE or _DENIED in answer.body
