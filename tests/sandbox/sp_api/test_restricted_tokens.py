from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

UNSHIPPED = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
SHIPMENTS_TAX = "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_TAX"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
DOCUMENTS = "/reports/2021-06-30/documents/"
NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
DENIED = (403, "Unauthorized", "Access to requested resource is denied.", "")
UNSUPPORTED = (400, "InvalidInput", "Invalid or unsupported document ID found", "")
NO_ACCESS = (
    400,
    "InvalidInput",
    "Application do not have access to some or all requested resource",
    "",
)


def resources(*paths: str, method: str = "GET") -> dict:
    return {"restrictedResources": [{"method": method, "path": path} for path in paths]}


def document(client, report_type: str = UNSHIPPED) -> dict[str, str]:
    return {"reportDocumentId": client.made(report_type)["reportDocumentId"]}


def token(client, document_id: str) -> str:
    answer = client.ask("createRestrictedDataToken", **resources(DOCUMENTS + document_id))
    assert answer["expiresIn"] == 3600
    return answer["restrictedDataToken"]


@pytest.mark.parametrize("report_type", [UNSHIPPED, SHIPMENTS_TAX])
def test_personal_data_needs_a_token_for_exactly_its_document(client, report_type) -> None:
    here = document(client, report_type)
    assert client.refused("getReportDocument", **here) == DENIED
    restricted = token(client, here["reportDocumentId"])
    assert restricted.startswith("Atz.sprdt|")
    assert client.call("getReportDocument", restricted, **here).status == 200


def test_the_token_is_valid_for_nothing_else(client) -> None:
    other = document(client, SHIPMENTS_TAX)
    restricted = token(client, document(client)["reportDocumentId"])
    assert client.refused("getReportDocument", token=restricted, **other) == DENIED
    assert client.refused("getReports", token=restricted, reportTypes=[LISTINGS]) == DENIED
    client.wait(hours=1)
    assert client.refused("getReports", token=restricted, reportTypes=[LISTINGS])[0] == 403


def test_one_token_can_cover_several_documents(client) -> None:
    both = [document(client), document(client, SHIPMENTS_TAX)]
    paths = [DOCUMENTS + each["reportDocumentId"] for each in both]
    answer = client.ask("createRestrictedDataToken", **resources(*paths))
    for each in both:
        response = client.call("getReportDocument", answer["restrictedDataToken"], **each)
        assert response.status == 200


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        (resources(DOCUMENTS + "{reportDocumentId}"), UNSUPPORTED),
        (resources(DOCUMENTS + "amzn1.spdoc.1.4.na.none"), UNSUPPORTED),
        (resources("/reports/2021-06-30/reports"), NO_ACCESS),
        (resources("/orders/v0/orders"), NO_ACCESS),
        (resources(DOCUMENTS, method="PUT"), NO_ACCESS),
        (
            {},
            (
                400,
                "InvalidInput",
                "One or more required parameters missing",
                "restrictedResources;",
            ),
        ),
        (
            {"restrictedResources": [{"method": "GET"}]},
            (400, "InvalidInput", "One or more required parameters missing", "path;"),
        ),
        (
            resources(DOCUMENTS, method="HEAD"),
            (
                400,
                "InvalidInput",
                "Invalid input",
                "method: HEAD is not one of GET, PUT, POST, DELETE",
            ),
        ),
        (
            resources(*[DOCUMENTS] * 51),
            (400, "InvalidInput", "Invalid input", "restrictedResources: more than 50"),
        ),
    ],
)
def test_other_resources_get_no_restricted_token(client, values, refusal) -> None:
    assert client.refused("createRestrictedDataToken", **values) == refusal


def test_a_document_without_personal_data_gets_no_token_and_needs_none(client) -> None:
    here = document(client, LISTINGS)
    values = resources(DOCUMENTS + here["reportDocumentId"])
    assert client.refused("createRestrictedDataToken", **values) == UNSUPPORTED
    client.ask("getReportDocument", **here)


def test_a_missing_role_gets_no_token(open_client) -> None:
    start = NOW - timedelta(days=7)
    client = open_client(
        Fault(FaultKind.ROLE_MISSING, "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_", start=start)
    )
    values = resources(DOCUMENTS + document(client)["reportDocumentId"])
    assert client.refused("createRestrictedDataToken", **values) == NO_ACCESS
