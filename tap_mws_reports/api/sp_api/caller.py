"""One call: encode, wait for the quota, authorize, send, check and decode."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.clock import ServerClock
from tap_mws_reports.api.quota import CallBudgets
from tap_mws_reports.api.retries import Retrier, to_host_unreachable
from tap_mws_reports.api.sp_api import codec
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.lwa import Credentials, LwaTokenProvider
from tap_mws_reports.api.sp_api.operations import (
    OPERATIONS,
    RATE_LIMIT_HEADER,
    TOKEN_HEADER,
    Operation,
)
from tap_mws_reports.api.sp_api.response_models import ResponseModel
from tap_mws_reports.api.sp_api.sp_api_errors import (
    ErrorResponse,
    decode_error,
    error_for,
    may_have_expired,
)
from tap_mws_reports.api.transport import HttpRequest, HttpResponse, header_number, user_agent

Values = Mapping[str, object] | Callable[[datetime], Mapping[str, object]]
"""The values of a call, or what returns them for the moment at which the call is sent."""

_GOOD = range(200, 300)
_NAMED_IN_ERRORS = ("reportId", "reportDocumentId", "reportScheduleId")


class Caller:
    """Calls operations for one seller, with one budget for each. Not thread-safe."""

    def __init__(self, settings: ClientSettings[Credentials, Endpoint]) -> None:
        self._credentials = settings.credentials
        self._endpoint = settings.endpoint
        self._transport = settings.transport
        self._clock = settings.clock
        self._retrier = Retrier(settings.clock, settings.rng, settings.quota_wait)
        self._login = LwaTokenProvider(settings)
        self.was_accepted = False
        """Whether Amazon has accepted a call for the seller."""
        self.server_clock = ServerClock()
        """Amazon's time, by its answers."""
        self._renewed: str | None = None
        quotas = {name: operation.quota for name, operation in OPERATIONS.items()}
        self.budgets = CallBudgets(quotas, settings.clock)

    def call(
        self,
        name: str,
        values: Values,
        *,
        report_type: str = "",
        token: str | None = None,
        though_throttled: bool = True,
        recover: Callable[[], ResponseModel | None] = lambda: None,
    ) -> Any:  # noqa: ANN401 - `Operation.answer` says what it is
        """Call an operation and return its answer, of the type `Operation.answer`.

        Args:
            name: of the operation.
            values: by their names on the wire; a function of the time if a wait for the quota
                may make them wrong.
            report_type: which the call is about, for errors.
            token: another token than the one of the seller or of the operation's scope.
            though_throttled: wait for a quota that Amazon says is used up.
            recover: called before a failed call is repeated; a result of it is the response.

        Raises:
            CredentialsError: Amazon does not accept the credentials.
            HostUnreachable: no response, or one that is not Amazon's.
            RequestRefused: Amazon refused the call, or it breaks a rule of the operation.
            ServiceUnavailable: Amazon failed at every attempt.
            Throttled: a quota is used up, perhaps not the operation's.
        """
        operation = OPERATIONS[name]
        where = self._where(operation, self._at_once(values), report_type)
        codec.encode_request(operation, self._at_once(values))  # raises for wrong values at once

        def attempt() -> ResponseModel | None:
            call = codec.encode_request(operation, self._at_once(values))
            answer = self._opened(operation, call, token)
            self._check(operation, answer, where, report_type)
            return codec.decode_response(operation, answer.body)

        with _adding_context(where):
            return self._retrier.repeat(
                attempt,
                name=name,
                budget=self.budgets.of(name),
                though_throttled=though_throttled,
                recover=recover,
            )

    def _at_once(self, values: Values) -> Mapping[str, object]:
        return values(self._clock.now()) if callable(values) else values

    def _opened(
        self, operation: Operation, call: codec.EncodedRequest, token: str | None
    ) -> HttpResponse:
        """Send a call with the given token, or with our own, which is renewed if it has expired."""
        if token is not None:
            return self._send(operation, call, token)
        ours = self._login.token(operation.scope)
        answer = self._send(operation, call, ours)
        # A token is renewed once: a refusal of the new one has another reason.
        if ours != self._renewed and may_have_expired(decode_error(answer.status, {}, answer.body)):
            self._login.forget(ours)
            ours = self._renewed = self._login.token(operation.scope)
            answer = self._send(operation, call, ours)
        self.was_accepted |= answer.status in _GOOD
        return answer

    def _send(self, operation: Operation, call: codec.EncodedRequest, token: str) -> HttpResponse:
        budget = self.budgets.of(operation.name)
        try:
            answer = self._transport.send(self._request(operation, call, token))
        except errors.Retry:
            # Amazon may have counted the call before the connection broke.
            budget.take(self._clock.now())
            raise
        now = self._clock.now()
        self.server_clock.observe(answer.headers, now)
        if answer.status != 429:  # noqa: PLR2004 - too many requests
            budget.take(now)
        if rate := header_number(answer.headers.get(RATE_LIMIT_HEADER.lower())):
            budget.set_rate(rate, now)
        return answer

    def _request(self, operation: Operation, call: codec.EncodedRequest, token: str) -> HttpRequest:
        now = self._clock.now().astimezone(UTC)
        headers = {
            "User-Agent": user_agent(),
            "Accept": "application/json",
            "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
            TOKEN_HEADER: token,
        }
        if call.body:
            headers["Content-Type"] = "application/json"
        url = f"{self._endpoint.url}{call.target}"
        return HttpRequest(operation.method, url, headers, call.body)

    def _check(
        self, operation: Operation, answer: HttpResponse, where: str, report_type: str
    ) -> None:
        if answer.status in _GOOD:
            return
        response = decode_error(answer.status, answer.headers, answer.body)
        raise error_for(
            self._redacted(response),
            operation=operation.name,
            where=where,
            report_type=report_type,
            token_was_good=self.was_accepted,
            retry_after=header_number(answer.headers.get("retry-after")),
        )

    def _redacted(self, response: ErrorResponse) -> ErrorResponse:
        hide = self._credentials.redact
        return replace(response, message=hide(response.message), details=hide(response.details))

    def _where(self, operation: Operation, values: Mapping[str, object], report_type: str) -> str:
        named = [f"{name} {values[name]}" for name in _NAMED_IN_ERRORS if name in values]
        about = [f"report type {report_type}"] if report_type else []
        seller = f"seller {self._credentials.seller_id}"
        return ", ".join([seller, self._endpoint.host, operation.name, *about, *named])


@contextmanager
def _adding_context(where: str) -> Iterator[None]:
    """Add to an error where it happened."""
    try:
        yield
    except errors.ConnectionBroken as error:
        unreachable = to_host_unreachable(error)
        unreachable.where = where
        raise unreachable from error
    except errors.TapError as error:
        error.where = error.where or where
        raise
