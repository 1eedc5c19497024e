"""Downloads of documents from presigned addresses, which expire after five minutes.

Source: https://developer-docs.amazon.com/sp-api/docs/reports-api-v2021-06-30-retrieve-a-report
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.downloading import checked, unchecked
from tap_mws_reports.api.interface import ReportDocument
from tap_mws_reports.api.patience import Patience, unanswered
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.api.sp_api import response_models as models
from tap_mws_reports.api.sp_api.caller import Caller
from tap_mws_reports.api.sp_api.credentials import Credentials
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.failures import failure
from tap_mws_reports.api.sp_api.operations import REPORTS
from tap_mws_reports.api.transport import HttpAnswer, HttpRequest, Saved, Transport
from tap_mws_reports.api.user_agent import user_agent

LINK_LIVES = timedelta(minutes=5)
_MARGIN = timedelta(seconds=15)  # before it expires, a link is no longer used
LINKS = 3
"""How many addresses of a document are tried."""

_OK = 200
_CLIENT_ERRORS = range(400, 500)
# The documents' host has no known quota; the API's own limits the calls.
_FREE = Quota(burst=100, restore_seconds=0.1)


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a document before the download.

    ``report_type`` is SP-API's name. ``failed`` says that the document tells why the report failed.
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
        self._patience = Patience(settings.clock, settings.rng)
        self._budget = Budget(_FREE, self._clock.now())
        self._links: dict[str, _Link] = {}

    def fetch(self, source: Source, path: Path) -> ReportDocument:
        """Stream a document to ``path``; a compressed one stays compressed.

        Raises:
            DocumentDamaged: it is incomplete.
            ErrorDocument: it tells why the report failed.
            RequestRefused: its host refuses all addresses that Amazon gave.
        """
        with unchecked(path) as arriving:
            saved, answer = self._saved(source, arriving)
            document = checked(answer, saved, source.report_id, path)
            if source.failed:
                raise failure(arriving, source.report_id)
        self._links.pop(source.document_id, None)
        return document

    def _saved(self, source: Source, path: Path) -> tuple[Saved, HttpAnswer]:
        for _ in range(LINKS):
            link = self._link(source)
            answer = self._get(link.url, source, path)
            if answer.saved is not None:
                return answer.saved, answer
            # It has expired.
            self._links.pop(source.document_id, None)
        raise errors.RequestRefused(
            f"the host of document {source.report_id} answered HTTP {answer.status}"
            f" to {LINKS} addresses that Amazon gave",
            hint="check the machine's clock and the proxy between it and the host",
        )

    def _link(self, source: Source) -> _Link:
        now = self._clock.now()
        link = self._links.get(source.document_id)
        if link is None or now >= link.until:
            link = self._links[source.document_id] = self._asked(source)
        return link

    def _asked(self, source: Source) -> _Link:
        answer: models.ReportDocument = self._caller.call(
            "getReportDocument",
            {"reportDocumentId": source.document_id},
            report_type=source.report_type,
            token=self._restricted_token(source) if source.personal else None,
        )
        self._endpoint.check_document(answer.url)
        return _Link(answer.url, self._clock.now() + LINK_LIVES - _MARGIN)

    def _restricted_token(self, source: Source) -> str:
        """Return a token that opens exactly one document and nothing else."""
        path = f"{REPORTS}/documents/{source.document_id}"
        answer: models.RestrictedDataToken = self._caller.call(
            "createRestrictedDataToken",
            {"restrictedResources": [{"method": "GET", "path": path}]},
            report_type=source.report_type,
        )
        if answer.restricted_data_token is None:
            what = f"Amazon gave no Restricted Data Token for document {source.report_id}"
            raise errors.RequestRefused(what, hint="the next run asks again")
        return answer.restricted_data_token

    def _get(self, url: str, source: Source, path: Path) -> HttpAnswer:
        request = HttpRequest("GET", url, {"User-Agent": user_agent()}, untouched=True)
        host = urlsplit(url).hostname or ""

        def attempt() -> HttpAnswer:
            answer = self._transport.stream(request, path)
            if answer.status == _OK or answer.status in _CLIENT_ERRORS:
                return answer
            what = f"the host of document {source.report_id} answered HTTP {answer.status}"
            raise _fault(answer.status, what, host)

        try:
            return self._patience.repeat(attempt, name="the document's host", budget=self._budget)
        except errors.ConnectionBroken as error:
            raise unanswered(error) from error


def _fault(status: int, what: str, host: str) -> errors.TapError:
    if status >= 500:  # noqa: PLR2004 - the host's own fault
        return errors.ServiceUnavailable(what, where=host, hint="run again later")
    # A redirect could lead anywhere.
    return errors.RequestRefused(f"{what}, which is not followed", where=host)
