"""Answers, errors and notifications of MWS as XML, by the tables that the client reads them by.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Errors.html
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from tap_mws_reports.api.mws.codec import ErrorResponse, Response, parameters
from tap_mws_reports.api.mws.codec.responses import NOTIFICATION_TYPE, PAYLOAD
from tap_mws_reports.api.mws.operations import REPORTS, Operation, ParameterKind, Section, Shape
from tap_mws_reports.api.mws.signing import timestamp
from tap_mws_reports.documents.xml.hardened_parser import FORBIDDEN

_FRONT_DOOR = "https://mws.amazonservices.com"
_FRONT_DOOR_NAMESPACES = {REPORTS: REPORTS.namespace}
"""The namespaces of refusals of authentication and quotas, where they are not as those of Orders.

Sources: https://github.com/fulfilio/pymws/blob/master/tests/responses/401.xml of the Reports API,
https://github.com/lineofflight/peddler/blob/v2.4.5/test/vcr_cassettes/Errors.yml of Orders, and
https://github.com/TheLordBaski/Amazon-mws-nodejs-sdk/issues/4 of an address of no section.
"""
_PAYLOAD_VERSION = "1.0"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def render(operation: Operation, answer: Response) -> bytes:
    """Write an answer as Amazon does; None is left out.

    As in recordings since 2015, elements have another order in every answer: ``HasNext`` or
    ``Count`` before or after the items, and the fields of all items shuffled. The request's id
    decides which.
    """
    rng = random.Random(answer.request_id)
    root = _root(f"{operation.name}Response", operation.section.namespace)
    result = _add(root, f"{operation.name}Result")
    parts: list[Callable[[], None]] = [
        lambda: _render_count(result, operation, answer),
        lambda: _render_items(result, operation.result.item, answer, rng),
    ]
    rng.shuffle(parts)
    for part in parts:
        part()
    _add(_add(root, "ResponseMetadata"), "RequestId", answer.request_id)
    return _to_bytes(root)


def render_error(
    error: ErrorResponse, *, front_door: bool = False, section: Section | None = REPORTS
) -> bytes:
    """Write an error answer.

    ``front_door`` writes it as the part of Amazon does that checks the credentials: with
    ``RequestID`` in place of ``RequestId``, and in sections other than Reports another namespace.
    ``section`` is None for an address of none.
    """
    namespace = _front_door_namespace(section) if front_door or not section else section.namespace
    root = _root("ErrorResponse", namespace)
    _render_fault(_add(root, "Error"), error)
    _add(root, "RequestID" if front_door else "RequestId", error.request_id)
    return _to_bytes(root)


def _front_door_namespace(section: Section | None) -> str:
    if section is None:
        return f"{_FRONT_DOOR}/"
    return _FRONT_DOOR_NAMESPACES.get(section, _FRONT_DOOR + section.path)


def _render_fault(fault: etree._Element, error: ErrorResponse) -> None:
    _add(fault, "Type", error.type)
    _add(fault, "Code", error.code)
    _add(fault, "Message", error.message)
    if error.detail:
        _add(fault, "Detail", error.detail)


def _render_count(result: etree._Element, operation: Operation, answer: Response) -> None:
    if operation.result.count:
        _add(result, "Count", str(answer.count or 0))
    if operation.result.has_next:
        _render_paging(result, answer)


def _render_paging(result: etree._Element, answer: Response) -> None:
    _add(result, "HasNext", parameters.write(ParameterKind.BOOLEAN, answer.has_next))
    if answer.next_token is not None:
        _add(result, "NextToken", answer.next_token)


def _render_items(
    result: etree._Element, shape: Shape | None, answer: Response, rng: random.Random
) -> None:
    if shape is None:
        return
    fields = rng.sample(shape.fields, len(shape.fields))
    for item in answer.items:
        element = _add(result, shape.name)
        for field in fields:
            value = item.get(field.name)
            if value is not None:
                _add(element, field.wire, _answer_text(field.kind, value))


def _answer_text(kind: ParameterKind, value: object) -> str:
    """Write a value; Amazon's answers give dates in whole seconds and with the offset in digits."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return parameters.write(kind, value)


@dataclass(frozen=True, slots=True)
class Published:
    """The metadata of a notification."""

    unique_id: str
    moment: datetime
    seller_id: str
    marketplace_id: str


@dataclass(frozen=True, slots=True)
class Notification(Published):
    """A notification about a report request; statuses are as in lists, ``_DONE_``."""

    report_request_id: str
    report_type: str
    processing_status: str
    report_id: str | None


def render_notice(notification: Notification) -> str:
    """Write a notification as Amazon does: its elements have no namespace, and no empty ones."""
    root, payload = _envelope(NOTIFICATION_TYPE, notification)
    _add_texts(
        etree.SubElement(payload, PAYLOAD),
        SellerId=notification.seller_id,
        ReportRequestId=notification.report_request_id,
        ReportId=notification.report_id,
        ReportType=notification.report_type,
        ReportProcessingStatus=notification.processing_status.strip("_"),
    )
    return _to_text(root)


def render_test(published: Published) -> str:
    """Write the notification that SendTestNotificationToDestination sends."""
    root, payload = _envelope("Test", published)
    etree.SubElement(payload, "TestNotification")
    return _to_text(root)


def _envelope(kind: str, published: Published) -> tuple[etree._Element, etree._Element]:
    """Return a new notification and its empty payload."""
    root = etree.Element("Notification")
    _add_texts(
        etree.SubElement(root, "NotificationMetaData"),
        NotificationType=kind,
        PayloadVersion=_PAYLOAD_VERSION,
        UniqueId=published.unique_id,
        PublishTime=timestamp(published.moment),
        SellerId=published.seller_id,
        MarketplaceId=published.marketplace_id,
    )
    return root, etree.SubElement(root, "NotificationPayload")


def _add_texts(parent: etree._Element, **texts: str | None) -> None:
    for name, text in texts.items():
        if text is not None:
            etree.SubElement(parent, name).text = text


def _to_text(root: etree._Element) -> str:
    etree.indent(root)
    return _DECLARATION + etree.tostring(root, encoding="unicode")


def _add(parent: etree._Element, tag: str, content: str | None = None) -> etree._Element:
    """Append an element of the parent's namespace; Amazon puts U+FFFD for what XML forbids."""
    namespace, brace, _ = str(parent.tag).rpartition("}")
    child = etree.SubElement(parent, f"{namespace}{brace}{tag}")
    if content is not None:
        child.text = FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", content)
    return child


def _root(tag: str, namespace: str) -> etree._Element:
    """Return a new root element with a default namespace."""
    return etree.fromstring(f'<{tag} xmlns="{namespace}"/>')


def _to_bytes(element: etree._Element) -> bytes:
    """Write a document the way Amazon did from 2015 on: no encoding named, indented by two."""
    return b'<?xml version="1.0"?>\n' + etree.tostring(element, encoding="utf-8", pretty_print=True)


# The status of every code of the sandbox. Where no source has it, the codes of bad input have
# 400, as the one that was recorded (InvalidReportRequestId).
STATUSES: dict[str, int] = {
    "AccessDenied": 401,
    "AccessToReportDenied": 401,
    "InputDataError": 400,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidAction": 400,
    "InvalidAddress": 404,
    "InvalidParameterValue": 400,
    "InvalidReportId": 400,
    "InvalidReportRequestId": 400,
    "InvalidReportType": 400,
    "InvalidScheduleFrequency": 400,
    "MissingClientTokenId": 403,
    "MissingParameter": 400,
    "NextTokenCorrupted": 400,
    "QuotaExceeded": 503,
    "ReportNoLongerAvailable": 400,
    "RequestExpired": 400,
    "RequestThrottled": 503,
    "SignatureDoesNotMatch": 403,
}

# Codes of errors before the Reports API is reached; their answers have another form.
FRONT_DOOR = frozenset(
    {
        "AccessDenied",
        "InvalidAccessKeyId",
        "InvalidAction",
        "InvalidAddress",
        "MissingClientTokenId",
        "QuotaExceeded",
        "RequestExpired",
        "RequestThrottled",
        "SignatureDoesNotMatch",
    }
)

# Seen by users: https://github.com/bhushankummar/amazon-mws/issues/28 and issues/86.
_TYPES = {
    "RequestThrottled": ("",),
    "QuotaExceeded": ("", "Sender"),
    "InternalError": ("Receiver",),
}
"""The types of a code other than ``Sender``; where there are several, answers differ."""


class ErrorResult(Exception):
    """A call that gets an error answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The status of the answer."""
        return STATUSES[self.code]

    @property
    def front_door(self) -> bool:
        """Whether the call was refused before it reached the Reports API."""
        return self.code in FRONT_DOOR

    def answer(self, request_id: str) -> ErrorResponse:
        """Return the answer to give."""
        kind = random.Random(request_id).choice(_TYPES.get(self.code, ("Sender",)))
        return ErrorResponse(self.status, self.code, self.message, kind, request_id)
