"""The XML of notifications: to a value for the tap, and for the sandbox the other way.

Source: https://docs.developer.amazonservices.com/en_US/notifications/Notifications_ReportProcessingFinishedNotification.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from tap_mws_reports.api.interface import Notice
from tap_mws_reports.api.mws.entries import processing_status
from tap_mws_reports.api.mws.signing import timestamp
from tap_mws_reports.api.mws.wire import xml

NOTIFICATION_TYPE = "ReportProcessingFinished"
_PAYLOAD = f"{NOTIFICATION_TYPE}Notification"
_PAYLOAD_VERSION = "1.0"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Published:
    """What every notification says of itself: its id, when and for whom it was published."""

    unique_id: str
    moment: datetime
    seller_id: str
    marketplace_id: str


@dataclass(frozen=True, slots=True)
class Notification(Published):
    """What the notification of a report request says; statuses as in lists, ``_DONE_``."""

    report_request_id: str
    report_type: str
    processing_status: str
    report_id: str | None


def decode_notice(body: bytes) -> Notice | None:
    """Read a notification; None for XML that is another one, or none at all.

    Elements that nobody knows are passed over: Amazon adds some without a new version.

    Raises:
        NotXml: it is no XML, or declares a document type.
    """
    root = xml.parse(body)
    metadata = next(xml.children(root, "NotificationMetaData"), None)
    payload = next(xml.children(root, "NotificationPayload"), None)
    told = None if payload is None else next(xml.children(payload, _PAYLOAD), None)
    if told is None:
        return None
    request_id, status = xml.text(told, "ReportRequestId"), xml.text(told, "ReportProcessingStatus")
    seller_id = xml.text(told, "SellerId") or _of(metadata, "SellerId")
    if not (request_id and status and seller_id):
        return None
    return Notice(
        report_request_id=request_id,
        processing_status=processing_status(status),
        seller_id=seller_id,
        report_id=xml.text(told, "ReportId"),
        unique_id=_of(metadata, "UniqueId"),
    )


def render_notice(notification: Notification) -> str:
    """Write a notification as Amazon does: its elements have no namespace, and no empty ones."""
    root, payload = _envelope(NOTIFICATION_TYPE, notification)
    _append(
        etree.SubElement(payload, _PAYLOAD),
        SellerId=notification.seller_id,
        ReportRequestId=notification.report_request_id,
        ReportId=notification.report_id,
        ReportType=notification.report_type,
        ReportProcessingStatus=notification.processing_status.strip("_"),
    )
    return _document(root)


def render_test(published: Published) -> str:
    """Write the notification that SendTestNotificationToDestination sends."""
    root, payload = _envelope("Test", published)
    etree.SubElement(payload, "TestNotification")
    return _document(root)


def _of(element: etree._Element | None, name: str) -> str | None:
    return None if element is None else xml.text(element, name)


def _envelope(kind: str, published: Published) -> tuple[etree._Element, etree._Element]:
    """Return a new notification and its empty payload."""
    root = etree.Element("Notification")
    _append(
        etree.SubElement(root, "NotificationMetaData"),
        NotificationType=kind,
        PayloadVersion=_PAYLOAD_VERSION,
        UniqueId=published.unique_id,
        PublishTime=timestamp(published.moment),
        SellerId=published.seller_id,
        MarketplaceId=published.marketplace_id,
    )
    return root, etree.SubElement(root, "NotificationPayload")


def _append(parent: etree._Element, **texts: str | None) -> None:
    for name, text in texts.items():
        if text is not None:
            etree.SubElement(parent, name).text = text


def _document(root: etree._Element) -> str:
    etree.indent(root)
    return _DECLARATION + etree.tostring(root, encoding="unicode")
