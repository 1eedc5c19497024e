"""Presigned addresses of documents, valid for five minutes.

Sources: https://github.com/saleweaver/python-amazon-sp-api/issues/879 (the form of an address),
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from tap_mws_reports.sandbox.http import Request
from tap_mws_reports.sandbox.signed_tokens import signature
from tap_mws_reports.sandbox.sp_api.routing import REGION_OF_HOST

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

    def __init__(self, code: str, message: str, **told: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.told = told


class PresignedUrl(NamedTuple):
    """The document of an address, whether it is compressed, and its Content-Encoding."""

    document_id: str
    packed: bool
    encoding: str = ""


def base(request: Request) -> str:
    """Return where the documents are for whoever sent a request: at S3, or at the same port."""
    region = REGION_OF_HOST.get(request.host)
    return f"https://{HOSTS[region]}" if region else f"http://{request.host}"


def write(link: PresignedUrl, at: str, now: datetime) -> str:
    """Return the address of a document at a `base`, from now on."""
    path = PATH + link.document_id + (_PACKED if link.packed else "")
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Date": now.astimezone(UTC).strftime(_DATE),
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Expires": str(int(LIFE.total_seconds())),
        "X-Amz-Credential": f"ASIASANDBOX/{now:%Y%m%d}/us-east-1/s3/aws4_request",
        # As long as Amazon's, so that a column of 512 characters proves too short.
        "X-Amz-Security-Token": signature(path) * 6,
    }
    if link.encoding:
        query[_ENCODING] = link.encoding
    query[_SIGNATURE] = _signature("GET", path, list(query.items()))
    return f"{at}{path}?{urlencode(query)}"


def read(request: Request, now: datetime) -> PresignedUrl:
    """Return what an address opens.

    Raises:
        Unopened: it is cut off, changed, or too old.
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
    packed = key.endswith(_PACKED)
    return PresignedUrl(key.removesuffix(_PACKED), packed, query.get(_ENCODING, ""))


def ended(until: datetime, now: datetime) -> PresignedUrlError:
    """Return what S3 says of an address that was good ``until``."""
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
