"""Answers: XML to values."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from tap_mws_reports import errors
from tap_mws_reports.api.mws.codec import safe_xml, wire_values
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
    return wire_values.read_count(text)


def _paging(result: etree._Element) -> tuple[bool, str | None]:
    token = safe_xml.text(result, "NextToken")
    text = safe_xml.text(result, "HasNext")
    has_next = token is not None if text is None else wire_values.read_boolean(text)
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
    for field in shape.fields:
        text = safe_xml.text(element, field.wire)
        if text is None and not field.optional:
            message = f"{field.wire} is missing in a {shape.name}"
            raise ValueError(message)
        item[field.name] = None if text is None else wire_values.read(field.kind, text)
    return item
