"""A host that answers from a script, and a service that talks to it under a virtual clock."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.mws import codec
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.mws.operations import OPERATIONS
from tap_mws_reports.api.mws.service import Credentials, MwsReportService
from tap_mws_reports.api.transport import HttpRequest, HttpResponse, SavedBody
from tap_mws_reports.sandbox.mws.rendering import render, render_error

START = datetime(2020, 6, 12, 11, 0, tzinfo=UTC)
Step = HttpResponse | Exception


@dataclass
class ScriptedTransport:
    """Gives one step of its script for each request; the last step is given for ever."""

    clock: VirtualClock
    script: list[Step] = field(default_factory=list)
    seen: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)
    requests: list[HttpRequest] = field(default_factory=list)

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        self.seen.append((self.clock.now(), dict(parse_qsl(request.body.decode()))))
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return step

    def stream(self, request: HttpRequest, path: Path) -> HttpResponse:
        answer = self.send(request)
        if answer.status != 200:
            return answer
        path.write_bytes(answer.body)
        md5 = hashlib.md5(answer.body, usedforsecurity=False).digest()
        saved = SavedBody(len(answer.body), md5, unpacked="content-encoding" in answer.headers)
        return replace(answer, body=b"", saved=saved)

    @property
    def actions(self) -> list[str]:
        return [params["Action"] for _, params in self.seen]

    @property
    def seconds(self) -> list[float]:
        return [(moment - START).total_seconds() for moment, _ in self.seen]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def transport(clock: VirtualClock) -> ScriptedTransport:
    return ScriptedTransport(clock)


@pytest.fixture
def make_service(
    clock: VirtualClock, transport: ScriptedTransport
) -> Callable[..., MwsReportService]:
    def make(
        endpoint_url: str = "http://127.0.0.1:8000", marketplace_ids: tuple[str, ...] = ()
    ) -> MwsReportService:
        credentials = Credentials("A2SELLER", "AKIDEXAMPLE", "s3cr3t/key", "amzn.mws.token")
        endpoint = Endpoint.at(endpoint_url)
        settings = ClientSettings(credentials, endpoint, transport, clock, random.Random(1))
        return MwsReportService(settings, marketplace_ids)

    return make


@pytest.fixture
def service(make_service: Callable[..., MwsReportService]) -> MwsReportService:
    return make_service()


class Answers:
    """Makes the steps of a script."""

    @staticmethod
    def good(name: str, **values: object) -> HttpResponse:
        answer = codec.Response(request_id="some-id", **values)  # type: ignore[arg-type]
        return HttpResponse(200, {}, render(OPERATIONS[name], answer))

    @staticmethod
    def fault(status: int, code: str, message: str = "No.", **headers: str) -> HttpResponse:
        fault = codec.ErrorResponse(status, code, message, "Sender", "some-id")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return HttpResponse(status, sent, render_error(fault))

    @staticmethod
    def document(body: bytes, **headers: str) -> HttpResponse:
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        sent = {"content-type": "text/plain", "content-length": str(len(body)), "content-md5": md5}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return HttpResponse(200, sent, body)

    @staticmethod
    def request_item(number: int, status: str = "_DONE_") -> dict[str, object]:
        return {
            "report_request_id": f"{number}018425",
            "report_type": "_GET_ORDERS_DATA_",
            "start_date": START,
            "end_date": START,
            "scheduled": False,
            "submitted_date": START,
            "processing_status": status,
        }

    @staticmethod
    def report_item(number: int) -> dict[str, object]:
        return {
            "report_id": f"{number}018425",
            "report_type": "_GET_ORDERS_DATA_",
            "available_date": START,
            "acknowledged": False,
        }

    def pages(self, name: str, *pages: list[dict[str, object]]) -> Iterator[HttpResponse]:
        for number, items in enumerate(pages, start=1):
            more = number < len(pages)
            operation = name if number == 1 else f"{name}ByNextToken"
            token = f"token+{number}/=" if more else None
            yield self.good(operation, items=tuple(items), has_next=more, next_token=token)


@pytest.fixture
def answers() -> Answers:
    return Answers()
