"""Answers: those of Amazon's own examples, and what nobody should send."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.sp_api.answers import decode
from tap_mws_reports.api.sp_api.operations import OPERATIONS, Operation

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
        answer = decode(operation, json.dumps(example).encode())
        assert answer.keys() == example.keys() & {each.name for each in operation.answer}


def test_values_have_their_kinds() -> None:
    body = {**REPORT, "marketplaceIds": ["M"], "reportDocumentId": None, "brandNew": 1}
    assert decode(OPERATIONS["getReport"], json.dumps(body).encode()) == {
        "reportId": "1",
        "reportType": "GET_A",
        "createdTime": datetime(2024, 3, 10, 20, 11, 24, tzinfo=UTC),
        "processingStatus": "DONE",
        "marketplaceIds": ("M",),
    }


def test_a_word_that_is_new_is_let_pass() -> None:
    body = json.dumps({**REPORT, "processingStatus": "SLEEPING"}).encode()
    assert decode(OPERATIONS["getReport"], body)["processingStatus"] == "SLEEPING"


def test_no_answer_is_wanted() -> None:
    assert decode(OPERATIONS["cancelReport"], b"anything") == {}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Expecting value"),
        (b"<html>", "Expecting value"),
        (b"[]", "it is no object"),
        (b"[" * 100_000, "recursion"),
        (json.dumps({**REPORT, "reportId": None}).encode(), "reportId is missing"),
        (json.dumps({**REPORT, "reportId": 1}).encode(), "reportId is not a text"),
        (json.dumps({**REPORT, "createdTime": "now"}).encode(), "now"),
        (json.dumps({**REPORT, "createdTime": "0001-01-01T00:00:00+14:00"}).encode(), "year"),
        (json.dumps({**REPORT, "marketplaceIds": "M"}).encode(), "is not a list"),
    ],
)
def test_what_is_no_such_answer(body: bytes, words: str) -> None:
    with pytest.raises(errors.ConnectionBroken, match="getReport: the answer is not") as caught:
        decode(OPERATIONS["getReport"], body)
    assert words in caught.value.what
