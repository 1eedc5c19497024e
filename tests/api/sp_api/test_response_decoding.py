"""Answers: those of Amazon's own examples, and invalid ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.sp_api.codec import decode_response
from tap_mws_reports.api.sp_api.operations import OPERATIONS, Operation
from tap_mws_reports.api.sp_api.response_models import Report

MODELS = Path(__file__).parents[4] / "shared/reference/sp-api-models"
REPORT = {
    "reportId": "1",
    "reportType": "GET_A",
    "createdTime": "2024-03-10T20:11:24+00:00",
    "processingStatus": "DONE",
}


def examples(operation: Operation) -> list[Any]:
    """Amazon's good answers, out of the model's sandbox."""
    model = json.loads((MODELS / operation.source.rsplit("/", 1)[1]).read_text("utf-8"))
    found = model["paths"][operation.path][operation.method.lower()]
    sandbox = found["responses"][str(operation.status)].get("x-amzn-api-sandbox", {})
    return [each["response"] for each in sandbox.get("static", ()) if "response" in each]


@pytest.mark.skipif(not MODELS.exists(), reason="Amazon's models are not here")
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_amazons_examples(operation: Operation) -> None:
    found = examples(operation)
    assert found or operation.name in {"cancelReport", "cancelReportSchedule"}
    for example in found:
        answer = decode_response(operation, json.dumps(example).encode())
        if operation.answer is None:
            assert answer is None
        else:
            names = {each.name: each.encode_name for each in msgspec.structs.fields(answer)}
            told = {names[n] for n, v in msgspec.structs.asdict(answer).items() if v is not None}
            assert told == example.keys() & set(names.values())


def test_values_have_their_types() -> None:
    body = {**REPORT, "marketplaceIds": ["M"], "reportDocumentId": None, "brandNew": 1}
    assert decode_response(OPERATIONS["getReport"], json.dumps(body).encode()) == Report(
        report_id="1",
        report_type="GET_A",
        created_time=datetime(2024, 3, 10, 20, 11, 24, tzinfo=UTC),
        processing_status="DONE",
        marketplace_ids=("M",),
    )


@pytest.mark.parametrize(
    "text", ["2024-03-10T20:11:24", "2024-03-10T13:11:24-07:00", "2024-03-10T20:11:24.000Z"]
)
def test_dates_are_in_utc(text: str) -> None:
    body = json.dumps({**REPORT, "createdTime": text}).encode()
    created = decode_response(OPERATIONS["getReport"], body).created_time
    assert (created, created.tzinfo) == (datetime(2024, 3, 10, 20, 11, 24, tzinfo=UTC), UTC)


def test_a_new_enumeration_value_is_accepted() -> None:
    body = json.dumps({**REPORT, "processingStatus": "SLEEPING"}).encode()
    assert decode_response(OPERATIONS["getReport"], body).processing_status == "SLEEPING"


def test_an_empty_response_is_decoded() -> None:
    assert decode_response(OPERATIONS["cancelReport"], b"anything") is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "truncated"),
        (b"<html>", "malformed"),
        (b"[]", "Expected `object`"),
        (b'{"a":' * 100_000, "recursion"),
        (json.dumps({**REPORT, "reportId": None}).encode(), "$.reportId"),
        (json.dumps({"reportType": "GET_A"}).encode(), "missing required field `reportId`"),
        (
            json.dumps({**REPORT, "reportId": 1}).encode(),
            "Expected `str`, got `int` - at `$.reportId`",
        ),
        (json.dumps({**REPORT, "createdTime": "now"}).encode(), "RFC3339"),
        (json.dumps({**REPORT, "createdTime": "0001-01-01T00:00:00+14:00"}).encode(), "year"),
        (json.dumps({**REPORT, "marketplaceIds": "M"}).encode(), "Expected `array | null`"),
    ],
)
def test_an_unexpected_response_is_an_error(body: bytes, words: str) -> None:
    with pytest.raises(errors.ConnectionBroken, match="getReport: the response does not") as caught:
        decode_response(OPERATIONS["getReport"], body)
    assert words in caught.value.what
