"""Answers, notifications and states made of bytes, of the names and types that the tap knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lxml import etree
from msgspec import inspect

from fuzz.structured import Choices, damaged
from tap_mws_reports.api.mws import operations as mws
from tap_mws_reports.api.mws.mws_errors import CODES
from tap_mws_reports.api.sp_api import sp_api_errors
from tap_mws_reports.api.sp_api.schemas import STATUSES
from tap_mws_reports.retrieval.state.state_schema import LIFECYCLE_STREAM, STREAM

_DATES = ("2026-05-17T09:30:00Z", "2026-05-16T00:00:00+00:00", "2026-05-18", "2026-05-17T09:30:00")
_MOMENTS = (
    *(_DATES * 5),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-13-01", "12:30", "now"),
    *("P1D", "2026-05-17/P1D", "2026-W20", "1969", "20260517T093000Z", "2026-05-17T24:00:00Z"),
)
_TEXTS = (
    *("", " ", "A2EXAMPLESELLER", "50001", "ATVPDKIKX0DER", "GET_MERCHANT_LISTINGS_ALL_DATA"),
    *("_GET_ORDERS_DATA_", "a/b", "a\tb", "\N{LATIN SMALL LETTER A WITH DIAERESIS}", "x" * 70),
    *("true", "false", "1", "0", "-1", "9" * 30, "_DONE_", "DONE", "CANCELLED", "PT84H", "\ufeff"),
)
_NUMBERS = (0, 1, 50, 1_779_000_000, -1, 2.5, 1e300, 10**30, True)
_WRONG = (None, "", 0, [], {}, "2026-05-17", [[]], [None], {"a": "b"})
_CODES = (
    *(*CODES, "", "Other", "Unauthorized", "InvalidInput"),
    *dict.fromkeys(pattern.code for pattern, _ in sp_api_errors.TABLE),
)
_WORDS = (
    *dict.fromkeys(pattern.message for pattern, _ in sp_api_errors.TABLE),
    *("The client secret has expired", "marketplace", "token", "Timestamp", "<b>&", "é\n\n"),
    "You exceeded your quota of 80.0 requests per 1 hour; resets on Sun May 17 10:00:00 UTC 2026",
)
_RARE = 12
"""One of so many values is of another kind than it should be."""


def mws_answer(operation: mws.Operation, data: bytes) -> bytes:
    """Return an answer of an operation of MWS."""
    choices = Choices(data)
    damage, name = choices.number(4), operation.name
    root = etree.Element(f"{choices.one_of((name, name, name, 'Error'))}Response")
    result = etree.SubElement(root, f"{name}Result")
    wanted = operation.result
    for tag, texts in (
        ("NextToken", _TEXTS),
        ("HasNext", ("true", "false", "1", "x", "")),
        *_COUNT,
    ):
        if choices.number(2):
            etree.SubElement(result, tag).text = choices.one_of(texts)
    for _ in range(choices.number(3) if wanted.item else 0):
        _item(result, wanted.item, choices)
    if choices.number(4):
        metadata = etree.SubElement(root, "ResponseMetadata")
        etree.SubElement(metadata, "RequestId").text = _xml_text(choices)
    return _result(etree.tostring(root), damage, choices)


_COUNT = (("Count", ("0", "7", "9" * 5000, "-1", "1.0", "٣")),)


def _item(result: etree._Element, shape: mws.Shape | None, choices: Choices) -> None:
    assert shape is not None
    element = etree.SubElement(result, choices.one_of((shape.name, shape.name, shape.alias or "x")))
    for field in shape.fields:
        for _ in range(choices.one_of((1, 1, 1, 1, 0, 2))):
            child = etree.SubElement(element, choices.one_of(field.names))
            child.text = _by_parameter_kind(field.kind, choices)


def _by_parameter_kind(kind: mws.ParameterKind, choices: Choices) -> str:
    if choices.number(_RARE) == 1:
        return _xml_text(choices)
    if kind is mws.ParameterKind.DATE:
        return str(choices.one_of(_MOMENTS))
    if kind is mws.ParameterKind.BOOLEAN:
        return str(choices.one_of(("true", "false", "1", "TRUE", "yes")))
    return _xml_text(choices)


def _xml_text(choices: Choices) -> str:
    return str(choices.one_of(_TEXTS))


def mws_error(data: bytes) -> bytes:
    """Return an error answer of MWS."""
    choices = Choices(data)
    damage = choices.number(4)
    root = etree.Element("ErrorResponse")
    for _ in range(choices.number(3)):
        error = etree.SubElement(root, "Error")
        for tag, texts in (("Type", ("Sender", "")), ("Code", _CODES), ("Message", _WORDS)):
            etree.SubElement(error, tag).text = choices.one_of(texts)
        etree.SubElement(error, "Detail").text = _xml_text(choices)
    etree.SubElement(root, choices.one_of(("RequestID", "RequestId"))).text = _xml_text(choices)
    return _result(etree.tostring(root), damage, choices)


def mws_notification(data: bytes) -> bytes:
    """Return a notification of MWS, wrapped by SNS or not."""
    choices = Choices(data)
    damage, wrapped = choices.number(4), choices.number(3)
    root = etree.Element("Notification")
    metadata = etree.SubElement(root, choices.one_of(("NotificationMetaData", "a")))
    payload = etree.SubElement(root, "NotificationPayload")
    info = etree.SubElement(payload, "ReportProcessingFinishedNotification")
    for tag in ("SellerId", "UniqueId"):
        etree.SubElement(metadata, tag).text = _xml_text(choices)
    for tag in ("SellerId", "ReportRequestId", "ReportId", "ReportProcessingStatus"):
        if choices.number(4):
            etree.SubElement(info, tag).text = _xml_text(choices)
    body = etree.tostring(root).decode()
    return _result(_wrapped(body, wrapped).encode(), damage, choices)


def sp_api_notification(data: bytes) -> bytes:
    """Return a notification of SP-API, wrapped by SNS or not."""
    choices = Choices(data)
    damage, wrapped = choices.number(4), choices.number(3)
    content = {
        name: _text(choices)
        for name in ("sellerId", "reportId", "processingStatus", "reportDocumentId")
        if choices.number(6)
    }
    body = {
        "notificationType": choices.one_of(("REPORT_PROCESSING_FINISHED", "ANY_OFFER_CHANGED", 1)),
        "payload": _mostly({"reportProcessingFinishedNotification": content}, choices),
        "notificationMetadata": _mostly({"notificationId": _text(choices)}, choices),
    }
    return _result(_wrapped(json.dumps(body), wrapped).encode(), damage, choices)


def _wrapped(body: str, times: int) -> str:
    for _ in range(times):
        body = json.dumps({"Type": "Notification", "Message": body})
    return body


def sp_api_answer(model: type, data: bytes) -> bytes:
    """Return an answer of SP-API of the type of an operation."""
    choices = Choices(data)
    damage = choices.number(4)
    made = _of_type(inspect.type_info(model), choices)
    return _result(json.dumps(made).encode(), damage, choices)


def _of_type(kind: inspect.Type, choices: Choices) -> object:
    if choices.number(_RARE) == 1:
        return choices.one_of(_WRONG)
    if isinstance(kind, inspect.StructType):
        return {
            each.encode_name: _of_type(each.type, choices)
            for each in kind.fields
            if each.required or choices.number(2)
        }
    if isinstance(kind, inspect.UnionType):
        return _of_type(kind.types[choices.number(len(kind.types))], choices)
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return [_of_type(kind.item_type, choices) for _ in range(choices.number(4))]
    return _plain_value(kind, choices)


def _plain_value(kind: inspect.Type, choices: Choices) -> object:
    if isinstance(kind, inspect.DictType):
        return {str(_text(choices)): _text(choices) for _ in range(choices.number(3))}
    if isinstance(kind, inspect.IntType):
        return choices.one_of(_NUMBERS)
    if isinstance(kind, inspect.DateTimeType):
        return choices.one_of(_MOMENTS)
    return choices.one_of((*STATUSES, *_TEXTS))


def sp_api_error(data: bytes) -> bytes:
    """Return an error answer of SP-API, or of Login with Amazon."""
    choices = Choices(data)
    damage = choices.number(4)
    body: dict[str, object] = {"error": _text(choices), "error_description": _text(choices)}
    if choices.number(4):
        body = {"errors": [_error(choices) for _ in range(choices.number(3))]}
    return _result(json.dumps(_mostly(body, choices)).encode(), damage, choices)


def _error(choices: Choices) -> object:
    words = {name: choices.one_of(_WORDS) for name in ("message", "details")}
    return _mostly({"code": choices.one_of(_CODES), **words}, choices)


def login_answer(data: bytes) -> bytes:
    """Return an answer of Login with Amazon that should hold a token."""
    choices = Choices(data)
    damage = choices.number(4)
    body = {
        "access_token": _mostly("Atza|token", choices),
        "expires_in": choices.one_of((3600, *_NUMBERS, "3600", "nan", "inf", None, [])),
    }
    return _result(json.dumps(body).encode(), damage, choices)


_STREAMS = (
    "orders",
    "merchant_listings_all_data",
    "report_requests",
    "reports",
    "report_schedules",
)


def state(data: bytes) -> bytes:
    """Return a state, or a message that holds one, with streams of both forms."""
    choices = Choices(data)
    damage, form = choices.number(4), choices.number(4)
    bookmarks: dict[str, object] = {}
    for _ in range(1 + choices.number(3)):
        schema = choices.one_of((STREAM, STREAM, LIFECYCLE_STREAM))
        bookmarks[choices.one_of(_STREAMS)] = _by_schema(schema, choices)
    made: object = {"bookmarks": bookmarks}
    if form == 1:
        made = {"type": "STATE", "value": made}
    return _result(json.dumps(made).encode(), damage, choices)


_OLD_KEYS = {"open_requests": "open", "failed_windows": "holes"}


def _by_schema(schema: Mapping[str, Any], choices: Choices) -> object:
    if choices.number(4 * _RARE) == 1:
        return choices.one_of(_WRONG)
    match schema["type"]:
        case "object":
            return _object_of(schema, choices)
        case "array":
            return _array_of(schema, choices)
        case "string":
            return choices.one_of(_MOMENTS if schema.get("format") else _TEXTS)
    return choices.one_of(_NUMBERS)


def _object_of(schema: Mapping[str, Any], choices: Choices) -> dict[str, object]:
    made: dict[str, object] = {}
    together = choices.number(2)  # the bounds of a window, of which neither is there alone
    for name, inner in schema["properties"].items():
        there = together if name in {"start", "end"} else choices.number(2)
        if there or name in schema.get("required", ()):
            old = _OLD_KEYS.get(name, name)
            key = choices.one_of((name, name, old)) if old != name else name
            made[key] = _by_schema(inner, choices)
    return made


def _array_of(schema: Mapping[str, Any], choices: Choices) -> list[object]:
    items = schema["items"]
    if isinstance(items, list):
        return [_by_schema(each, choices) for each in items]
    length = schema.get("minItems", choices.number(3))
    return [_by_schema(items, choices) for _ in range(length)]


def _text(choices: Choices) -> object:
    return _mostly(choices.one_of(_TEXTS), choices)


def _mostly(value: object, choices: Choices) -> object:
    return choices.one_of(_WRONG) if choices.number(_RARE) == 1 else value


def _result(content: bytes, damage: int, choices: Choices) -> bytes:
    return damaged(content, choices) if damage == 1 else content
