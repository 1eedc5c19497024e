from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.transport import HttpResponse

BODY = b"sku\tqty\nA\t1\n"


def test_a_complete_document_is_saved(service, transport, answers, tmp_path: Path) -> None:
    assert answers.document(BODY).headers["content-md5"] == "yWxkHiRafPD20WDgwmlUOw=="
    transport.script = [answers.document(BODY, content_type="text/plain;charset=windows-1252")]
    document = service.download("21175694446018424", tmp_path / "report")
    assert document.path.read_bytes() == BODY
    assert document.report_id == "21175694446018424"
    assert (document.size, document.charset) == (12, "windows-1252")
    assert document.md5 == hashlib.md5(BODY, usedforsecurity=False).hexdigest()
    assert list(tmp_path.iterdir()) == [tmp_path / "report"]
    assert transport.seen[0][1]["ReportId"] == "21175694446018424"


@pytest.mark.parametrize(
    "headers",
    [
        {"content_md5": ""},
        {"content_md5": "yWxkHiRafPD20WDgwmlUOw"},
        {"content_length": ""},
        {"content_encoding": "gzip", "content_length": "7"},
    ],
)
def test_missing_headers_are_no_damage(
    service, transport, answers, tmp_path: Path, headers: dict[str, str]
) -> None:
    transport.script = [answers.document(BODY, **headers)]
    assert service.download("1", tmp_path / "report").size == 12


DAMAGES = [
    {"content_md5": "AAAAAAAAAAAAAAAAAAAAAA=="},
    {"content_length": "13"},
    {"content_length": "11"},
]


@pytest.mark.parametrize("headers", DAMAGES)
def test_a_damaged_document_is_an_error_and_leaves_no_file(
    service, transport, answers, tmp_path: Path, headers: dict[str, str]
) -> None:
    transport.script = [answers.document(BODY, **headers)]
    with pytest.raises(
        errors.DocumentDamaged, match=r"document 1(: MD5 does not match| has \d+ bytes)"
    ):
        service.download("1", tmp_path / "report")
    assert len(transport.seen) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_stays_until_the_new_one_is_complete(
    service, transport, answers, tmp_path: Path
) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"older")
    transport.script = [answers.document(BODY, content_length="13")]
    with pytest.raises(errors.DocumentDamaged):
        service.download("1", path)
    assert path.read_bytes() == b"older"


def test_an_error_response_is_not_saved(service, transport, answers, tmp_path: Path) -> None:
    transport.script = [answers.fault(400, "ReportNotReady")]
    with pytest.raises(errors.RequestRefused) as caught:
        service.download("1", tmp_path / "report")
    assert caught.value.amazon_code == "ReportNotReady"
    assert list(tmp_path.iterdir()) == []


def test_a_web_page_is_not_a_document(service, transport, tmp_path: Path) -> None:
    transport.script = [HttpResponse(200, {"content-type": "text/html"}, b"<html>Sign in</html>")]
    with pytest.raises(errors.HostUnreachable, match="web page"):
        service.download("1", tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_every_fetch_counts_against_the_quota(service, transport, answers, tmp_path: Path) -> None:
    damaged = answers.document(BODY, content_length="13")
    transport.script = [*[damaged] * 3, answers.document(BODY)]
    for _ in range(3):
        with pytest.raises(errors.DocumentDamaged):
            service.download("1", tmp_path / "report")
    for _ in range(13):
        service.download("1", tmp_path / "report")
    assert transport.seconds[14] < 60.0 <= transport.seconds[15]
