"""Every operation with every status it can have; `Client.call` checks each against the model."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tap_mws_reports.api.sp_api.operations import OPERATIONS
from tap_mws_reports.api.sp_api.schemas import FieldKind, ParameterLocation
from tap_mws_reports.sandbox.faults import Fault, FaultKind

UNSHIPPED = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
US = "ATVPDKIKX0DER"
TYPE = {"notificationType": "REPORT_PROCESSING_FINISHED"}
SUBSCRIPTION = {**TYPE, "payloadVersion": "1.0"}
ASKED = {"reportType": UNSHIPPED, "marketplaceIds": [US]}
STANDING = {**ASKED, "period": "P1D"}
ARN = "arn:aws:sqs:eu-west-1:123456789012:reports"
QUEUE = {"name": "reports", "resourceSpecification": {"sqs": {"arn": ARN}}}

Values = dict[str, Any]


def document(client) -> Values:
    report = client.made("GET_MERCHANT_LISTINGS_ALL_DATA")
    return {"reportDocumentId": report["reportDocumentId"]}


def restricted(client) -> Values:
    path = f"/reports/2021-06-30/documents/{client.made(UNSHIPPED)['reportDocumentId']}"
    return {"restrictedResources": [{"method": "GET", "path": path}]}


def schedule(client) -> Values:
    return client.ask("createReportSchedule", **STANDING)


def destination(client) -> Values:
    return {"destinationId": client.ask("createDestination", **QUEUE)["payload"]["destinationId"]}


def subscription(client) -> Values:
    made = client.ask("createSubscription", **SUBSCRIPTION, **destination(client))
    return {**TYPE, "subscriptionId": made["payload"]["subscriptionId"]}


def listed(client) -> Values:
    client.request(UNSHIPPED)
    return {"reportTypes": [UNSHIPPED], "pageSize": "1"}


WELL: dict[str, Callable[[Any], Values]] = {
    "getReports": listed,
    "createReport": lambda _: {**ASKED, "reportOptions": {"ShowSalesChannel": "true"}},
    "getReport": lambda client: {"reportId": client.request(UNSHIPPED)},
    "cancelReport": lambda client: {"reportId": client.request(UNSHIPPED)},
    "getReportSchedules": lambda client: schedule(client) and {"reportTypes": [UNSHIPPED]},
    "createReportSchedule": lambda _: STANDING,
    "getReportSchedule": schedule,
    "cancelReportSchedule": schedule,
    "getReportDocument": document,
    "createRestrictedDataToken": restricted,
    "createDestination": lambda _: QUEUE,
    "getDestinations": lambda client: destination(client) and {},
    "getDestination": destination,
    "deleteDestination": destination,
    "createSubscription": lambda client: {**SUBSCRIPTION, **destination(client)},
    "getSubscription": lambda client: subscription(client) and TYPE,
    "deleteSubscriptionById": subscription,
}
"""What to call each operation with, so that all goes well."""

CONFLICTS = {
    "createDestination": lambda client: destination(client) and QUEUE,
    "deleteDestination": lambda client: (
        subscription(client) and client.ask("getDestinations")["payload"][0]
    ),
    "createSubscription": lambda client: (
        subscription(client) and {**SUBSCRIPTION, **client.ask("getDestinations")["payload"][0]}
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_success_response_fits_the_model(client, name) -> None:
    client.ask(name, **WELL[name](client))


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.THROTTLE, 429),
        (FaultKind.HTTP_500, 500),
        (FaultKind.HTTP_503, 503),
        (FaultKind.ACCESS_ENDED, 403),
    ],
)
def test_an_error_of_the_moment_fits_the_model(open_client, name, kind, status) -> None:
    assert open_client(Fault(kind, name)).call(name, **some(name)).status == status


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_response_to_an_invalid_call_fits_the_model(client, name) -> None:
    client.headers = {"user-agent": "x" * 501}
    assert client.call(name, **some(name)).status == 400


@pytest.mark.parametrize(
    "name", [name for name, each in OPERATIONS.items() if each.placed(ParameterLocation.BODY)]
)
def test_a_response_to_another_media_type_fits_the_model(client, name) -> None:
    client.headers = {"content-type": "text/plain"}
    token = client.token(grantless=OPERATIONS[name].scope is not None)
    assert client.call(name, token, **some(name)).status == 415


@pytest.mark.parametrize(
    "name",
    [
        *("getReport", "cancelReport", "getReportSchedule", "cancelReportSchedule"),
        *("getDestination", "deleteDestination", "getSubscription", "deleteSubscriptionById"),
    ],
)
def test_a_not_found_response_fits_the_model(client, name) -> None:
    assert client.call(name, **some(name)).status == 404


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_response_fits_the_model(client, name) -> None:
    assert client.call(name, **CONFLICTS[name](client)).status == 409


def some(name: str) -> Values:
    """Return values as the model wants them, for things that are not there."""
    values: Values = {}
    for field in OPERATIONS[name].parameters:
        if field.required:
            text = field.values[0] if field.values else "none"
            values[field.name] = [text] if field.kind is FieldKind.LIST else text
    return values


def test_a_notification_fits_its_schema(client, models) -> None:
    schema = json.loads((models / "ReportProcessingFinishedNotification.json").read_text("utf-8"))
    subscription(client)
    for days in (7, 0):
        client.request(UNSHIPPED, days)
    client.wait(hours=2)
    letters = [json.loads(each.body) for each in client.amazon.outgoing(client.now)]
    assert len(letters) == 2
    for letter in letters:
        Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER).validate(letter)
