from __future__ import annotations

import base64
import hashlib

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"


def downloaded(seller):
    entry = seller.entry(seller.request(ORDERS))
    seller.wait(hours=1)
    entry = seller.entry(str(entry["report_request_id"]))
    return seller.call("GetReport", report_id=str(entry["generated_report_id"]))


def is_whole(response) -> bool:
    digest = hashlib.md5(response.body, usedforsecurity=False).digest()
    return (
        base64.b64encode(digest).decode() == response.headers["Content-MD5"]
        and str(len(response.body)) == response.headers["Content-Length"]
    )


def test_without_faults_the_document_is_complete(seller) -> None:
    assert is_whole(downloaded(seller))


@pytest.mark.parametrize(
    ("kind", "status"), [(FaultKind.CANCELLED, "_CANCELLED_"), (FaultKind.STUCK, "_IN_PROGRESS_")]
)
def test_a_request_that_fails(open_seller, kind, status) -> None:
    seller = open_seller(Fault(kind, ORDERS))
    struck, spared = seller.request(ORDERS, 1), seller.request(ORDERS, 2)
    seller.wait(days=2)
    assert seller.entry(struck)["processing_status"] == status
    assert seller.entry(spared)["processing_status"] == "_DONE_"


@pytest.mark.parametrize("kind", [FaultKind.CORRUPT_MD5, FaultKind.SHORT_BODY])
def test_a_body_that_is_damaged_once_in_transit(open_seller, kind) -> None:
    seller = open_seller(Fault(kind, ORDERS))
    assert not is_whole(downloaded(seller))
    assert is_whole(downloaded(seller))


@pytest.mark.parametrize(
    ("kind", "words"),
    [(FaultKind.ERROR_SENTENCE, b"internal error"), (FaultKind.HTML, b"<html>")],
)
def test_a_document_that_is_not_a_report(open_seller, kind, words) -> None:
    response = downloaded(open_seller(Fault(kind, ORDERS)))
    assert words in response.body
    assert is_whole(response)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(FaultKind.THROTTLE, (503, "RequestThrottled")), (FaultKind.HTTP_500, (500, "InternalError"))],
)
def test_a_call_that_fails_twice(open_seller, kind, answer) -> None:
    seller = open_seller(Fault(kind, "GetReportCount", times=2))
    assert seller.refused("GetReportCount") == answer
    assert seller.refused("GetReportCount") == answer
    seller.ask("GetReportCount")


def test_a_fault_without_a_subject_applies_to_the_first_call(open_seller) -> None:
    seller = open_seller(Fault(FaultKind.HTTP_500))
    assert seller.refused("GetReportScheduleCount") == (500, "InternalError")
    seller.ask("GetReportScheduleCount")
