"""One call: encode, wait for the quota, sign, send, check and decode."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.mws import codec, quota_headers
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.mws.mws_errors import error_for
from tap_mws_reports.api.mws.operations import OPERATIONS, Operation
from tap_mws_reports.api.mws.signing import Credentials, canonical_query, signed
from tap_mws_reports.api.quota import Budget, CallBudgets, Quota
from tap_mws_reports.api.retries import MAX_ATTEMPTS, Retrier, to_host_unreachable
from tap_mws_reports.api.transport import HttpRequest, HttpResponse

_OK = 200
_BEGINNING = 512
# For the one operation whose quota Amazon does not publish.
_CAUTIOUS = Quota(burst=1, restore_seconds=60)
_SWITCHED_OFF = (
    "Amazon switched MWS off on 2024-03-31; `api: sp_api` has the same reports from its successor"
)
_NAMED_IN_ERRORS = ("report_type", "report_id")

T = TypeVar("T")


class Caller:
    """Calls operations for one seller, with one budget for each. Not thread-safe.

    ``operations`` is the table of the section that the endpoint leads to.
    """

    def __init__(
        self,
        settings: ClientSettings[Credentials, Endpoint],
        operations: Mapping[str, Operation] = OPERATIONS,
    ) -> None:
        self._credentials = settings.credentials
        self._endpoint = settings.endpoint
        self._operations = operations
        self.transport = settings.transport
        self._clock = settings.clock
        self._retrier = Retrier(settings.clock, settings.rng, settings.quota_wait)
        quotas = {name: each.quota or _CAUTIOUS for name, each in operations.items()}
        self.budgets = CallBudgets(quotas, settings.clock)

    def call(self, name: str, values: Mapping[str, object]) -> codec.Response:
        """Call an operation and return its answer.

        Raises:
            CredentialsError: Amazon does not accept the credentials.
            HostUnreachable: no response, or one that is not Amazon's.
            RequestRefused: Amazon refused the call, or it breaks a rule of the operation.
            ServiceUnavailable: Amazon failed at every attempt.
        """
        return self.exchange(
            name,
            values,
            send=self.transport.send,
            read=lambda answer: codec.decode_response(self._operations[name], answer.body),
        )

    def exchange(
        self,
        name: str,
        values: Mapping[str, object],
        *,
        send: Callable[[HttpRequest], HttpResponse],
        read: Callable[[HttpResponse], T],
        tries: int = MAX_ATTEMPTS,
        recover: Callable[[], T | None] = lambda: None,
    ) -> T:
        """Call an operation by ``send`` and return what ``read`` returns for its response.

        Either may raise a `Retry`, upon which both are tried again, ``tries`` times in all,
        unless ``recover`` finds the answer before.
        """
        operation = self._operations[name]
        where = self._where(operation, values)
        params = {
            "Action": name,
            "Version": operation.section.version,
            **codec.encode_parameters(operation, values),
        }

        def attempt() -> T:
            return read(self._once(operation, params, where, send))

        with self._adding_context(where):
            budget = self.budgets.of(operation.name)
            return self._retrier.repeat(
                attempt, name=name, budget=budget, tries=tries, recover=recover
            )

    def _once(
        self,
        operation: Operation,
        params: Mapping[str, str],
        where: str,
        send: Callable[[HttpRequest], HttpResponse],
    ) -> HttpResponse:
        budget = self.budgets.of(operation.name)
        try:
            answer = send(self._request(params))
        except errors.Retry:
            # Amazon may have counted the call before the connection broke.
            budget.take(self._clock.now())
            raise
        error = self._refusal(operation, answer, where)
        self._count(budget, answer, refused=isinstance(error, errors.Throttled))
        if error is not None:
            raise error
        return answer

    def _request(self, params: Mapping[str, str]) -> HttpRequest:
        complete = signed(
            params,
            credentials=self._credentials,
            verb="POST",
            host=self._endpoint.host,
            path=self._endpoint.path,
            now=self._clock.now(),
        )
        return self._endpoint.post(canonical_query(complete))

    def _refusal(
        self, operation: Operation, answer: HttpResponse, where: str
    ) -> errors.TapError | None:
        if answer.status == _OK and b"ErrorResponse" not in answer.body[:_BEGINNING]:
            return None
        response = codec.decode_error(answer.status, answer.headers, answer.body)
        # Amazon quotes the key, and for a wrong signature all that was signed.
        response = replace(response, message=self._credentials.redact(response.message))
        return error_for(
            response,
            answer.headers,
            operation=operation.name,
            where=where,
            now=self._clock.now(),
        )

    def _count(self, budget: Budget, answer: HttpResponse, *, refused: bool) -> None:
        now = self._clock.now()
        if not refused:
            budget.take(now)
        quota = quota_headers.quota_headers(answer.headers, now)
        budget.apply_headers(now, quota.maximum, quota.remaining, quota.resets_on)

    def _where(self, operation: Operation, values: Mapping[str, object]) -> str:
        named = [f"{name} {values[name]}" for name in _NAMED_IN_ERRORS if name in values]
        seller = f"seller {self._credentials.seller_id}"
        return ", ".join([seller, self._endpoint.host, operation.name, *named])

    @contextmanager
    def _adding_context(self, where: str) -> Iterator[None]:
        """Add to an error where it happened, and whether MWS is switched off."""
        try:
            yield
        except errors.ConnectionBroken as error:
            raise self._with_context(to_host_unreachable(error), where) from error
        except errors.TapError as error:
            self._with_context(error, where)
            raise

    def _with_context(self, error: errors.TapError, where: str) -> errors.TapError:
        error.where = error.where or where
        is_about_the_host = isinstance(error, errors.Stop | errors.ServiceUnavailable)
        if self._endpoint.switched_off and is_about_the_host:
            error.hint = f"{_SWITCHED_OFF}; else {error.hint}" if error.hint else _SWITCHED_OFF
        return error
