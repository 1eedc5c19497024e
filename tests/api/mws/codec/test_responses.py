"""Answers: each file of ``../answers`` decodes to the JSON beside it; so does what is rendered."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tap_mws_reports import errors
from tap_mws_reports.api.mws import codec
from tap_mws_reports.api.mws.operations import OPERATIONS, Field, Operation
from tap_mws_reports.sandbox.mws.rendering import render

ANSWERS = sorted((Path(__file__).parents[1] / "answers").glob("*.xml"))
SHARED = Path(__file__).parents[5] / "shared" / "samples" / "mws"
SAMPLES = [
    path
    for path in sorted(SHARED.rglob("*.xml"))
    if not path.stem.endswith("_400") and path.stem != "ErrorResponse"
]


def sample_operation(path: Path) -> Operation:
    [name] = set(re.split(r"[_.]|Response", path.name)) & OPERATIONS.keys()
    return OPERATIONS[name]


def plain(answer: codec.Response) -> Any:
    return json.loads(json.dumps(asdict(answer), default=datetime.isoformat))


def test_every_operation_has_a_recorded_response() -> None:
    assert {path.name.split(".")[0] for path in ANSWERS} == OPERATIONS.keys()


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_recorded_responses(path: Path) -> None:
    operation = OPERATIONS[path.name.split(".")[0]]
    answer = codec.decode_response(operation, path.read_bytes())
    assert plain(answer) == json.loads(path.with_suffix(".json").read_text())
    assert codec.decode_response(operation, render(operation, answer)) == answer


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_amazons_own_responses_are_decoded(path: Path) -> None:
    """Every element of every item is found again by its text, and nothing else is there."""
    operation = sample_operation(path)
    answer = codec.decode_response(operation, path.read_bytes())
    root = etree.fromstring(path.read_bytes())
    texts = {"{*}" + tag: root.findtext(f".//{{*}}{tag}") for tag in ("Count", "HasNext")}
    assert answer.count == (int(texts["{*}Count"]) if texts["{*}Count"] else None)
    assert answer.has_next == (texts["{*}HasNext"] == "true")
    assert answer.next_token == root.findtext(".//{*}NextToken")
    assert answer.request_id == root.findtext(".//{*}RequestId")
    shape = operation.result.item
    if shape is not None:
        elements = [*root.iter(f"{{*}}{shape.name}"), *root.iter(f"{{*}}{shape.alias}")]
        assert len(answer.items) == len(elements)
        for item, element in zip(answer.items, elements, strict=True):
            assert says(item, shape.fields) == {
                etree.QName(child).localname: moment(child.text)
                for child in element
                if isinstance(child.tag, str)
            }
    assert codec.decode_response(operation, render(operation, answer)) == answer


def says(item: dict[str, object], fields: tuple[Field, ...]) -> dict[str, object]:
    values = {field.wire: item[field.name] for field in fields if item[field.name] is not None}
    return {name: str(v).lower() if isinstance(v, bool) else v for name, v in values.items()}


def moment(text: str | None) -> object:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return text
    return found.replace(tzinfo=found.tzinfo or UTC)


LIST = (
    "<GetReportListResponse><GetReportListResult>{}</GetReportListResult></GetReportListResponse>"
)
INFO = (
    "<ReportInfo><ReportId>1</ReportId><ReportType>T</ReportType><Acknowledged>{}</Acknowledged>"
    "<AvailableDate>{}</AvailableDate></ReportInfo>"
)


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("GetReportList", "", "not XML"),
        ("GetReportList", "<html><body>Welcome</body></html>", "'html'"),
        ("GetReportList", LIST[:60], "not XML"),
        ("GetReportList", "<GetReportListResponse/>", "'GetReportListResponse'"),
        ("GetReportCount", LIST.format(""), "'GetReportListResponse'"),
        ("GetReportList", LIST.format("<HasNext>true</HasNext>"), "NextToken is missing"),
        ("GetReportList", LIST.format("<HasNext>maybe</HasNext>"), "'maybe'"),
        ("GetReportList", LIST.format("<ReportInfo/>"), "ReportId is missing in a ReportInfo"),
        ("GetReportList", LIST.format(INFO.format("true", "soon")), "soon"),
        ("GetReportList", LIST.format(INFO.format("yes", "2020-01-01")), "'yes'"),
        (
            "RequestReport",
            LIST.format("").replace("GetReportList", "RequestReport"),
            "0 times ReportRequestInfo",
        ),
        ("GetReportCount", LIST.format("").replace("ReportList", "ReportCount"), "Count is miss"),
        (
            "GetReportCount",
            LIST.format("<Count>-1</Count>").replace("ReportList", "ReportCount"),
            "'-1' is not a whole number",
        ),
        (
            "GetReportList",
            f'<!DOCTYPE a [<!ENTITY x "y">]>{LIST.format("<HasNext>false</HasNext>")}',
            "document type",
        ),
    ],
)
def test_invalid_responses_are_refused(name: str, body: str, says: str) -> None:
    with pytest.raises(errors.ConnectionBroken, match="cannot be read") as caught:
        codec.decode_response(OPERATIONS[name], body.encode())
    assert says in caught.value.what
