from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.api.mws import codec, signing
from tap_mws_reports.api.mws.operations import REPORTS
from tap_mws_reports.sandbox.http import Request
from tap_mws_reports.sandbox.mws.mws_authentication import MAX_CLOCK_SKEW

COUNT = {"Action": "GetReportCount", "Version": REPORTS.version}


def signed(seller, params, verb="POST", host=None, path=REPORTS.path):
    host = host or seller.headers["host"]
    return signing.signed(
        params, credentials=seller.credentials, verb=verb, host=host, path=path, now=seller.now
    )


def answered(seller, params, verb="POST", path=REPORTS.path, headers=None):
    query = signing.canonical_query(params)
    request = Request.read(
        verb,
        path,
        query if verb == "GET" else "",
        seller.headers if headers is None else headers,
        b"" if verb == "GET" else query.encode(),
    )
    return seller.amazon.handle(request, seller.now)


def code(response):
    return codec.decode_error(response.status, response.headers, response.body).code


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("path", [REPORTS.path, "/"])
def test_both_methods_and_the_host_without_port_are_accepted(seller, verb, path) -> None:
    response = answered(seller, signed(seller, COUNT, verb, path=path), verb, path)
    assert response.status == 200, response.body


def test_a_signature_with_or_without_the_port_is_accepted(seller) -> None:
    headers = {**seller.headers, "host": "127.0.0.1:8080"}
    for host in ("127.0.0.1:8080", "127.0.0.1"):
        assert answered(seller, signed(seller, COUNT, host=host), headers=headers).status == 200


def test_the_older_digest_is_accepted(seller) -> None:
    params = signed(seller, COUNT) | {"SignatureMethod": "HmacSHA1"}
    text = signing.string_to_sign("POST", seller.headers["host"], REPORTS.path, params)
    secret = seller.credentials.secret_access_key
    params["Signature"] = signing.sign(secret, text, "HmacSHA1")
    assert answered(seller, params).status == 200


def test_merchant_is_accepted_as_seller_id(seller) -> None:
    params = {**COUNT, "Merchant": seller.credentials.seller_id}
    full = signed(seller, params)
    del full["SellerId"]
    text = signing.string_to_sign("POST", seller.headers["host"], REPORTS.path, full)
    full["Signature"] = signing.sign(seller.credentials.secret_access_key, text)
    assert answered(seller, full).status == 200


CHANGES = [
    ({"AWSAccessKeyId": "stranger"}, 403, "InvalidAccessKeyId"),
    ({"AWSAccessKeyId": ""}, 403, "MissingClientTokenId"),
    ({"Signature": "bm8="}, 403, "SignatureDoesNotMatch"),
    ({"MaxCount": "5"}, 403, "SignatureDoesNotMatch"),
    ({"SignatureVersion": "4"}, 400, "InvalidParameterValue"),
    ({"SignatureMethod": "HmacMD5"}, 400, "InvalidParameterValue"),
    ({"Action": ""}, 400, "InvalidAction"),
    ({"Action": "GetEverything"}, 400, "InvalidAction"),
    ({"Version": "2010-10-01"}, 404, "InvalidAddress"),
]


@pytest.mark.parametrize(("change", "status", "name"), CHANGES)
def test_invalid_calls_are_refused(seller, change, status, name) -> None:
    response = answered(seller, signed(seller, COUNT) | change)
    assert (response.status, code(response)) == (status, name)


def test_another_path_is_refused(seller) -> None:
    response = answered(seller, signed(seller, COUNT, path="/Orders/x"), path="/Orders/x")
    assert (response.status, code(response)) == (404, "InvalidAddress")


def test_a_call_without_user_agent_is_answered(seller) -> None:
    headers = {"host": seller.headers["host"]}
    assert answered(seller, signed(seller, COUNT), headers=headers).status == 200


@pytest.mark.parametrize("direction", [-1, 1])
def test_a_clock_may_differ_by_a_quarter_of_an_hour_at_most(seller, direction) -> None:
    params = signed(seller, COUNT)
    seller.now += direction * MAX_CLOCK_SKEW
    assert answered(seller, params).status == 200
    seller.now += direction * timedelta(milliseconds=1)
    assert code(answered(seller, params)) == "RequestExpired"


def test_another_seller_is_denied(seller) -> None:
    params = {**signed(seller, COUNT), "SellerId": "A2SANDBOXEU"}
    text = signing.string_to_sign("POST", seller.headers["host"], REPORTS.path, params)
    params["Signature"] = signing.sign(seller.credentials.secret_access_key, text)
    assert code(answered(seller, params)) == "AccessDenied"


def test_authentication_errors_have_their_own_request_id_element(seller) -> None:
    response = answered(seller, signed(seller, COUNT) | {"Signature": "bm8="})
    assert b"<RequestID>" in response.body
    assert "x-mws-quota-max" not in response.headers


def test_the_ping_needs_no_credentials(seller) -> None:
    response = seller.amazon.handle(Request.read("GET", "/", "", {}, b""), seller.now)
    assert b'timestamp="2020-06-12T09:29:10.000Z"' in response.body
