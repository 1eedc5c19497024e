from __future__ import annotations

import gzip
from urllib.parse import urlsplit

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
UNSHIPPED = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"


def told(client, report_type: str = LISTINGS, days: float = 7, **values: str):
    document_id = client.made(report_type, days)["reportDocumentId"]
    return client.ask("getReportDocument", reportDocumentId=document_id, **values)


def test_a_small_document_is_plain(client) -> None:
    answer = told(client)
    assert "compressionAlgorithm" not in answer
    response = client.fetch(answer["url"])
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Content-Encoding"] == "identity"
    assert response.body.startswith(b"\xef\xbb\xbfitem-name\t")
    assert response.headers["Content-Length"] == str(len(response.body))


def test_a_large_document_is_compressed(client) -> None:
    answer = told(client, ORDERS, 20)
    assert answer["compressionAlgorithm"] == "GZIP"
    response = client.fetch(answer["url"])
    assert response.headers["Content-Encoding"] == "identity"
    assert gzip.decompress(response.body).startswith(b"amazon-order-id\t")


@pytest.mark.parametrize(("wish", "encoding"), [("true", "gzip"), ("false", "identity")])
def test_the_encoding_is_declared_on_request(client, wish, encoding) -> None:
    answer = told(client, ORDERS, 20, enableContentEncodingUrlHeader=wish)
    assert client.fetch(answer["url"]).headers["Content-Encoding"] == encoding


def test_a_plain_document_declares_no_encoding(client) -> None:
    answer = told(client, enableContentEncodingUrlHeader="true")
    assert client.fetch(answer["url"]).headers["Content-Encoding"] == "identity"


def test_a_document_is_the_same_every_time(client) -> None:
    answer = told(client, ORDERS, 20)
    assert client.fetch(answer["url"]).body == client.fetch(answer["url"]).body


def test_a_url_is_long_and_on_its_regions_host(client) -> None:
    url = told(client)["url"]
    assert url.startswith("https://tortuga-prod-na.s3-external-1.amazonaws.com/")
    assert len(url) > 512
    client.headers = {"host": "127.0.0.1:8080"}
    assert told(client, ORDERS)["url"].startswith("http://127.0.0.1:8080/")


def test_a_url_is_valid_for_five_minutes_and_can_be_renewed(client) -> None:
    answer = told(client)
    client.wait(seconds=299)
    assert client.fetch(answer["url"]).status == 200
    client.wait(seconds=1)
    response = client.fetch(answer["url"])
    assert response.status == 403
    assert response.headers["Content-Type"] == "application/xml"
    assert b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in response.body
    again = client.ask("getReportDocument", reportDocumentId=answer["reportDocumentId"])
    assert client.fetch(again["url"]).status == 200


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (lambda url: url[:512], 403, b"No AWSAccessKey was presented."),
        (lambda url: url.replace("Expires=300", "Expires=900"), 403, b"SignatureDoesNotMatch"),
        (lambda url: url.replace("X-Amz-Date=2020", "X-Amz-Date=2030"), 403, b"Signature"),
        (lambda url: url.split("?")[0], 403, b"No AWSAccessKey was presented."),
    ],
    ids=["cut off", "other span", "other moment", "bare"],
)
def test_a_modified_url_is_refused(client, change, status, words) -> None:
    response = client.fetch(change(told(client)["url"]))
    assert response.status == status
    assert words in response.body


def test_a_url_can_only_be_fetched(client) -> None:
    parts = urlsplit(told(client)["url"])
    response = client.send("PUT", parts.path, parts.query)
    assert response.status == 403
    assert b"SignatureDoesNotMatch" in response.body


def test_an_expired_document_is_not_found(client) -> None:
    url = told(client)["url"]
    client.amazon.accounts["NA"].requests.clear()
    response = client.fetch(url)
    assert response.status == 404
    assert b"NoSuchKey" in response.body


def test_no_credentials_are_needed(client) -> None:
    parts = urlsplit(told(client)["url"])
    response = client.send("GET", parts.path, parts.query, headers={"user-agent": ""})
    assert response.status == 200


def test_an_unknown_document_is_refused(client) -> None:
    refused = client.refused("getReportDocument", reportDocumentId="amzn1.spdoc.1.4.na.none")
    assert refused == (400, "InvalidInput", "Invalid reportDocumentId", "")


@pytest.mark.parametrize(
    ("kind", "is_flagged", "is_packed"),
    [(FaultKind.GZIP_UNTRUE, True, False), (FaultKind.GZIP_UNTOLD, False, True)],
)
def test_a_document_that_differs_from_its_description(
    open_client, kind, is_flagged, is_packed
) -> None:
    client = open_client(Fault(kind, f"_{LISTINGS}_"))
    answer = told(client)
    assert ("compressionAlgorithm" in answer) == is_flagged
    assert client.fetch(answer["url"]).body.startswith(b"\x1f\x8b") == is_packed


def test_a_url_can_expire_early(open_client) -> None:
    client = open_client(Fault(FaultKind.URL_ENDED, f"_{LISTINGS}_"))
    answer = told(client)
    assert b"Request has expired" in client.fetch(answer["url"]).body
    assert client.fetch(answer["url"]).status == 200


def test_a_body_can_be_truncated(open_client) -> None:
    client = open_client(Fault(FaultKind.SHORT_BODY, f"_{LISTINGS}_"))
    url = told(client)["url"]
    short, whole = client.fetch(url), client.fetch(url)
    assert short.headers["Content-Length"] == whole.headers["Content-Length"]
    assert len(short.body) < len(whole.body)


def test_a_url_can_redirect(open_client) -> None:
    client = open_client(Fault(FaultKind.REDIRECT, f"_{LISTINGS}_"))
    response = client.fetch(told(client)["url"])
    assert response.status == 307
    assert response.headers["Location"].startswith("https://elsewhere.example/")
