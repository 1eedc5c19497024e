"""The XML of notifications to a value.

Source: https://docs.developer.amazonservices.com/en_US/notifications/Notifications_ReportProcessingFinishedNotification.html
"""

from __future__ import annotations

from lxml import etree

from tap_mws_reports.api.interface import ReportNotification
from tap_mws_reports.api.mws.codec import safe_xml
from tap_mws_reports.api.mws.converters import processing_status

NOTIFICATION_TYPE = "ReportProcessingFinished"
PAYLOAD = f"{NOTIFICATION_TYPE}Notification"


def decode_notification(body: bytes) -> ReportNotification | None:
    """Parse a notification; return None for XML that is another one, or none at all.

    Unknown elements are ignored: Amazon adds some without a new version.

    Raises:
        NotXml: it is no XML, or declares a document type.
    """
    root = safe_xml.parse(body)
    metadata = next(safe_xml.children(root, "NotificationMetaData"), None)
    payload = next(safe_xml.children(root, "NotificationPayload"), None)
    told = None if payload is None else next(safe_xml.children(payload, PAYLOAD), None)
    if told is None:
        return None
    request_id, status = (
        safe_xml.text(told, "ReportRequestId"),
        safe_xml.text(told, "ReportProcessingStatus"),
    )
    seller_id = safe_xml.text(told, "SellerId") or _of(metadata, "SellerId")
    if not (request_id and status and seller_id):
        return None
    return ReportNotification(
        report_request_id=request_id,
        processing_status=processing_status(status),
        seller_id=seller_id,
        report_id=safe_xml.text(told, "ReportId"),
        unique_id=_of(metadata, "UniqueId"),
    )


def _of(element: etree._Element | None, name: str) -> str | None:
    return None if element is None else safe_xml.text(element, name)
