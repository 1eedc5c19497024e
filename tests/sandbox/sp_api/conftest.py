"""A client that speaks SP-API as plainly as can be, and an Amazon with the test's clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from jsonschema import Draft4Validator

from tap_mws_reports.api.sp_api.operations import NOTIFICATIONS_SCOPE, OPERATIONS, Operation
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import Fault
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MODELS = Path(__file__).parents[3].parent / "shared/reference/sp-api-models"


@dataclass
class Client:
    """Calls an Amazon for one seller, and lets time pass; logs in anew for every call."""

    amazon: Amazon
    now: datetime = NOW
    region: str = "NA"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def marketplace(self) -> str:
        return SELLERS[self.region].marketplace_ids[0]

    def wait(self, **intervals: float) -> None:
        self.now += timedelta(**intervals)

    def send(
        self,
        method: str,
        path: str,
        query: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        host = f"sellingpartnerapi-{self.region.lower()}.amazon.com"
        usual = {"host": host, "user-agent": "Test/1.0 (Language=Python)", "content-type": JSON}
        given = {**usual, **self.headers, **(headers or {})}
        return self.amazon.handle(Request.read(method, path, query, given, body), self.now)

    def login(self, **changes: str | None) -> Response:
        usual = {
            "grant_type": "refresh_token",
            "refresh_token": SELLERS[self.region].refresh_token,
            "client_id": APPLICATION.client_id,
            "client_secret": APPLICATION.client_secret,
        }
        form = {name: value for name, value in {**usual, **changes}.items() if value is not None}
        return self.send(
            "POST", "/auth/o2/token", body=urlencode(form).encode(), headers={"content-type": FORM}
        )

    def token(self, *, grantless: bool = False) -> str:
        grant = {
            "grant_type": "client_credentials",
            "refresh_token": None,
            "scope": NOTIFICATIONS_SCOPE,
        }
        return str(read(self.login(**(grant if grantless else {})))["access_token"])

    def call(self, name: str, /, token: str | None = None, **values: Any) -> Response:
        """Call an operation; whatever the answer, it is checked against Amazon's model."""
        operation = OPERATIONS[name]
        left = dict(values)
        path = operation.path
        for each in list(left):
            if f"{{{each}}}" in path:
                path = path.replace(f"{{{each}}}", left.pop(each))
        body = json.dumps(left).encode() if operation.method == "POST" else b""
        texts = {} if body else left
        query = {
            each: ",".join(value) if isinstance(value, list) else value
            for each, value in texts.items()
        }
        token = token or self.token(grantless=operation.scope is not None)
        headers = {"x-amz-access-token": token}
        response = self.send(operation.method, path, urlencode(query), body, headers)
        check(operation, response)
        return response

    def ask(self, name: str, /, **values: Any) -> Any:
        response = self.call(name, **values)
        assert response.status == OPERATIONS[name].status, response.body
        return read(response) if response.body else None

    def refused(self, name: str, /, **values: Any) -> tuple[int, str, str, str]:
        response = self.call(name, **values)
        (error,) = read(response)["errors"]
        return response.status, error["code"], error["message"], error["details"]

    def request(self, report_type: str, days: float = 7, **values: Any) -> str:
        """Ask for the ``days`` before now and return the report's id."""
        usual = {
            "marketplaceIds": [self.marketplace],
            "dataStartTime": (self.now - timedelta(days=days)).isoformat(),
            "dataEndTime": self.now.isoformat(),
        }
        answer = self.ask("createReport", reportType=report_type, **{**usual, **values})
        return str(answer["reportId"])

    def report(self, report_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask("getReport", reportId=report_id)
        return answer

    def made(self, report_type: str, days: float = 7) -> dict[str, Any]:
        """Ask for a report and wait for it."""
        report_id = self.request(report_type, days)
        self.wait(hours=1)
        return self.report(report_id)

    def fetch(self, url: str) -> Response:
        parts = urlsplit(url)
        return self.send("GET", parts.path, parts.query, headers={"host": parts.netloc})


def read(response: Response) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(response.body)
    return value


@cache
def validator(source: str, method: str, path: str, status: int) -> Draft4Validator | None:
    """Return what checks the answers of an operation; None where the model or a body is not there.

    Raises:
        KeyError: the model has no such answer.
    """
    file = MODELS / source.rsplit("/", 1)[1]
    if not file.exists():
        return None
    model = json.loads(file.read_text("utf-8"))
    schema = model["paths"][path][method.lower()]["responses"][str(status)].get("schema")
    whole = {**schema, "definitions": model["definitions"]} if schema else None
    return Draft4Validator(whole, format_checker=Draft4Validator.FORMAT_CHECKER) if whole else None


def check(operation: Operation, response: Response) -> None:
    """Check an answer against Amazon's model of its operation."""
    if response.status == 307:
        return
    found = validator(operation.source, operation.method, operation.path, response.status)
    if found is not None:
        found.validate(read(response))


@pytest.fixture
def open_client() -> Callable[..., Client]:
    def make(*faults: Fault, region: str = "NA", pace: str = "real") -> Client:
        return Client(Amazon(NOW, 1, LATENCY_PROFILES[pace], faults), region=region)

    return make


@pytest.fixture
def client(open_client: Callable[..., Client]) -> Client:
    return open_client()


@pytest.fixture
def models() -> Path:
    """Where Amazon's models are."""
    if not MODELS.exists():
        pytest.skip("Amazon's models are not there")
    return MODELS
