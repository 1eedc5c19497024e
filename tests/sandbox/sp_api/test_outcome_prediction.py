from __future__ import annotations

from datetime import timedelta

from tap_mws_reports.sandbox.faults import Fault, FaultKind

RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
SHIPMENTS = "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL"
STOCK = "GET_AFN_INVENTORY_DATA"
US = "ATVPDKIKX0DER"


def ask(client, name: str, start: str = "2020-06-03T00:00:00Z") -> str:
    return client.request(name, dataStartTime=start, dataEndTime="2020-06-12T00:00:00Z")


def statuses(client, report_ids: list[str]) -> list[str]:
    reports = [client.report(each) for each in report_ids]
    assert not any("reportDocumentId" in each for each in reports if not is_done(each))
    return [each["processingStatus"] for each in reports]


def is_done(report) -> bool:
    return report["processingStatus"] == "DONE"


def test_the_same_report_within_its_cooldown_is_not_made(client) -> None:
    requested = []
    for _ in range(3):
        requested.append(ask(client, RETURNS))
        client.wait(minutes=30)
    values = {
        "reportType": RETURNS,
        "marketplaceIds": [US],
        "dataStartTime": "2020-06-03T00:00:00Z",
        "dataEndTime": "2020-06-12T00:00:00Z",
    }
    assert client.refused("createReport", **values)[:2] == (429, "QuotaExceeded")
    client.wait(hours=1)
    assert statuses(client, requested) == ["DONE", "CANCELLED", "FATAL"]
    client.wait(hours=4)
    requested = [ask(client, RETURNS)]
    client.wait(hours=1)
    assert statuses(client, requested) == ["DONE"]


def test_another_range_or_a_type_without_cooldown_is_made(client) -> None:
    requested = [ask(client, RETURNS), ask(client, RETURNS, "2020-05-20T00:00:00Z")]
    orders = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
    requested += [ask(client, orders), ask(client, orders)]
    client.wait(hours=1)
    assert statuses(client, requested) == ["DONE"] * 4


def test_a_failed_report_may_be_requested_again(open_client) -> None:
    type_name = f"_{RETURNS}_"
    client = open_client(
        Fault(FaultKind.NO_DATA, type_name),
        Fault(FaultKind.FATAL, type_name),
        Fault(FaultKind.CANCELLED, type_name),
    )
    for status in ("FATAL", "CANCELLED", "FATAL", "DONE"):
        report_id = ask(client, RETURNS)
        client.wait(minutes=50)
        assert client.report(report_id)["processingStatus"] == status


def test_a_seller_gets_a_limited_number_of_reports_of_a_type(client) -> None:
    requested = []
    for days in range(13):
        requested.append(client.request(SHIPMENTS, days=days + 1))
        client.wait(minutes=1)
    client.wait(minutes=400)
    assert statuses(client, requested) == ["DONE"] * 12 + ["FATAL"]
    client.wait(minutes=80)
    late = client.request(SHIPMENTS)
    client.wait(hours=1)
    assert statuses(client, [late]) == ["DONE"]


def test_old_shipments_fail(client) -> None:
    start = client.now - timedelta(days=550)
    report_id = client.request(
        SHIPMENTS,
        dataStartTime=start.isoformat(),
        dataEndTime=(start + timedelta(days=5)).isoformat(),
    )
    client.wait(hours=1)
    assert statuses(client, [report_id]) == ["FATAL"]
