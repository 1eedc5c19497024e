"""Calls that break the model, or bend it as Amazon lets clients do."""

from __future__ import annotations

import json

import pytest

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
US = "ATVPDKIKX0DER"
GOOD = {"reportType": LISTINGS, "marketplaceIds": [US]}
LIST_FILTER = {"reportTypes": LISTINGS}
MISSING = "One or more required parameters missing"
TYPE = (
    "Invalid request body: [instance type ({}) does not match any allowed primitive type (allowed: "
    '["{}"])]'
)


def create(client, body, **headers: str):
    token = {"x-amz-access-token": client.token()}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.send("POST", "/reports/2021-06-30/reports", "", raw, {**token, **headers})


def error(response) -> tuple[int, str, str]:
    (told,) = json.loads(response.body)["errors"]
    return response.status, told["message"], told["details"]


@pytest.mark.parametrize(
    ("body", "message", "details"),
    [
        (b"", MISSING, "marketplaceIds;reportType;"),
        ({}, MISSING, "marketplaceIds;reportType;"),
        ({**GOOD, "marketplaceIds": US}, MISSING, "marketplaceIds;"),
        ({**GOOD, "marketplaceIds": []}, MISSING, "marketplaceIds;"),
        ({**GOOD, "reportType": None}, MISSING, "reportType;"),
        ({**GOOD, "reportOptions": {"a": True}}, TYPE.format("boolean", "string"), ""),
        ({**GOOD, "reportOptions": {"a": None}}, TYPE.format("null", "string"), ""),
        ({**GOOD, "reportOptions": ["a"]}, TYPE.format("array", "object"), ""),
        ({**GOOD, "marketplaceIds": [7]}, TYPE.format("integer", "string"), ""),
        ({**GOOD, "marketplaceIds": {"a": "b"}}, TYPE.format("object", "array"), ""),
        ({**GOOD, "reportType": 1.5}, TYPE.format("number", "string"), ""),
        ([GOOD], TYPE.format("array", "object"), ""),
        (b"{", "Invalid request body: it is not JSON", ""),
        (b"\xff", "Invalid request body: it is not JSON", ""),
        (b"[" * 100_000, "Invalid request body: it is not JSON", ""),
        (b'{"a": NaN}', "Invalid request body: it is not JSON", ""),
        ({**GOOD, "marketplaceIds": [US] * 26}, "Invalid input", "marketplaceIds: more than 25"),
        *(
            (
                {**GOOD, "dataStartTime": text},
                "Invalid input",
                "dataStartTime: not a moment in ISO 8601",
            )
            for text in (
                "2020-06-01",
                "yesterday",
                "2020-13-01T00:00:00Z",
                "0001-01-01T00:00:00+23:00",
            )
        ),
    ],
)
def test_a_body_that_breaks_the_model_is_refused(client, body, message, details) -> None:
    assert error(create(client, body)) == (400, message, details)


def test_another_media_type_is_refused(client) -> None:
    assert error(create(client, GOOD, **{"content-type": "text/xml"}))[0] == 415


@pytest.mark.parametrize(
    "body",
    [
        {**GOOD, "dataEndTime ": "2020-06-01T00:00:00Z", "reportSpecification": {}},
        {**GOOD, "dataStartTime": "2020-06-01T00:00:00"},
        {**GOOD, "dataStartTime": "2020-05-31T17:00:00.000-07:00"},
        {**GOOD, "reportOptions": {}},
    ],
)
def test_calls_that_amazon_accepts_are_accepted(client, body) -> None:
    assert create(client, body).status == 202


def look(client, query: str):
    token = {"x-amz-access-token": client.token()}
    return client.send("GET", "/reports/2021-06-30/reports", query, headers=token)


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("reportTypes=" + ",".join("abcdefghijk"), "reportTypes: more than 10"),
        (f"reportTypes={LISTINGS}&pageSize=0", "pageSize: less than 1"),
        (f"reportTypes={LISTINGS}&pageSize=101", "pageSize: more than 100"),
        (f"reportTypes={LISTINGS}&pageSize=ten", "pageSize: not a whole number"),
        (f"reportTypes={LISTINGS}&createdSince=monday", "createdSince: not a moment in ISO 8601"),
        (
            f"reportTypes={LISTINGS}&processingStatuses=BAD_VALUE",
            "processingStatuses: BAD_VALUE is not one of IN_QUEUE, IN_PROGRESS, DONE, CANCELLED, "
            "FATAL",
        ),
    ],
)
def test_a_query_that_breaks_the_model_is_refused(client, query, details) -> None:
    assert error(look(client, query)) == (400, "Invalid input", details)


@pytest.mark.parametrize(
    "query",
    [
        f"reportTypes={LISTINGS},GET_AFN_INVENTORY_DATA",
        f"reportTypes={LISTINGS}&reportTypes=GET_AFN_INVENTORY_DATA",
        f"reportTypes={LISTINGS}&somethingElse=1",
        f"reportTypes={LISTINGS}&createdSince=2020-06-01T00:00:00+00:00",
    ],
)
def test_a_query_can_be_encoded_in_several_ways(client, query) -> None:
    assert look(client, query).status == 200


LOCAL = {"host": "127.0.0.1:8080"}


@pytest.mark.parametrize(
    ("path", "headers", "is_json"),
    [
        ("/orders/v0/orders", {}, True),
        ("/orders/v0/orders", LOCAL, True),
        ("/reports/2020-09-04/reports", LOCAL, True),
        ("/nothing", LOCAL, True),
        ("/Orders/2013-09-01", LOCAL, False),
        ("/Orders/2013-09-01", {**LOCAL, "x-amz-access-token": "some"}, True),
        ("/nothing", {"host": "mws-eu.amazonservices.com"}, False),
    ],
)
def test_an_unknown_path_is_refused_in_the_format_of_its_service(
    client, path, headers, is_json
) -> None:
    response = client.send("GET", path, headers=headers)
    assert response.status == 404
    if is_json:
        assert error(response)[1] == f"There is nothing at {path}"
    else:
        assert b"<Code>InvalidAddress</Code>" in response.body


def test_a_cancellation_returns_an_empty_object(client) -> None:
    response = client.call("cancelReport", reportId=client.request(LISTINGS))
    assert (response.status, response.body) == (200, b"{}")
    assert response.headers["Content-Type"] == "application/json"
