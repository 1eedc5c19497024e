"""MWS Reports and Subscriptions: requests in, answers out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tap_mws_reports.api.mws.operations import Operation
from tap_mws_reports.api.mws.signing import timestamp
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import MadeReport
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.ids import Uuids
from tap_mws_reports.sandbox.mws import (
    mws_authentication,
    operations,
    rendering,
    response_headers,
    subscriptions,
)
from tap_mws_reports.sandbox.mws.list_queries import BadParameter, ListCall, decode_call
from tap_mws_reports.sandbox.mws.quota_enforcer import QuotaEnforcer
from tap_mws_reports.sandbox.mws.rendering import ErrorResult
from tap_mws_reports.sandbox.unframed_documents import broken_off, cut, flipped

_OPERATIONS = {**operations.OPERATIONS, **subscriptions.OPERATIONS}
_PING = '<?xml version="1.0"?>\n<PingResponse><Status timestamp="{}"/></PingResponse>\n'


class MarketplaceWebService:
    """Amazon's MWS for reports.

    Args:
        accounts: the sellers, which other services may serve as well.
        faults: the injected faults.
        seed: decides the ids of answers.
    """

    def __init__(self, accounts: Sequence[SandboxAccount], faults: Faults, seed: str) -> None:
        self._accounts = accounts
        self._faults = faults
        self._meters: dict[tuple[str, str], QuotaEnforcer] = {}
        self._ids = Uuids(seed)

    def handle(self, request: Request, now: datetime) -> Response:
        """Answer a request; one for no service gets MWS's error."""
        request_id = self._ids.take()
        headers = response_headers.usual(request_id, now)
        if request.method == "GET" and request.path == "/" and not request.params:
            return _xml(200, _PING.format(timestamp(now)).encode(), headers)
        try:
            return self._answer(request, now, request_id, headers)
        except ErrorResult as refusal:
            body = rendering.render_error(
                refusal.answer(request_id),
                front_door=refusal.front_door,
                section=mws_authentication.section_at(request),
            )
            return _xml(refusal.status, body, headers)

    def _answer(
        self, request: Request, now: datetime, request_id: str, headers: dict[str, str]
    ) -> Response:
        account, operation = mws_authentication.authenticate(request, self._accounts, now)
        self._strike(operation)
        meter = self._meter(account, operation, now)
        meter.count(now)
        headers.update(meter.headers(now))
        is_document = operation.result.document
        headers.update(
            response_headers.of_document(request_id)
            if is_document
            else response_headers.of_xml(request_id, now)
        )
        account.advance(now)
        call = ListCall(account, operation, self._values(operation, request.params), now)
        if is_document:
            return self._document(operations.get_report(call), headers)
        answer = _OPERATIONS[operation.name](call)
        body = rendering.render(operation, replace(answer, request_id=request_id))
        return _xml(200, body, headers)

    def _strike(self, operation: Operation) -> None:
        if self._faults.strikes(FaultKind.THROTTLE, operation.name):
            raise ErrorResult("RequestThrottled", "Request is throttled")
        if self._faults.strikes(FaultKind.HTTP_500, operation.name):
            raise ErrorResult("InternalError", "We could not answer. Please try again.")
        if self._faults.strikes(FaultKind.HTTP_400, operation.name):
            raise ErrorResult("InvalidParameterValue", "A value of the call is not valid.")
        if self._faults.strikes(FaultKind.CLOCK_SKEW, operation.name):
            raise ErrorResult("RequestExpired", "The Timestamp is too far from this server's time.")

    def _values(self, operation: Operation, params: Mapping[str, str]) -> dict[str, object]:
        try:
            values = decode_call(operation, params)
        except BadParameter as bad:
            raise ErrorResult(bad.code, bad.message) from bad
        if "next_token" in values and self._faults.strikes(FaultKind.TOKEN_ENDED, operation.name):
            raise ErrorResult("NextTokenCorrupted", "The NextToken has ended.")
        if operation.next_token and self._faults.strikes(FaultKind.SMALL_PAGES, operation.name):
            values["max_count"] = 1
        return values

    def _meter(self, account: SandboxAccount, operation: Operation, now: datetime) -> QuotaEnforcer:
        key = account.seller_id, operation.name
        if key not in self._meters:
            self._meters[key] = QuotaEnforcer(operation, account.quota_minute, now)
        return self._meters[key]

    def _document(self, report: MadeReport, usual: Mapping[str, str]) -> Response:
        document = report.write()
        body = document.body
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        if self._faults.strikes(FaultKind.CORRUPT_MD5, report.report_type, report.start):
            body = body.swapcase()
        if self._faults.strikes(FaultKind.FLIPPED, report.report_type, report.start):
            body = flipped(body)
        length = len(body)
        if self._faults.strikes(FaultKind.SHORT_BODY, report.report_type, report.start):
            body = cut(body, self._faults, FaultKind.SHORT_BODY)
        charset = document.charset
        headers = {
            "Content-Type": f"text/plain;charset={charset}" if charset else "text/plain",
            "Content-Length": str(length),
            "Content-MD5": md5,
        }
        response = Response(200, body, {**headers, **usual})
        return broken_off(response, self._faults, report.report_type, report.start)


def _xml(status: int, body: bytes, headers: Mapping[str, str]) -> Response:
    own = {"Content-Type": "text/xml", "Content-Length": str(len(body))}
    return Response(status, body, {**own, **headers})
