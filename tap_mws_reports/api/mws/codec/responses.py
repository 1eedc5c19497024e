"""Responses, error responses and notifications: XML to values.

Sources: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Errors.html,
https://docs.developer.amazonservices.com/en_US/notifications/Notifications_ReportProcessingFinishedNotification.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from tap_mws_reports import errors
from tap_mws_reports.api.interface import ReportNotification
from tap_mws_reports.api.mws.codec import parameters, safe_xml
from tap_mws_reports.api.mws.converters import processing_status
from tap_mws_reports.api.mws.operations import Operation, Result, Shape


@dataclass(frozen=True, slots=True)
class Response:
    """The answer of an operation.

    Every item has all names of its shape, with None for an element that is absent or empty. Dates
    are in UTC, ids are text. ``count`` is None for operations that do not count.
    """

    items: tuple[dict[str, object], ...] = ()
    count: int | None = None
    has_next: bool = False
    next_token: str | None = None
    request_id: str | None = None


def decode_response(operation: Operation, body: bytes) -> Response:
    """Parse an answer, whatever the order of its elements; unknown elements are ignored.

    Raises:
        ConnectionBroken: the body is not this operation's answer, or not all of it.
    """
    try:
        root = safe_xml.parse(body)
        return _decode(operation, root)
    except ValueError as error:
        what = f"{operation.name}: the answer cannot be read: {error}"
        raise errors.ConnectionBroken(what) from error


def _decode(operation: Operation, root: etree._Element) -> Response:
    metadata = next(safe_xml.children(root, "ResponseMetadata"), None)
    if operation.result.empty and metadata is not None:
        # The manual shows one such answer under another operation's name (DeregisterDestination).
        return Response(request_id=safe_xml.text(metadata, "RequestId"))
    result = _result(operation, root)
    has_next, next_token = _paging(result) if operation.result.has_next else (False, None)
    return Response(
        items=_items(operation.result, result),
        count=_count(result) if operation.result.count else None,
        has_next=has_next,
        next_token=next_token,
        request_id=None if metadata is None else safe_xml.text(metadata, "RequestId", "RequestID"),
    )


def _result(operation: Operation, root: etree._Element) -> etree._Element:
    result = next(safe_xml.children(root, f"{operation.name}Result"), None)
    if safe_xml.name(root) != f"{operation.name}Response" or result is None:
        message = f"it is a document of the kind {safe_xml.name(root)!r}"
        raise ValueError(message)
    return result


def _count(result: etree._Element) -> int:
    text = safe_xml.text(result, "Count")
    if text is None:
        message = "Count is missing"
        raise ValueError(message)
    return parameters.read_count(text)


def _paging(result: etree._Element) -> tuple[bool, str | None]:
    token = safe_xml.text(result, "NextToken")
    text = safe_xml.text(result, "HasNext")
    has_next = token is not None if text is None else parameters.read_boolean(text)
    if has_next and token is None:
        message = "more pages are announced, but NextToken is missing"
        raise ValueError(message)
    return has_next, token


def _items(wanted: Result, result: etree._Element) -> tuple[dict[str, object], ...]:
    if wanted.item is None:
        return ()
    names = filter(None, (wanted.item.name, wanted.item.alias))
    items = tuple(_item(wanted.item, element) for element in safe_xml.children(result, *names))
    if wanted.single and len(items) != 1:
        message = f"{len(items)} times {wanted.item.name} in place of one"
        raise ValueError(message)
    return items


def _item(shape: Shape, element: etree._Element) -> dict[str, object]:
    item: dict[str, object] = {}
    texts = safe_xml.texts(element)
    for field in shape.fields:
        text = next((each for name, each in texts.items() if name in field.names), None)
        if text is None and not field.optional:
            message = f"{field.wire} is missing in a {shape.name}"
            raise ValueError(message)
        item[field.name] = None if text is None else parameters.read(field.kind, text)
    return item


_EXCERPT = 300


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An error answer; texts are empty where it has none.

    Of several errors ``code`` and ``type`` are the first one's and ``message`` is all of them.
    An answer that is not Amazon's XML has no ``code``, and the beginning of its text as
    ``message``.
    """

    status: int
    code: str = ""
    message: str = ""
    type: str = ""
    request_id: str = ""
    detail: str = ""


def decode_error(status: int, headers: Mapping[str, str], body: bytes) -> ErrorResponse:
    """Read an error answer: XML of any namespace, an HTML page, plain text or nothing at all.

    Never raises: a parse error must not hide the answer's own.
    """
    request_id = _request_id(headers)
    try:
        root = safe_xml.parse(body)
    except safe_xml.NotXml:
        return ErrorResponse(status, message=_excerpt(body), request_id=request_id)
    faults = list(safe_xml.children(root, "Error"))
    if not faults:
        return ErrorResponse(status, message=_excerpt(body), request_id=request_id)
    return ErrorResponse(
        status=status,
        code=safe_xml.text(faults[0], "Code") or "",
        message="; ".join(filter(None, (safe_xml.text(fault, "Message") for fault in faults))),
        type=safe_xml.text(faults[0], "Type") or "",
        request_id=safe_xml.text(root, "RequestId", "RequestID") or request_id,
        detail=safe_xml.text(faults[0], "Detail") or "",
    )


def _request_id(headers: Mapping[str, str]) -> str:
    lower = {name.lower(): value for name, value in headers.items()}
    return lower.get("x-mws-request-id") or lower.get("x-amz-request-id") or ""


def _excerpt(body: bytes) -> str:
    """Return the beginning of a page in one line, without tags, scripts and styles."""
    text = body[: 50 * _EXCERPT].decode("utf-8", errors="replace")
    text = re.sub(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)", " ", text)
    text = " ".join(re.sub(r"<[^>]*>?", " ", text).split())
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


NOTIFICATION_TYPE = "ReportProcessingFinished"
PAYLOAD = f"{NOTIFICATION_TYPE}Notification"


def decode_notification(body: bytes) -> ReportNotification | None:
    """Parse a notification; return None for another kind of notification or other XML.

    Unknown elements are ignored: Amazon adds some without a new version.

    Raises:
        NotXml: it is not XML, or declares a document type.
    """
    root = safe_xml.parse(body)
    metadata = next(safe_xml.children(root, "NotificationMetaData"), None)
    payload = next(safe_xml.children(root, "NotificationPayload"), None)
    info = None if payload is None else next(safe_xml.children(payload, PAYLOAD), None)
    if info is None:
        return None
    request_id, status = (
        safe_xml.text(info, "ReportRequestId"),
        safe_xml.text(info, "ReportProcessingStatus"),
    )
    seller_id = safe_xml.text(info, "SellerId") or _of(metadata, "SellerId")
    if not (request_id and status and seller_id):
        return None
    return ReportNotification(
        report_request_id=request_id,
        processing_status=processing_status(status),
        seller_id=seller_id,
        report_id=safe_xml.text(info, "ReportId"),
        unique_id=_of(metadata, "UniqueId"),
    )


def _of(element: etree._Element | None, name: str) -> str | None:
    return None if element is None else safe_xml.text(element, name)
