from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.api.mws.signing import (
    Credentials,
    canonical_query,
    sign,
    signed,
    string_to_sign,
    timestamp,
)

PATH = "/Reports/2009-01-01"
SECRET = "EmulatorSecretKey/For+Tests=0123456789"
REQUEST = {
    "AWSAccessKeyId": "AKIAEMULATOREXAMPLE1",
    "Action": "RequestReport",
    "EndDate": "2020-06-11T00:00:00Z",
    "MWSAuthToken": "amzn.mws.00000000-1111-2222-3333-444444444444",
    "MarketplaceIdList.Id.1": "A1PA6795UKMFR9",
    "MarketplaceIdList.Id.2": "A13V1IB3VIYZZH",
    "MarketplaceIdList.Id.10": "A1RKKUPIHCS9HS",
    "ReportOptions": "ShowSalesChannel=true",
    "ReportType": "_GET_FLAT_FILE_ORDERS_DATA_",
    "SellerId": "A2EMULATORSELLR",
    "SignatureMethod": "HmacSHA256",
    "SignatureVersion": "2",
    "StartDate": "2020-06-10T00:00:00Z",
    "Timestamp": "2020-06-12T09:29:10.167Z",
    "Version": "2009-01-01",
}
CANONICAL = (
    "AWSAccessKeyId=AKIAEMULATOREXAMPLE1&Action=RequestReport&EndDate=2020-06-11T00%3A00%3A00Z"
    "&MWSAuthToken=amzn.mws.00000000-1111-2222-3333-444444444444"
    "&MarketplaceIdList.Id.1=A1PA6795UKMFR9&MarketplaceIdList.Id.10=A1RKKUPIHCS9HS"
    "&MarketplaceIdList.Id.2=A13V1IB3VIYZZH&ReportOptions=ShowSalesChannel%3Dtrue"
    "&ReportType=_GET_FLAT_FILE_ORDERS_DATA_&SellerId=A2EMULATORSELLR&SignatureMethod=HmacSHA256"
    "&SignatureVersion=2&StartDate=2020-06-10T00%3A00%3A00Z"
    "&Timestamp=2020-06-12T09%3A29%3A10.167Z&Version=2009-01-01"
)


@pytest.mark.parametrize(
    ("secret", "verb", "host", "path", "params", "signature"),
    [
        pytest.param(
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "GET",
            "elasticmapreduce.amazonaws.com",
            "/",
            {
                "AWSAccessKeyId": "AKIAIOSFODNN7EXAMPLE",
                "Action": "DescribeJobFlows",
                "SignatureMethod": "HmacSHA256",
                "SignatureVersion": "2",
                "Timestamp": "2011-10-03T15:19:30",
                "Version": "2009-03-31",
            },
            "i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf/Mj6vPxyYIs=",
            id="Amazon's example",
        ),
        pytest.param(
            SECRET,
            "POST",
            "mws-eu.amazonservices.com",
            PATH,
            REQUEST,
            "wlz7vttOc2WEjbulHpaRsiCpbRWpNz7uVcqXz95BycI=",
            id="every kind of parameter",
        ),
        pytest.param(
            SECRET,
            "POST",
            "mws-eu.amazonservices.com",
            PATH,
            {**REQUEST, "SignatureMethod": "HmacSHA1"},
            "vcmr1shIGyq+rvmlQq+g1CkvZcg=",
            id="the older method",
        ),
        pytest.param(
            SECRET,
            "POST",
            "MWS.amazonservices.com",
            PATH,
            {
                "AWSAccessKeyId": "AKIAEMULATOREXAMPLE1",
                "Action": "GetReport",
                "Note": "a b*c~d+e/é",
                "ReportId": "21175694446018424",
                "SellerId": "A2EMULATORSELLR",
                "SignatureMethod": "HmacSHA256",
                "SignatureVersion": "2",
                "Timestamp": "2020-06-12T09:29:10Z",
                "Version": "2009-01-01",
                "Signature": "an earlier one, which is not signed",
            },
            "jb9GvWRLyCuZ+yXWlO5/Bsn8n9CNlNUSTWD50bpNvW4=",
            id="characters that are encoded",
        ),
    ],
)
def test_vectors(
    secret: str, verb: str, host: str, path: str, params: dict[str, str], signature: str
) -> None:
    text = string_to_sign(verb, host, path, params)
    assert sign(secret, text, params["SignatureMethod"]) == signature


def test_the_string_to_sign_has_four_lines() -> None:
    text = string_to_sign("POST", "mws-eu.amazonservices.com", PATH, REQUEST)
    assert text == f"POST\nmws-eu.amazonservices.com\n{PATH}\n{CANONICAL}"
    assert len(text.encode()) == 555
    assert string_to_sign("GET", "H:8000", "", {}) == "GET\nh:8000\n/\n"


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1)))
def test_a_canonical_query_is_form_encoded(params: dict[str, str]) -> None:
    query = canonical_query(params)
    assert dict(parse_qsl(query)) == params
    assert query.isascii()
    assert "+" not in query
    assert "*" not in query


def test_signed_adds_the_caller_and_the_time() -> None:
    credentials = Credentials(
        "A2EMULATORSELLR",
        "AKIAEMULATOREXAMPLE1",
        SECRET,
        "amzn.mws.00000000-1111-2222-3333-444444444444",
    )
    known = {"AWSAccessKeyId", "MWSAuthToken", "SellerId", "Timestamp"}
    params = {name: value for name, value in REQUEST.items() if name not in known}
    complete = signed(
        params,
        credentials=credentials,
        verb="POST",
        host="mws-eu.amazonservices.com",
        path=PATH,
        now=datetime(2020, 6, 12, 9, 29, 10, 167_000, UTC),
    )
    assert complete == {**REQUEST, "Signature": "wlz7vttOc2WEjbulHpaRsiCpbRWpNz7uVcqXz95BycI="}


def test_a_call_for_the_own_seller_has_no_token() -> None:
    complete = signed(
        {},
        credentials=Credentials("S", "K", "X"),
        verb="POST",
        host="h",
        path=PATH,
        now=datetime(2020, 6, 12, tzinfo=UTC),
    )
    assert "MWSAuthToken" not in complete


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC), "2020-06-12T09:29:10.000Z"),
        (
            datetime(2020, 6, 12, 9, 29, 10, 167_999, timezone(timedelta(hours=2))),
            "2020-06-12T07:29:10.167Z",
        ),
    ],
)
def test_timestamp(now: datetime, text: str) -> None:
    assert timestamp(now) == text


def test_credentials_hide_secrets() -> None:
    credentials = Credentials("SELLER", "THEKEY", "the/secret", "the.token")
    assert "SELLER" in repr(credentials)
    for secret in ("THEKEY", "the/secret", "the.token"):
        assert secret not in repr(credentials)
    told = "THEKEY is wrong: AWSAccessKeyId=THEKEY&MWSAuthToken=the.token the/secret the%2Fsecret"
    assert credentials.redact(told) == (
        "(hidden) is wrong: AWSAccessKeyId=(hidden)&MWSAuthToken=(hidden) (hidden) (hidden)"
    )
