"""Authentication: the checks before a section of the API, in Amazon's order.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_RequiredRequestParameters.html
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from tap_mws_reports.api.mws import signing
from tap_mws_reports.api.mws import subscription_operations as subscriptions
from tap_mws_reports.api.mws.operations import OPERATIONS, REPORTS, Operation, Section
from tap_mws_reports.api.timestamps import parse_timestamp
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.http import Request
from tap_mws_reports.sandbox.mws.rendering import ErrorResult

MAX_CLOCK_SKEW = timedelta(minutes=15)
SECTIONS: dict[Section, Mapping[str, Operation]] = {
    REPORTS: OPERATIONS,
    subscriptions.SUBSCRIPTIONS: subscriptions.OPERATIONS,
}
_METHODS = {"HmacSHA256", "HmacSHA1"}
_SELLER_PARAMETERS = ("SellerId", "Merchant")


def authenticate(
    request: Request, accounts: Iterable[SandboxAccount], now: datetime
) -> tuple[SandboxAccount, Operation]:
    """Return the account and the operation of a request.

    Raises:
        Refusal: the address, the operation, the key, the signature, the time or the seller is
            invalid.
    """
    section = section_at(request)
    _check_address(request, section)
    operation = _operation(request.params, SECTIONS[section or REPORTS])
    account = _by_key(request.params, accounts)
    _check_signature(request, account.secret_access_key)
    _check_time(request.params, now)
    _check_seller(request.params, account)
    return account, operation


def section_at(request: Request) -> Section | None:
    """Return the section that a request is for, by its path and version."""
    for section in SECTIONS:
        # Until 2017 the bare host worked as well.
        is_there = request.path.rstrip("/") in {"", section.path}
        if is_there and request.params.get("Version", section.version) == section.version:
            return section
    return None


def _check_address(request: Request, section: Section | None) -> None:
    if section is None:
        raise ErrorResult(
            "InvalidAddress",
            f"Resource {request.path} is not found on this server. The section or the version "
            "of the API may be wrong.",
        )


def _operation(params: Mapping[str, str], table: Mapping[str, Operation]) -> Operation:
    action = params.get("Action")
    if not action:
        raise ErrorResult("InvalidAction", "Either Action or Operation query parameter is missing.")
    if action not in table:
        raise ErrorResult("InvalidAction", f"{action} is not a valid action of this section.")
    return table[action]


def _by_key(params: Mapping[str, str], accounts: Iterable[SandboxAccount]) -> SandboxAccount:
    key = params.get("AWSAccessKeyId")
    if not key:
        raise ErrorResult("MissingClientTokenId", "The request must contain AWSAccessKeyId.")
    for account in accounts:
        if account.access_key_id == key:
            return account
    raise ErrorResult("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist.")


def _check_signature(request: Request, secret: str) -> None:
    params = request.params
    if params.get("SignatureVersion") != "2" or params.get("SignatureMethod") not in _METHODS:
        raise ErrorResult(
            "InvalidParameterValue",
            "SignatureVersion must be 2 and SignatureMethod HmacSHA256 or HmacSHA1.",
        )
    given = params.get("Signature", "")
    for text in _texts(request):
        expected = signing.sign(secret, text, params["SignatureMethod"])
        if hmac.compare_digest(expected.encode(), given.encode()):
            return
    raise ErrorResult(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check "
        "your secret access key and the way you sign.",
    )


def _texts(request: Request) -> Iterator[str]:
    """Yield the texts that may have been signed: with the port or, as many clients do, without it.

    A client that only knows how to strip ``https://`` signs an address of plain HTTP as a whole.
    """
    bare = request.host.rsplit(":", 1)[0]
    for host in (request.host, bare, f"http://{request.host}"):
        yield signing.string_to_sign(request.method, host, request.path, request.params)


def _check_time(params: Mapping[str, str], now: datetime) -> None:
    try:
        stamp = parse_timestamp(params.get("Timestamp", ""))
    except ValueError:
        message = "Timestamp must be an ISO 8601 moment."
        raise ErrorResult("InvalidParameterValue", message) from None
    if abs(now - stamp) > MAX_CLOCK_SKEW:
        raise ErrorResult(
            "RequestExpired",
            f"The Timestamp {stamp:%Y-%m-%dT%H:%M:%SZ} is more than 15 minutes away from this "
            "server's time.",
        )


def _check_seller(params: Mapping[str, str], account: SandboxAccount) -> None:
    seller = next((params[name] for name in _SELLER_PARAMETERS if params.get(name)), None)
    if seller is None:
        raise ErrorResult("MissingParameter", "The request must contain the parameter SellerId.")
    if seller != account.seller_id:
        raise ErrorResult("AccessDenied", f"Access to seller {seller} is denied.")
