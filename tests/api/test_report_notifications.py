from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tap_mws_reports.api.interface import ProcessingStatus, ReportNotification
from tap_mws_reports.api.report_notifications import parse_notification

DONE = ProcessingStatus.DONE
XML = """<?xml version="1.0" encoding="UTF-8"?>
<Notification>
  <NotificationMetaData>
    <NotificationType>ReportProcessingFinished</NotificationType>
    <UniqueId>one</UniqueId>
    <SellerId>A1</SellerId>{more}
  </NotificationMetaData>
  <NotificationPayload>
    <ReportProcessingFinishedNotification>{told}</ReportProcessingFinishedNotification>
  </NotificationPayload>
</Notification>"""
TOLD = {
    "SellerId": "A1",
    "ReportRequestId": "50001018425",
    "ReportId": "21175694446018425",
    "ReportType": "_GET_X_",
    "ReportProcessingStatus": "DONE",
}
SP_API = {"sellerId": "A1", "reportId": "50001018425", "processingStatus": "DONE"}


def xml(more: str = "", **changes: str | None) -> str:
    told = {name: text for name, text in {**TOLD, **changes}.items() if text is not None}
    return XML.format(more=more, told="".join(f"<{k}>{v}</{k}>" for k, v in told.items()))


def sp_api(kind: object = "REPORT_PROCESSING_FINISHED", **changes: object) -> str:
    told = {"reportProcessingFinishedNotification": {**SP_API, **changes}}
    about = {"notificationId": "two", "applicationId": "amzn1.sellerapps.app.example"}
    return json.dumps({"notificationType": kind, "payload": told, "notificationMetadata": about})


def by_sns(message: object) -> str:
    return json.dumps({"Type": "Notification", "MessageId": "three", "Message": message})


BY_XML = ReportNotification("50001018425", DONE, "A1", "21175694446018425", "one")
BY_JSON = ReportNotification("50001018425", DONE, "A1", None, "two")


@pytest.mark.parametrize(
    ("body", "notice"),
    [
        (xml(), BY_XML),
        (xml(more="<MarketplaceId>M</MarketplaceId><Mood>fine</Mood>"), BY_XML),
        (xml(Mood="fine"), BY_XML),
        (xml(SellerId=None), BY_XML),
        (f"\ufeff{xml()}", BY_XML),
        (sp_api(), BY_JSON),
        (sp_api(reportDocumentId="amzn1.spdoc", accountId="x", mood=3), BY_JSON),
        (f"\n {sp_api()}", BY_JSON),
        (sp_api(sellerId=None, accountId="amzn1.vg.1"), replace(BY_JSON, seller_id="")),
        (by_sns(xml()), BY_XML),
        (by_sns(sp_api()), BY_JSON),
    ],
)
def test_every_notification_format_is_read(body, notice) -> None:
    assert parse_notification(body) == notice


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (xml(ReportProcessingStatus="DONE_NO_DATA"), ProcessingStatus.DONE_NO_DATA),
        (xml(ReportProcessingStatus="_CANCELLED_"), ProcessingStatus.CANCELLED),
        (xml(ReportProcessingStatus="MELTED"), ProcessingStatus.IN_PROGRESS),
        (sp_api(processingStatus="FATAL"), ProcessingStatus.FATAL),
        (sp_api(processingStatus="MELTED"), ProcessingStatus.IN_PROGRESS),
    ],
)
def test_statuses_are_those_of_lists(body, status) -> None:
    assert parse_notification(body).processing_status is status


@pytest.mark.parametrize("status", ["CANCELLED", "DONE_NO_DATA"])
def test_a_notification_without_report_has_no_report_id(status) -> None:
    assert parse_notification(xml(ReportId=None, ReportProcessingStatus=status)).report_id is None


TEST = XML.replace("ReportProcessingFinishedNotification", "TestNotification")
DTD = xml().replace("<Notification>", '<!DOCTYPE n [<!ENTITY e "x">]><Notification>', 1)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "{",
        "{}",
        "[" * 5000,
        '{"a":' * 100_000,
        "null",
        "<a/>",
        "\ud800",
        xml()[:-20],
        xml(ReportRequestId=None),
        xml(ReportProcessingStatus=""),
        TEST.format(more="", told=""),
        DTD,
        sp_api(kind="ORDER_CHANGE"),
        sp_api(kind=["REPORT_PROCESSING_FINISHED"]),
        sp_api(sellerId=3),
        sp_api(reportId=50001018425),
        sp_api(processingStatus=["DONE"]),
        '{"notificationType": "REPORT_PROCESSING_FINISHED", "payload": []}',
        by_sns("hello"),
        by_sns({"Type": "Notification"}),
        by_sns(by_sns(xml())),
    ],
    ids=range(23),
)
def test_other_messages_are_no_notification(body) -> None:
    assert parse_notification(body) is None
