"""The table against Amazon's models, and its figures written down a second time."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from tap_mws_reports.api.interface import ProcessingStatus
from tap_mws_reports.api.mws.operations import SCHEDULES
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.sp_api import operations
from tap_mws_reports.api.sp_api.operations import OPERATIONS, Operation
from tap_mws_reports.api.sp_api.schemas import (
    METHODS,
    PERIODS,
    STATUSES,
    Field,
    FieldKind,
    ParameterLocation,
)

MODELS = Path(__file__).parents[4] / "shared/reference/sp-api-models"

# Parameters with * are required; then the status, the rate a second and the burst.
FIGURES = {
    "getReports": (
        "GET /reports/2021-06-30/reports",
        "reportTypes processingStatuses marketplaceIds pageSize "
        "createdSince createdUntil nextToken",
        (200, 0.0222, 10),
    ),
    "createReport": (
        "POST /reports/2021-06-30/reports",
        "reportType* marketplaceIds* dataStartTime dataEndTime reportOptions",
        (202, 0.0167, 15),
    ),
    "getReport": ("GET /reports/2021-06-30/reports/{reportId}", "reportId*", (200, 2, 15)),
    "cancelReport": (
        "DELETE /reports/2021-06-30/reports/{reportId}",
        "reportId*",
        (200, 0.0222, 10),
    ),
    "getReportSchedules": ("GET /reports/2021-06-30/schedules", "reportTypes*", (200, 0.0222, 10)),
    "createReportSchedule": (
        "POST /reports/2021-06-30/schedules",
        "reportType* marketplaceIds* period* reportOptions nextReportCreationTime",
        (201, 0.0222, 10),
    ),
    "getReportSchedule": (
        "GET /reports/2021-06-30/schedules/{reportScheduleId}",
        "reportScheduleId*",
        (200, 0.0222, 10),
    ),
    "cancelReportSchedule": (
        "DELETE /reports/2021-06-30/schedules/{reportScheduleId}",
        "reportScheduleId*",
        (200, 0.0222, 10),
    ),
    "getReportDocument": (
        "GET /reports/2021-06-30/documents/{reportDocumentId}",
        "reportDocumentId* enableContentEncodingUrlHeader",
        (200, 0.0167, 15),
    ),
    "createRestrictedDataToken": (
        "POST /tokens/2021-03-01/restrictedDataToken",
        "restrictedResources* targetApplication",
        (200, 1, 10),
    ),
    "createDestination": (
        "POST /notifications/v1/destinations",
        "name* resourceSpecification*",
        (200, 1, 5),
    ),
    "getDestinations": ("GET /notifications/v1/destinations", "", (200, 1, 5)),
    "getDestination": (
        "GET /notifications/v1/destinations/{destinationId}",
        "destinationId*",
        (200, 1, 5),
    ),
    "deleteDestination": (
        "DELETE /notifications/v1/destinations/{destinationId}",
        "destinationId*",
        (200, 1, 5),
    ),
    "createSubscription": (
        "POST /notifications/v1/subscriptions/{notificationType}",
        "notificationType* payloadVersion* destinationId*",
        (200, 1, 5),
    ),
    "getSubscription": (
        "GET /notifications/v1/subscriptions/{notificationType}",
        "notificationType* payloadVersion",
        (200, 1, 5),
    ),
    "deleteSubscriptionById": (
        "DELETE /notifications/v1/subscriptions/{notificationType}/{subscriptionId}",
        "notificationType* subscriptionId*",
        (200, 1, 5),
    ),
}

# What the models have and the tap has no use for.
LEFT_OUT = {"errors", "eventBridge", "processingDirective"}

TYPES = {
    FieldKind.TEXT: msgspec.inspect.StrType,
    FieldKind.COUNT: msgspec.inspect.IntType,
    FieldKind.DATE: msgspec.inspect.DateTimeType,
    FieldKind.LIST: msgspec.inspect.VarTupleType,
    FieldKind.MAP: msgspec.inspect.DictType,
    FieldKind.OBJECT: msgspec.inspect.StructType,
    FieldKind.OBJECTS: msgspec.inspect.ListType,
}

every_row = pytest.mark.parametrize(
    "operation", OPERATIONS.values(), ids=lambda operation: operation.name
)
with_models = pytest.mark.skipif(not MODELS.exists(), reason="Amazon's models are not here")


def test_the_table_has_all_operations() -> None:
    assert OPERATIONS.keys() == FIGURES.keys()


@every_row
def test_every_row(operation: Operation) -> None:
    request, parameters, (status, rate, burst) = FIGURES[operation.name]
    assert f"{operation.method} {operation.path}" == request
    assert [each.name + "*" * each.required for each in operation.parameters] == parameters.split()
    assert operation.status == status
    assert operation.quota == Quota(burst, 1 / rate)


@every_row
def test_the_path_has_the_path_parameters(operation: Operation) -> None:
    named = re.findall(r"\{(\w+)\}", operation.path)
    assert named == [each.name for each in operation.placed(ParameterLocation.PATH)]
    assert (operation.method in {"POST", "PUT"}) == bool(operation.placed(ParameterLocation.BODY))


@cache
def model(source: str) -> dict[str, Any]:
    text = (MODELS / Path(urlsplit(source).path).name).read_text("utf-8")
    return json.loads(text)


def modelled(operation: Operation) -> dict[str, Any]:
    return model(operation.source)["paths"][operation.path][operation.method.lower()]


def resolved(schema: dict[str, Any], source: str) -> dict[str, Any]:
    while "$ref" in schema:
        schema = model(source)["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


@with_models
@every_row
def test_the_table_matches_amazons_model(operation: Operation) -> None:
    found = modelled(operation)
    assert found["operationId"] == operation.name
    plan = re.findall(r"\|\s*([\d.]+)\s*\|\s*(\d+)\s*\|", found["description"])
    assert [(float(rate), int(burst)) for rate, burst in plan] == [
        (operation.rate, operation.burst)
    ]
    assert {int(status) for status in found["responses"]} == {operation.status, *operation.errors}
    assert ("grantless" in found["description"]) == (operation.scope is not None)


@with_models
@every_row
def test_every_parameter_matches_the_model(operation: Operation) -> None:
    places = {ParameterLocation.PATH: "path", ParameterLocation.QUERY: "query"}
    there = {each["name"]: each for each in modelled(operation)["parameters"]}
    bodies = [each for each in there.values() if each["in"] == "body"]
    assert bool(bodies) == bool(operation.placed(ParameterLocation.BODY))
    for body in bodies:
        del there[body["name"]]
        compare(operation.placed(ParameterLocation.BODY), body["schema"], operation.source)
    for field in (
        *operation.placed(ParameterLocation.PATH),
        *operation.placed(ParameterLocation.QUERY),
    ):
        found = there.pop(field.name)
        assert found["in"] == places[field.place]
        assert found["required"] == field.required
        compare_one(field, found, operation.source)
    assert not there


@with_models
@every_row
def test_every_response_matches_the_model(operation: Operation) -> None:
    schema = modelled(operation)["responses"][str(operation.status)].get("schema")
    if operation.answer is None:
        assert schema is None or resolved(schema, operation.source)["properties"].keys() <= LEFT_OUT
    else:
        compare_struct(operation.answer, schema, operation.source)


def compare_struct(struct: type[msgspec.Struct], schema: dict[str, Any], source: str) -> None:
    schema = resolved(schema, source)
    fields = msgspec.structs.fields(struct)
    assert {each.encode_name for each in fields} == schema["properties"].keys() - LEFT_OUT
    assert {each.encode_name for each in fields if each.required} == set(schema.get("required", ()))
    for field in fields:
        compare_type(field.type, schema["properties"][field.encode_name], source)


def compare_type(annotation: Any, schema: dict[str, Any], source: str) -> None:
    schema = resolved(schema, source)
    items = resolved(schema.get("items", {}), source)
    found = msgspec.inspect.type_info(annotation)
    if isinstance(found, msgspec.inspect.UnionType):
        [found] = [each for each in found.types if not isinstance(each, msgspec.inspect.NoneType)]
    assert isinstance(found, TYPES[kind(schema, items)])
    if isinstance(found, msgspec.inspect.StructType):
        compare_struct(found.cls, schema, source)
    elif isinstance(found, msgspec.inspect.ListType):
        assert isinstance(found.item_type, msgspec.inspect.StructType)
        compare_struct(found.item_type.cls, items, source)


def compare(fields: tuple[Field, ...], schema: dict[str, Any], source: str) -> None:
    schema = resolved(schema, source)
    assert schema["type"] == "object"
    assert {each.name for each in fields} == schema["properties"].keys() - LEFT_OUT
    assert {each.name for each in fields if each.required} == set(schema.get("required", ()))
    for field in fields:
        compare_one(field, schema["properties"][field.name], source)


def compare_one(field: Field, schema: dict[str, Any], source: str) -> None:
    schema = resolved(schema, source)
    items = resolved(schema.get("items", {}), source)
    assert kind(schema, items) is field.kind
    if field.place is not ParameterLocation.PATH:
        assert set(field.values) == set(schema.get("enum", items.get("enum", ())))
    least = schema.get("minItems", schema.get("minimum"))
    most = schema.get("maxItems", schema.get("maximum", schema.get("maxLength")))
    message = re.search(r"Maximum: (\d+)", schema.get("description", ""))
    assert (field.least, field.most) == (least, int(message[1]) if message else most)
    assert field.pattern == schema.get("pattern")
    if field.members:
        compare(field.members, items or schema, source)


def kind(schema: dict[str, Any], items: dict[str, Any]) -> FieldKind:
    if schema["type"] == "array":
        return FieldKind.LIST if items["type"] == "string" else FieldKind.OBJECTS
    if schema["type"] == "object":
        return FieldKind.MAP if "additionalProperties" in schema else FieldKind.OBJECT
    if schema.get("format") == "date-time":
        return FieldKind.DATE
    return {"string": FieldKind.TEXT, "integer": FieldKind.COUNT, "boolean": FieldKind.BOOLEAN}[
        schema["type"]
    ]


@with_models
def test_every_enumeration_matches_the_model() -> None:
    reports = model(operations.REPORTS_MODEL)["definitions"]
    tokens = model(operations.TOKENS_MODEL)["definitions"]
    assert set(reports["Report"]["properties"]["processingStatus"]["enum"]) == set(STATUSES)
    period = reports["CreateReportScheduleSpecification"]["properties"]["period"]
    assert period["enum"] == list(PERIODS)
    assert tokens["RestrictedResource"]["properties"]["method"]["enum"] == list(METHODS)


def test_statuses() -> None:
    unfinished = {wire for wire, status in STATUSES.items() if not status.final}
    assert unfinished == {"IN_QUEUE", "IN_PROGRESS"}
    assert set(ProcessingStatus) - set(STATUSES.values()) == {ProcessingStatus.DONE_NO_DATA}


@pytest.mark.parametrize(("period", "schedule"), PERIODS.items())
def test_periods_have_the_length_of_the_schedules(period: str, schedule: str | None) -> None:
    found = re.fullmatch(r"P(T?)(\d+)([MHD])", period)
    assert found is not None
    unit = {("T", "M"): 60, ("T", "H"): 3600, ("", "D"): 86400}.get((found[1], found[3]))
    lasting = SCHEDULES[schedule] if schedule else None
    if lasting is not None:
        assert unit is not None
        assert lasting.total_seconds() == int(found[2]) * unit


def test_every_schedule_of_mws_has_a_period() -> None:
    # _7_DAYS_ is another word for _1_WEEK_, and _NEVER_ deletes.
    assert SCHEDULES.keys() - set(PERIODS.values()) == {"_7_DAYS_", "_NEVER_"}
