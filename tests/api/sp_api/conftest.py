"""A host that answers each operation from a script, and a service that talks to it."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.sp_api.endpoint import TOKEN_PATH
from tap_mws_reports.api.sp_api.operations import OPERATIONS
from tap_mws_reports.api.sp_api.service import (
    Credentials,
    Endpoint,
    SpApiReportService,
    SpApiType,
)
from tap_mws_reports.api.transport import HttpRequest, HttpResponse, SavedBody

START = datetime(2024, 3, 10, 20, 0, tzinfo=UTC)
US = "ATVPDKIKX0DER"
SELLER = Credentials("A2SELLER", "amzn1.app.client", "s3cr3t/+key", "Atzr|refresh+token/=")
TYPES = (
    SpApiType("_GET_ORDERS_", "GET_ORDERS_GENERAL"),
    SpApiType("_GET_LABELS_", "GET_ORDER_REPORT_DATA_SHIPPING", personal=True),
    SpApiType("_GET_STOCK_", "GET_STOCK", cooldown=timedelta(minutes=30)),
)
Step = HttpResponse | Exception

_PATHS = {
    name: (each.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path)))
    for name, each in OPERATIONS.items()
}


def called(request: HttpRequest) -> str:
    """Which operation a request calls; else ``token`` or ``document``."""
    path = urlsplit(request.url).path
    for name, (method, pattern) in _PATHS.items():
        if request.method == method and pattern.fullmatch(path):
            return name
    return "token" if path == TOKEN_PATH else "document"


@dataclass
class ScriptedTransport:
    """Gives one step of an operation's script for each call; the last step is given for ever."""

    clock: VirtualClock
    script: dict[str, list[Step]] = field(default_factory=dict)
    requests: list[HttpRequest] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        self.moments.append(self.clock.now())
        name = called(request)
        steps = self.script.get(name, [])
        if name == "token" and not steps:
            return Answers.token(f"Atza|{len(self.called('token'))}")
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        if isinstance(step, Exception):
            raise step
        return step

    def stream(self, request: HttpRequest, path: Path) -> HttpResponse:
        answer = self.send(request)
        if answer.status != 200:
            return answer
        path.write_bytes(answer.body)
        saved = SavedBody(
            len(answer.body), hashlib.md5(answer.body, usedforsecurity=False).digest()
        )
        return replace(answer, body=b"", saved=saved)

    def called(self, name: str) -> list[HttpRequest]:
        return [request for request in self.requests if called(request) == name]

    def seconds(self, name: str) -> list[float]:
        moments = zip(self.requests, self.moments, strict=True)
        return [
            (each - START).total_seconds() for request, each in moments if called(request) == name
        ]

    @property
    def names(self) -> list[str]:
        return [called(request) for request in self.requests]


class Answers:
    """Makes the steps of a script."""

    @staticmethod
    def token(text: str = "Atza|1", **other: object) -> HttpResponse:
        return _json(200, access_token=text, **{"expires_in": 3600, **other})

    @staticmethod
    def good(name: str, **values: object) -> HttpResponse:
        return _json(OPERATIONS[name].status, **values)

    @staticmethod
    def fault(status: int, code: str, message: str = "No.", details: str = "") -> HttpResponse:
        return _json(status, errors=[{"message": message, "code": code, "details": details}])

    @staticmethod
    def denied() -> HttpResponse:
        """What Amazon says to a token that it does not accept."""
        details = "The access token you provided is revoked, malformed or invalid."
        message = "Access to requested resource is denied."
        return Answers.fault(403, "Unauthorized", message, details)

    @staticmethod
    def throttled() -> HttpResponse:
        message = "You exceeded your quota for the requested resource."
        return Answers.fault(429, "QuotaExceeded", message)

    @staticmethod
    def item(number: int = 1, status: str = "DONE", **other: Any) -> dict[str, Any]:
        """A report as Amazon describes it; a property that is None is left out."""
        made = {"reportDocumentId": f"amzn1.spdoc.1.4.na.{number}"} if status == "DONE" else {}
        item = {
            "reportId": f"{number}019792",
            "reportType": "GET_ORDERS_GENERAL",
            "createdTime": "2024-03-10T20:00:00+00:00",
            "dataStartTime": "2024-03-01T00:00:00+00:00",
            "dataEndTime": "2024-03-02T00:00:00+00:00",
            "processingStartTime": "2024-03-10T20:00:06+00:00",
            "processingEndTime": "2024-03-10T20:00:20+00:00",
            "processingStatus": status,
            "marketplaceIds": [US],
            **made,
            **other,
        }
        return {name: value for name, value in item.items() if value is not None}

    def report(self, number: int = 1, status: str = "DONE", **other: Any) -> HttpResponse:
        return self.good("getReport", **self.item(number, status, **other))

    def link(self, url: str = "https://docs.example/d?X-Amz-Signature=abc") -> HttpResponse:
        return self.good("getReportDocument", reportDocumentId="amzn1.spdoc.1.4.na.1", url=url)

    @staticmethod
    def document(body: bytes, **headers: str) -> HttpResponse:
        sent = {"content-type": "text/plain", "content-length": str(len(body))}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return HttpResponse(200, sent, body)


def _json(status: int, **values: object) -> HttpResponse:
    return HttpResponse(status, {}, json.dumps(values).encode())


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def transport(clock: VirtualClock) -> ScriptedTransport:
    return ScriptedTransport(clock)


@pytest.fixture
def documents(clock: VirtualClock) -> ScriptedTransport:
    """The way to the documents, apart from the other."""
    return ScriptedTransport(clock)


@pytest.fixture
def make_service(
    clock: VirtualClock, transport: ScriptedTransport, documents: ScriptedTransport
) -> Callable[..., SpApiReportService]:
    def make(
        endpoint: Endpoint | None = None, types: tuple[SpApiType, ...] = TYPES
    ) -> SpApiReportService:
        return SpApiReportService(
            ClientSettings(
                SELLER, endpoint or Endpoint.of("NA"), transport, clock, random.Random(1)
            ),
            documents,
            types=types,
            marketplace_ids=[US],
        )

    return make


@pytest.fixture
def service(make_service: Callable[..., SpApiReportService]) -> SpApiReportService:
    return make_service()
