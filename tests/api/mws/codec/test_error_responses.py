"""Error answers: each file of ``../faults`` decodes to the JSON beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.api.mws import codec

FAULTS = [
    path
    for path in sorted((Path(__file__).parents[1] / "faults").iterdir())
    if path.suffix != ".json"
]
SHARED = Path(__file__).parents[5] / "shared" / "samples" / "mws"


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.name)
def test_recorded_error_responses(path: Path) -> None:
    fault = codec.decode_error(int(path.name[:3]), {}, path.read_bytes())
    assert asdict(fault) == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize(
    ("path", "code"),
    [(path, "string") for path in SHARED.rglob("ErrorResponse.xml")]
    + [(path, "InvalidReportRequestId") for path in SHARED.rglob("*_400.xml")],
    ids=lambda value: getattr(value, "name", value),
)
def test_amazons_own_error_responses(path: Path, code: str) -> None:
    fault = codec.decode_error(400, {}, path.read_bytes())
    assert (fault.code, fault.type) == (code, "Sender")
    assert fault.message
    assert fault.request_id


@pytest.mark.parametrize(
    ("headers", "request_id"),
    [
        ({"x-mws-request-id": "one"}, "one"),
        ({"X-Amz-Request-Id": "two"}, "two"),
        ({"x-mws-request-id": "one", "x-amz-request-id": "two"}, "one"),
        ({}, ""),
    ],
)
def test_an_error_without_xml_takes_its_request_id_from_the_headers(
    headers: dict[str, str], request_id: str
) -> None:
    assert codec.decode_error(500, headers, b"").request_id == request_id


def test_a_long_page_is_truncated() -> None:
    assert len(codec.decode_error(500, {}, b"word " * 1000).message) == 301


@given(st.binary() | st.text().map(str.encode))
def test_any_body_is_decoded_without_an_exception(body: bytes) -> None:
    assert codec.decode_error(500, {}, body).status == 500
