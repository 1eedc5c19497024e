"""Documents: where their bytes come from, who may see which token, and what arrives."""

from __future__ import annotations

import gzip
import json
import logging
from pathlib import Path

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.transport import HttpResponse
from tap_mws_reports.documents.decompression import decompressed

BODY = b"sku\tqty\nA\t1\n"
URL = "https://docs.example/d?X-Amz-Signature=abc"
DOCUMENT_PATH = "/reports/2021-06-30/documents/amzn1.spdoc.1.4.na.1"


def denied(message: str) -> HttpResponse:
    body = f"<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
    return HttpResponse(403, {}, body.encode())


EXPIRED = denied("Request has expired")
ELSEWHERE = HttpResponse(307, {"location": "https://evil.example/"}, b"")


@pytest.fixture
def ready(transport, answers):
    """A finished report, and an address of its document."""

    def make(**other: object) -> None:
        transport.script["getReport"] = [answers.report(**other)]
        transport.script["getReportDocument"] = [answers.link(URL)]

    make()
    return make


@pytest.mark.usefixtures("ready")
def test_a_complete_document_is_saved(
    service, transport, documents, answers, tmp_path: Path
) -> None:
    documents.script["document"] = [
        answers.document(BODY, content_type="text/plain;charset=Cp1252")
    ]
    document = service.download("1019792", tmp_path / "report")
    assert document.path.read_bytes() == BODY
    assert (document.report_id, document.size, document.charset) == ("1019792", 12, "cp1252")
    assert list(tmp_path.iterdir()) == [tmp_path / "report"]
    assert transport.names == ["token", "getReport", "getReportDocument"]
    assert transport.requests[-1].url.endswith(DOCUMENT_PATH)
    [request] = documents.requests
    assert (request.method, request.url, request.body, request.untouched) == ("GET", URL, b"", True)
    assert request.headers.keys() == {"User-Agent"}


@pytest.mark.usefixtures("ready")
def test_a_listed_or_polled_report_is_not_requested_again(
    service, transport, documents, answers, tmp_path: Path
) -> None:
    documents.script["document"] = [answers.document(BODY)]
    transport.script["getReports"] = [answers.good("getReports", reports=[answers.item(7)])]
    list(service.report_requests(report_types=["_GET_ORDERS_"]))
    service.download("7019792", tmp_path / "report")
    assert "getReport" not in transport.names


@pytest.mark.parametrize("status", ["IN_PROGRESS", "CANCELLED"])
def test_a_report_without_a_document(service, ready, tmp_path: Path, status: str) -> None:
    ready(status=status)
    with pytest.raises(errors.RequestRefused, match="no document of report 1019792"):
        service.download("1019792", tmp_path / "report")


def test_personal_data_needs_a_token_for_exactly_this_document(
    service, ready, transport, documents, answers, tmp_path: Path
) -> None:
    ready(reportType="GET_ORDER_REPORT_DATA_SHIPPING")
    transport.script["createRestrictedDataToken"] = [
        answers.good("createRestrictedDataToken", restrictedDataToken="Atz.sprdt|x", expiresIn=3600)
    ]
    documents.script["document"] = [answers.document(BODY)]
    service.download("1019792", tmp_path / "report")
    requested, fetched = transport.requests[-2:]
    assert json.loads(requested.body) == {
        "restrictedResources": [{"method": "GET", "path": DOCUMENT_PATH}]
    }
    assert requested.headers["x-amz-access-token"] == "Atza|1"
    assert fetched.headers["x-amz-access-token"] == "Atz.sprdt|x"
    assert "x-amz-access-token" not in documents.requests[0].headers


def test_a_missing_role_for_personal_data_is_named(
    service, ready, transport, answers, tmp_path: Path
) -> None:
    ready(reportType="GET_ORDER_REPORT_DATA_SHIPPING")
    message = "Application do not have access to some or all requested resource"
    transport.script["createRestrictedDataToken"] = [answers.fault(400, "InvalidInput", message)]
    with pytest.raises(errors.RequestRefused) as caught:
        service.download("1019792", tmp_path / "report")
    assert "lacks the role Direct to Consumer Shipping" in caught.value.hint
    transport.script["createRestrictedDataToken"] = [answers.good("createRestrictedDataToken")]
    with pytest.raises(errors.RequestRefused, match="no Restricted Data Token"):
        service.download("1019792", tmp_path / "report")


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("first", [EXPIRED, ELSEWHERE])
def test_an_unusable_url_is_requested_again(
    service, transport, documents, answers, tmp_path: Path, first: HttpResponse
) -> None:
    documents.script["document"] = [first, answers.document(BODY)]
    service.download("1019792", tmp_path / "report")
    assert transport.names.count("getReportDocument") == 2


@pytest.mark.parametrize(
    ("step", "kind", "words"),
    [
        # The report may be downloaded later.
        (EXPIRED, errors.DocumentUnreachable, "HTTP 403 to 3 addresses"),
        (ELSEWHERE, errors.DocumentUnreachable, "redirects are not followed"),
        (HttpResponse(407, {}, b"Proxy"), errors.DocumentUnreachable, "HTTP 407"),
        (HttpResponse(403, {}, b"<html>Blocked"), errors.DocumentUnreachable, "HTTP 403"),
        # There is no document.
        (HttpResponse(404, {}, b""), errors.RequestRefused, "HTTP 404 to 3 addresses"),
        (denied("Access Denied"), errors.RequestRefused, "HTTP 403 to 3 addresses"),
    ],
)
@pytest.mark.usefixtures("ready")
def test_a_url_that_never_works_is_an_error(
    service, transport, documents, tmp_path: Path, step: HttpResponse, kind: type, words: str
) -> None:
    documents.script["document"] = [step]
    with pytest.raises(kind, match=words) as caught:
        service.download("1019792", tmp_path / "report")
    assert caught.value.hint
    assert transport.names.count("getReportDocument") == 3
    assert {request.url for request in documents.requests} == {URL}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("minutes", "requested"), [(4, 1), (5, 2)])
@pytest.mark.usefixtures("ready")
def test_a_url_is_used_for_five_minutes(
    service, transport, documents, answers, clock, tmp_path: Path, minutes: int, requested: int
) -> None:
    documents.script["document"] = [errors.DocumentDamaged("cut"), answers.document(BODY)]
    with pytest.raises(errors.DocumentDamaged):
        service.download("1019792", tmp_path / "report")
    clock.sleep(60 * minutes)
    service.download("1019792", tmp_path / "report")
    assert transport.names.count("getReportDocument") == requested


@pytest.mark.usefixtures("ready")
def test_a_server_error_of_the_host_is_retried(service, documents, answers, tmp_path: Path) -> None:
    documents.script["document"] = [
        HttpResponse(503, {}, b""),
        errors.ConnectionBroken("docs.example: reset"),
        answers.document(BODY),
    ]
    assert service.download("1019792", tmp_path / "report").size == 12


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (HttpResponse(500, {}, b""), errors.ServiceUnavailable),
        (errors.ConnectionBroken("docs.example: reset"), errors.HostUnreachable),
    ],
)
@pytest.mark.usefixtures("ready")
def test_errors_are_raised(service, documents, tmp_path: Path, step, kind) -> None:
    documents.script["document"] = [step]
    with pytest.raises(kind):
        service.download("1019792", tmp_path / "report")
    assert {request.url for request in documents.requests} == {URL}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("ready")
def test_a_truncated_document_is_damaged(service, documents, answers, tmp_path: Path) -> None:
    documents.script["document"] = [answers.document(BODY, content_length="13")]
    with pytest.raises(errors.DocumentDamaged, match="12 bytes, 13 were announced"):
        service.download("1019792", tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["http://docs.example/d", "http://10.0.0.1/d", "file:///etc/passwd"]
)
def test_an_unencrypted_url_is_not_called(
    service, ready, transport, documents, answers, tmp_path: Path, url: str
) -> None:
    ready()
    transport.script["getReportDocument"] = [answers.link(url)]
    with pytest.raises(errors.HostUnreachable, match="not by https"):
        service.download("1019792", tmp_path / "report")
    assert documents.requests == []


@pytest.mark.usefixtures("ready")
def test_a_local_service_may_serve_its_documents_itself(
    make_service, transport, documents, answers, tmp_path: Path
) -> None:
    transport.script["getReportDocument"] = [answers.link("http://127.0.0.1:8000/documents/1")]
    documents.script["document"] = [answers.document(BODY)]
    service = make_service(Endpoint.at("http://127.0.0.1:8000"))
    assert service.download("1019792", tmp_path / "report").size == 12


@pytest.mark.parametrize(
    ("flagged", "body"),
    [
        (True, gzip.compress(BODY, mtime=0)),
        (False, BODY),
        (True, BODY),
        (False, gzip.compress(BODY, mtime=0)),
        (True, gzip.compress(gzip.compress(BODY, mtime=0), mtime=0)),
    ],
)
def test_compression_is_detected_by_the_bytes(
    service, ready, transport, documents, answers, tmp_path: Path, flagged, body
) -> None:
    ready()
    flag = {"compressionAlgorithm": "GZIP"} if flagged else {}
    transport.script["getReportDocument"] = [
        answers.good("getReportDocument", reportDocumentId="d", url=URL, **flag)
    ]
    documents.script["document"] = [answers.document(body, content_encoding="gzip")]
    document = service.download("1019792", tmp_path / "report")
    assert document.path.read_bytes() == body
    with decompressed(document.path) as plain:
        assert plain.read_bytes() == BODY


def test_a_failed_report_says_why(service, ready, documents, answers, tmp_path: Path) -> None:
    ready(status="FATAL", reportDocumentId="amzn1.spdoc.1.4.na.1")
    reason = "Wrong dates:\n weeks begin on Sundays"
    told = gzip.compress(json.dumps({"errorDetails": reason}).encode())
    documents.script["document"] = [answers.document(told)]
    with pytest.raises(errors.ErrorDocument, match="FATAL: Wrong dates: weeks begin on Sundays;"):
        service.download("1019792", tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_downloads_keep_to_the_usage_plan(
    service, ready, transport, documents, answers, tmp_path: Path
) -> None:
    ready()
    documents.script["document"] = [answers.document(BODY)]
    for _ in range(16):
        service.download("1019792", tmp_path / "report")
    assert transport.seconds("getReportDocument")[14:] == pytest.approx([0.0, 59.88], abs=0.01)
    assert service.seconds_until_allowed(ThrottledCall.DOWNLOAD) == pytest.approx(59.88, abs=0.01)


@pytest.mark.usefixtures("ready")
def test_presigned_urls_are_not_logged(service, documents, caplog, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    documents.script["document"] = [EXPIRED]
    with pytest.raises(errors.DocumentUnreachable) as caught:
        service.download("1019792", tmp_path / "report")
    assert "abc" not in caplog.text + caught.value.render()
