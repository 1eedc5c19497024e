"""Events that can be triggered in a running sandbox from outside.

A `POST` to `PATH` with the header of `HEADER` and the event in the query triggers it. A page in
a browser cannot send that header to another host, so that no website can reach the sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import WITHOUT_END, Fault, FaultKind
from tap_mws_reports.sandbox.http import Request, Response

PATH = "/sandbox/events"
HEADER = "X-Sandbox-Event"
_LATE = timedelta(hours=1)


def is_event(request: Request) -> bool:
    """Whether a request is for the sandbox itself, and not for Amazon."""
    return request.path == PATH


def handle(amazon: Amazon, request: Request, now: datetime) -> Response:
    """Trigger an event; return how many entries it concerned."""
    event = request.headers.get(HEADER.lower(), "")
    if request.method != "POST" or event not in EVENTS:
        known = ", ".join(EVENTS)
        return _response(400, {"error": f"POST with {HEADER}, one of {known}"})
    return _response(200, {"event": event, "count": EVENTS[event](amazon, now)})


def _open(amazon: Amazon, now: datetime) -> Iterator[RequestEntry]:
    """Yield the report requests that are not done."""
    for account in amazon.accounts.values():
        account.advance(now)
        yield from (each for each in account.requests.values() if each.outcome is None)


def _cancel(amazon: Amazon, now: datetime) -> int:
    entries = list(_open(amazon, now))
    for entry in entries:
        entry.cancel(now)
    return len(entries)


def _delay(amazon: Amazon, now: datetime) -> int:
    entries = [each for each in _open(amazon, now) if each.ends is not None]
    for entry in entries:
        entry.ends = max(entry.ends or now, now) + _LATE
    return len(entries)


def _fail(amazon: Amazon, now: datetime) -> int:
    entries = list(_open(amazon, now))
    for entry in entries:
        amazon.faults.add(Fault(FaultKind.FATAL, entry.spec.report_type, start=entry.spec.start))
    return len(entries)


def _revoke(amazon: Amazon, now: datetime) -> int:
    del now
    kinds = (FaultKind.ACCESS_REVOKED, FaultKind.ACCESS_ENDED)
    for kind in kinds:
        amazon.faults.add(Fault(kind, times=WITHOUT_END))
    return len(amazon.accounts)


def _expire(amazon: Amazon, now: datetime) -> int:
    del now
    for kind in (FaultKind.ACCESS_ENDED, FaultKind.URL_ENDED):
        amazon.faults.add(Fault(kind))
    return len(amazon.accounts)


EVENTS: dict[str, Callable[[Amazon, datetime], int]] = {
    "cancel": _cancel,
    "late": _delay,
    "fatal": _fail,
    "revoke": _revoke,
    "expire": _expire,
}
"""The events: open report requests are cancelled, take an hour longer, or fail; the sellers
withdraw their authorisation (SP-API); the next access token and document's address have ended."""


def _response(status: int, value: dict[str, object]) -> Response:
    body = json.dumps(value).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return Response(status, body, headers)
