"""Headers that recordings have and clients read."""

from __future__ import annotations

import base64
import re
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

RECORDINGS = Path(__file__).parents[4] / "shared/samples/mws/scaleleap_recordings"
USUAL = {
    "server",
    "date",
    "content-type",
    "content-length",
    "vary",
    "x-mws-request-id",
    "x-mws-timestamp",
    "x-mws-response-context",
    "x-amz-rid",
}
QUOTAS = {"x-mws-quota-max", "x-mws-quota-remaining", "x-mws-quota-resetson"}
XML = USUAL | QUOTAS | {"x-amz-date", "x-amzn-authorization"}
DOCUMENT = USUAL | QUOTAS | {"content-md5", "x-amz-request-id"}


def names(response) -> set[str]:
    return {name.lower() for name in response.headers}


@pytest.fixture
def report_id(seller) -> str:
    found = seller.ask("GetReportList", report_types=["FeedSummaryReport"]).items
    return str(found[0]["report_id"])


def test_every_kind_of_response_has_its_headers(seller, report_id) -> None:
    assert names(seller.call("GetReportCount")) == XML
    assert names(seller.call("GetReport", report_id=report_id)) == DOCUMENT
    refused = seller.call("GetReport", report_id="1018425")
    assert names(refused) == USUAL | QUOTAS | {"x-amz-request-id"}
    assert names(seller.send({"Action": "Unknown"})) == USUAL


def test_values_have_amazons_format(seller) -> None:
    headers = seller.call("GetReportCount").headers
    assert parsedate_to_datetime(headers["Date"]) == seller.now
    assert headers["X-Amz-Date"] == headers["Date"]
    assert headers["Server"] == "Server"
    assert len(base64.b64decode(headers["x-mws-response-context"])) == 56
    assert re.fullmatch(r"[A-Z0-9]{20}", headers["x-amz-rid"])
    assert headers["x-amzn-Authorization"].startswith("AAA SignedHeaders=X-Amz-Date, identity=")


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.meta.txt")), ids=lambda path: path.name)
def test_recorded_headers_are_sent(seller, report_id, path: Path) -> None:
    recorded = set(re.findall(r"^([a-z][a-z0-9-]*): ", path.read_text("utf-8"), re.MULTILINE))
    # The first lines tell of the request; `nncoection` is a connection header made unreadable.
    recorded -= {"request", "params", "status", "connection", "nncoection"}
    if "GetReport_" in path.name:
        response = seller.call("GetReport", report_id=report_id)
    else:
        response = seller.call("GetReportCount")
    assert names(response) >= recorded
