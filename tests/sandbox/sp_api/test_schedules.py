from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.api.sp_api.schemas import PERIODS
from tap_mws_reports.sandbox.sp_api.serializers import LENGTHS

UNSHIPPED = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
SALES = "GET_SALES_AND_TRAFFIC_REPORT"
US, DE, UK = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1F83G8C2ARO7P"


def create(client, period: str = "PT4H", report_type: str = UNSHIPPED, **values: object) -> str:
    usual = {"marketplaceIds": [client.marketplace], "period": period, "reportType": report_type}
    return client.ask("createReportSchedule", **{**usual, **values})["reportScheduleId"]


def listed(client, *report_types: str) -> list[dict]:
    answer = client.ask("getReportSchedules", reportTypes=list(report_types) or [UNSHIPPED])
    return answer["reportSchedules"]


def test_a_schedule_makes_reports_as_time_passes(client) -> None:
    schedule_id = create(client, reportOptions={"ShowSalesChannel": "true"})
    assert client.ask("getReportSchedule", reportScheduleId=schedule_id) == {
        "reportScheduleId": schedule_id,
        "reportType": UNSHIPPED,
        "marketplaceIds": [US],
        "reportOptions": {"ShowSalesChannel": "true"},
        "period": "PT4H",
        "nextReportCreationTime": "2020-06-12T09:29:10+00:00",
    }
    client.wait(hours=9)
    reports = client.ask("getReports", reportTypes=[UNSHIPPED])["reports"]
    assert [each["reportScheduleId"] for each in reports] == [schedule_id] * 3
    assert reports[0]["dataStartTime"] == reports[1]["dataEndTime"]
    (schedule,) = listed(client)
    assert schedule["nextReportCreationTime"] == "2020-06-12T21:29:10+00:00"


def test_an_equal_schedule_is_replaced_and_one_for_other_marketplaces_is_not(open_client) -> None:
    client = open_client(region="EU")
    first = create(client, marketplaceIds=[DE, UK])
    second = create(client, marketplaceIds=[UK, DE], period="P1D")
    third = create(client, marketplaceIds=[UK])
    assert {each["reportScheduleId"] for each in listed(client)} == {second, third}
    assert client.refused("getReportSchedule", reportScheduleId=first)[0] == 404


def test_a_schedule_is_ended(client) -> None:
    schedule_id = create(client)
    client.ask("cancelReportSchedule", reportScheduleId=schedule_id)
    assert listed(client) == []
    assert client.refused("cancelReportSchedule", reportScheduleId=schedule_id)[0] == 404


@pytest.mark.parametrize("period", PERIODS)
def test_every_period_runs_again_after_its_time(client, period) -> None:
    schedule_id = create(client, period, SALES)
    client.wait(seconds=10)
    schedule = client.ask("getReportSchedule", reportScheduleId=schedule_id)
    expected = client.now - timedelta(seconds=10) + LENGTHS[period]
    assert schedule["nextReportCreationTime"] == expected.isoformat()
    assert schedule["period"] == period


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        ("1900-01-01T00:00:00Z", "2020-06-12T09:29:10+00:00"),
        ("2020-07-01T00:00:00+01:00", "2020-06-30T23:00:00+00:00"),
        ("9999-01-01T00:00:00Z", "2021-06-13T09:29:10+00:00"),
    ],
)
def test_the_first_run_is_within_the_next_period(client, moment, first) -> None:
    create(client, "PT5M", nextReportCreationTime=moment)
    (schedule,) = listed(client)
    assert schedule["nextReportCreationTime"] == first


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA"},
            "Creation of report schedule type 47700 is not allowed at this time",
        ),
        ({"period": "P84D"}, "Invalid input"),
        ({"marketplaceIds": [DE]}, "Invalid input"),
        ({"period": ""}, "One or more required parameters missing"),
    ],
)
def test_invalid_schedules_are_refused(client, values, message) -> None:
    usual = {"reportType": SALES, "marketplaceIds": [US], "period": "P1D"}
    refused = client.refused("createReportSchedule", **{**usual, **values})
    assert refused[:3] == (400, "InvalidInput", message)


def test_a_list_without_types_is_refused(client) -> None:
    words = "One or more required parameters missing"
    assert client.refused("getReportSchedules") == (400, "InvalidInput", words, "reportTypes;")
