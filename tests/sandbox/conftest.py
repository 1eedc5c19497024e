"""A client that signs as Amazon wants it, and an Amazon with the test's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from tap_mws_reports.api.mws import codec, operations, signing, subscription_operations
from tap_mws_reports.api.mws.operations import REPORTS
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import Fault
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS

OPERATIONS = {**operations.OPERATIONS, **subscription_operations.OPERATIONS}
NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
HOST = "mws.amazonservices.com"
HEADERS = {"host": HOST, "user-agent": "Test/1.0 (Language=Python)"}


@dataclass
class Seller:
    """Calls an Amazon for one seller, and lets time pass."""

    amazon: Amazon
    now: datetime = NOW
    region: str = "NA"
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))

    @property
    def credentials(self) -> signing.Credentials:
        member = SELLERS[self.region]
        return signing.Credentials(member.seller_id, member.access_key_id, member.secret_access_key)

    def wait(self, **intervals: float) -> None:
        self.now += timedelta(**intervals)

    def send(
        self, params: Mapping[str, str], *, verb: str = "POST", path: str = REPORTS.path
    ) -> Response:
        signed = signing.signed(
            params,
            credentials=self.credentials,
            verb=verb,
            host=HOST,
            path=path,
            now=self.now,
        )
        text = urlencode(signed)
        query, body = (text, b"") if verb == "GET" else ("", text.encode())
        return self.amazon.handle(Request.read(verb, path, query, self.headers, body), self.now)

    def call(self, name: str, **values: object) -> Response:
        operation = OPERATIONS[name]
        version = operation.section.version
        params = {"Action": name, "Version": version, **codec.encode_parameters(operation, values)}
        return self.send(params, path=operation.section.path)

    def ask(self, name: str, **values: object) -> codec.Response:
        response = self.call(name, **values)
        assert response.status == 200, response.body
        return codec.decode_response(OPERATIONS[name], response.body)

    def refused(self, name: str, **values: object) -> tuple[int, str]:
        response = self.call(name, **values)
        fault = codec.decode_error(response.status, response.headers, response.body)
        return fault.status, fault.code

    def request(self, report_type: str, days: float = 7) -> str:
        """Ask for the ``days`` before now and return the request's id."""
        item = self.ask(
            "RequestReport",
            report_type=report_type,
            start_date=self.now - timedelta(days=days),
            end_date=self.now,
        ).items[0]
        return str(item["report_request_id"])

    def entry(self, request_id: str) -> dict[str, object]:
        return self.ask("GetReportRequestList", report_request_ids=[request_id]).items[0]


@pytest.fixture
def open_seller() -> Callable[..., Seller]:
    def make(*faults: Fault, region: str = "NA", pace: str = "real", seed: int = 1) -> Seller:
        return Seller(Amazon(NOW, seed, LATENCY_PROFILES[pace], faults), region=region)

    return make


@pytest.fixture
def seller(open_seller: Callable[..., Seller]) -> Seller:
    return open_seller()
