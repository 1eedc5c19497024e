"""Calls that `schemathesis` makes up from Amazon's model of the Reports API, against the sandbox.

Whatever they are, the sandbox's server does not break down and gives no answer that the model does
not know; a call that breaks the model is refused.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.sp_api.operations import OPERATIONS, REPORTS_MODEL
from tap_mws_reports.api.sp_api.schemas import ParameterLocation
from tap_mws_reports.sandbox.adapter import SandboxAdapter
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS

MODEL = Path(__file__).parents[2] / "shared/reference/sp-api-models/reports_2021-06-30.json"
NAMES = [each.name for each in OPERATIONS.values() if each.source == REPORTS_MODEL]
HOST = "https://sellingpartnerapi-na.amazon.com"
US = "ATVPDKIKX0DER"
TYPES = ["GET_MERCHANT_LISTINGS_ALL_DATA", "GET_SALES_AND_TRAFFIC_REPORT"]
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
"""All but those that a call is taken in only because the model knows no reason against it."""

pytestmark = [
    pytest.mark.api("sp_api", reason="the model is of SP-API"),
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not MODEL.exists(), reason="Amazon's models are not there"),
]


class Caller:
    """Calls a sandbox by way of `requests`, an hour after the call before."""

    def __init__(self, adapter: SandboxAdapter, clock: VirtualClock) -> None:
        self.session = requests.Session()
        self.session.mount("https://", adapter)
        self._clock = clock

    def headers(self) -> dict[str, str]:
        self._clock.sleep(3600)
        form = {
            "grant_type": "refresh_token",
            "refresh_token": SELLERS["NA"].refresh_token,
            "client_id": APPLICATION.client_id,
            "client_secret": APPLICATION.client_secret,
        }
        answer = self.session.post("https://api.amazon.com/auth/o2/token", data=form).json()
        return {"x-amz-access-token": answer["access_token"], "user-agent": "Test/1.0"}

    def ask(self, method: str, path: str, **values: Any) -> dict[str, Any]:
        url = f"{HOST}/reports/2021-06-30/{path}"
        body = values or None
        response = self.session.request(method, url, json=body, headers=self.headers())
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture
def caller(make_harness: Callable[..., Any]) -> Caller:
    harness = make_harness()
    return Caller(SandboxAdapter(harness.amazon, harness.clock), harness.clock)


def whole() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(MODEL.read_text("utf-8"))
    return model


def try_out(caller: Caller, model: Mapping[str, Any], name: str, mode: GenerationMode) -> None:
    operation = next(
        each.ok()
        for each in schemathesis.openapi.from_dict(dict(model)).get_all_operations()
        if each.ok().definition.raw["operationId"] == name
    )

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def run(case: schemathesis.Case) -> None:
        case.call_and_validate(
            HOST, session=caller.session, headers=caller.headers(), checks=CHECKS
        )

    run()


@pytest.mark.parametrize("name", NAMES)
def test_calls_that_follow_the_model(caller, name) -> None:
    try_out(caller, whole(), name, GenerationMode.POSITIVE)


# In a path every text is as the model has it.
@pytest.mark.parametrize(
    "name",
    [
        name
        for name in NAMES
        if {each.place for each in OPERATIONS[name].parameters} != {ParameterLocation.PATH}
    ],
)
def test_calls_that_break_the_model(caller, name) -> None:
    try_out(caller, whole(), name, GenerationMode.NEGATIVE)


@pytest.mark.parametrize("name", NAMES)
def test_calls_about_existing_items(caller, name) -> None:
    requested = {"reportType": TYPES[0], "marketplaceIds": [US]}
    report_id = caller.ask("POST", "reports", **requested)["reportId"]
    snapshot = {"reportType": TYPES[1], "marketplaceIds": [US], "period": "P1D"}
    schedule_id = caller.ask("POST", "schedules", **snapshot)["reportScheduleId"]
    document_id = caller.ask("GET", f"reports/{report_id}")["reportDocumentId"]
    words = {
        "reportType": TYPES,
        "reportTypes": TYPES,
        "marketplaceIds": [US],
        "reportId": [report_id],
        "reportScheduleId": [schedule_id],
        "reportDocumentId": [document_id],
    }
    try_out(caller, narrowed(whole(), words), name, GenerationMode.POSITIVE)


def narrowed(model: dict[str, Any], words: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the model with only these words allowed for what has these names."""
    model = copy.deepcopy(model)
    for path in model["paths"].values():
        for field in (each for way in path.values() for each in parameters(way)):
            narrow(field, words.get(field["name"]))
    for definition in ("CreateReportSpecification", "CreateReportScheduleSpecification"):
        for name, field in model["definitions"][definition]["properties"].items():
            narrow(field, words.get(name))
    return model


def parameters(way: Any) -> list[dict[str, Any]]:
    return way if isinstance(way, list) else way.get("parameters", [])


def narrow(field: dict[str, Any], words: list[str] | None) -> None:
    if words is not None:
        field.get("items", field)["enum"] = words
