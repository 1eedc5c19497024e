"""SP-API, Login with Amazon and the document store: requests in, answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.quota import Bucket
from tap_mws_reports.api.sp_api.operations import (
    RATE_LIMIT_HEADER,
    REQUEST_ID_HEADER,
    Operation,
)
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Request, Response, http_date
from tap_mws_reports.sandbox.ids import Uuids
from tap_mws_reports.sandbox.sp_api import (
    authentication,
    documents,
    reports,
    routing,
    subscriptions,
    tokens,
)
from tap_mws_reports.sandbox.sp_api.destinations import Destinations
from tap_mws_reports.sandbox.sp_api.error_results import (
    ErrorResult,
    broken,
    invalid,
    throttled,
)
from tap_mws_reports.sandbox.sp_api.routing import ApiCall, Json, json_response
from tap_mws_reports.sandbox.sp_api.type_limits import TypeLimits

OPERATIONS: dict[str, Callable[[ApiCall], Json | None]] = {
    "getReports": reports.get_reports,
    "createReport": reports.create_report,
    "getReport": reports.get_report,
    "cancelReport": reports.cancel_report,
    "getReportSchedules": reports.get_report_schedules,
    "createReportSchedule": reports.create_report_schedule,
    "getReportSchedule": reports.get_report_schedule,
    "cancelReportSchedule": reports.cancel_report_schedule,
    "getReportDocument": documents.get_report_document,
    "createRestrictedDataToken": tokens.create_restricted_data_token,
    "createDestination": subscriptions.create_destination,
    "getDestinations": subscriptions.get_destinations,
    "getDestination": subscriptions.get_destination,
    "deleteDestination": subscriptions.delete_destination,
    "createSubscription": subscriptions.create_subscription,
    "getSubscription": subscriptions.get_subscription,
    "deleteSubscriptionById": subscriptions.delete_subscription_by_id,
}
_STATUSES_WITH_RATE = frozenset({200, 201, 202, 400, 404})
"""The statuses for it: https://developer-docs.amazon.com/sp-api/docs/usage-plans-and-rate-limits."""


class SellingPartnerApi:
    """Amazon's Selling Partner API for reports.

    Args:
        accounts: the sellers, which other services may serve as well.
        faults: the injected faults.
        seed: decides the ids of answers.
        limits: what sellers and applications may request of each report type.
    """

    def __init__(
        self,
        accounts: Sequence[SandboxAccount],
        faults: Faults,
        seed: str,
        limits: TypeLimits | None = None,
    ) -> None:
        self._limits = limits or TypeLimits()
        self._accounts = accounts
        self._faults = faults
        self._login = tokens.LwaEndpoint(accounts, faults)
        self._destinations = Destinations()
        self._buckets: dict[tuple[str | None, str], Bucket] = {}
        self._ids = Uuids(seed)

    def handle(self, request: Request, now: datetime) -> Response | None:
        """Answer a request; None where it is not for SP-API or what belongs to it."""
        if request.path == tokens.PATH:
            return self._login.handle(request, now)
        if request.path.startswith(documents.PATH):
            return documents.download(self._accounts, request, now, self._faults)
        is_ours = routing.is_call(request) or not routing.is_of_mws(request)
        return self._called(request, now) if is_ours else None

    def _called(self, request: Request, now: datetime) -> Response:
        headers = {REQUEST_ID_HEADER: self._ids.take(), "Date": http_date(now)}
        try:
            operation, in_path = routing.find(request)
        except ErrorResult as refusal:
            return json_response(refusal.status, refusal.answer, {**headers, **refusal.headers})
        if self._faults.strikes(FaultKind.REDIRECT, operation.name):
            location = f"https://elsewhere.example{request.path}"
            return Response(307, b"", {"Location": location, "Content-Length": "0", **headers})
        status, body = self._answered(operation, request, in_path, now)
        if status in _STATUSES_WITH_RATE:
            headers[RATE_LIMIT_HEADER] = str(operation.rate)
        return json_response(status, body, headers)

    def _answered(
        self, operation: Operation, request: Request, in_path: Mapping[str, str], now: datetime
    ) -> tuple[int, Json | None]:
        try:
            call = self._admitted(operation, request, in_path, now)
            return operation.status, OPERATIONS[operation.name](call)
        except ErrorResult as refusal:
            return refusal.status, refusal.answer

    def _admitted(
        self, operation: Operation, request: Request, in_path: Mapping[str, str], now: datetime
    ) -> ApiCall:
        admitted = authentication.authenticate(
            request, operation, self._accounts, self._faults, now
        )
        seller_id = None if operation.scope else admitted.accounts[0].seller_id
        self._count(operation, seller_id, now)
        self._strike(operation)
        for account in admitted.accounts:
            account.advance(now)
        return ApiCall(
            accounts=admitted.accounts,
            operation=operation,
            values=routing.read(operation, request, in_path),
            now=now,
            destinations=self._destinations,
            faults=self._faults,
            documents=documents.base(request),
            restricted=admitted.restricted,
            client_id=admitted.client_id,
            limits=self._limits,
        )

    def _count(self, operation: Operation, seller_id: str | None, now: datetime) -> None:
        """Count a call against its quota: each seller's, or the application's without one."""
        quota = operation.quota
        bucket = self._buckets.setdefault(
            (seller_id, operation.name),
            Bucket(quota.burst, timedelta(seconds=quota.restore_seconds), now),
        )
        if bucket.wait(now):
            raise throttled()
        bucket.take(now)

    def _strike(self, operation: Operation) -> None:
        if self._faults.strikes(FaultKind.THROTTLE, operation.name):
            raise throttled()
        if self._faults.strikes(FaultKind.HTTP_500, operation.name):
            raise broken(500)
        if self._faults.strikes(FaultKind.HTTP_503, operation.name):
            raise broken(503)
        if self._faults.strikes(FaultKind.HTTP_400, operation.name):
            raise invalid("A value of the call is not valid")
