"""Lists of reports: pages, tens of types, and types that may not be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.interface import ReportSpec, ThrottledCall
from tap_mws_reports.api.transport import HttpRequest, HttpResponse


def query(request: HttpRequest) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.url).query, strict_parsing=True)


def ids(service, **filters: object) -> list[str]:
    return [each.report_request_id for each in service.report_requests(**filters)]


def page(answers, *numbers: int, token: str | None = None) -> HttpResponse:
    more = {"nextToken": token} if token else {}
    return answers.good("getReports", reports=[answers.item(each) for each in numbers], **more)


def test_later_pages_are_requested_by_the_token_alone(service, transport, answers) -> None:
    transport.script["getReports"] = [
        page(answers, 3, token="a+b/c="),
        page(answers, 2, token="d"),
        page(answers, 1),
    ]
    assert ids(service, report_types=["_A_"]) == ["3019792", "2019792", "1019792"]
    first, *others = transport.called("getReports")
    assert query(first) == {"reportTypes": ["A"], "pageSize": ["100"]}
    assert [query(each) for each in others] == [{"nextToken": ["a+b/c="]}, {"nextToken": ["d"]}]
    assert "nextToken=a%2Bb%2Fc%3D" in others[0].url


def test_an_expired_page_token_restarts_the_list(service, transport, answers) -> None:
    lost = answers.fault(400, "InvalidInput", "Invalid nextToken")
    transport.script["getReports"] = [
        page(answers, 3, token="a"),
        lost,
        page(answers, 4, 3, token="b"),
        page(answers, 3, 2),
    ]
    assert sorted(ids(service, report_types=["_A_"])) == ["2019792", "3019792", "4019792"]


def test_a_list_that_breaks_off_twice_fails(service, transport, answers) -> None:
    lost = answers.fault(400, "InvalidInput", "Invalid nextToken")
    transport.script["getReports"] = [
        page(answers, 1, token="a"), lost, page(answers, 1, token="a"), lost
    ]  # fmt: skip
    with pytest.raises(errors.RequestRefused, match="Invalid nextToken"):
        ids(service, report_types=["_A_"])


def test_more_than_ten_types_newest_first(service, transport, answers) -> None:
    late = answers.item(12, createdTime="2024-03-10T21:00:00+00:00")
    transport.script["getReports"] = [
        page(answers, 1),
        answers.good("getReports", reports=[late]),
        page(answers),
    ]
    types = [f"_T{number}_" for number in range(21)]
    assert ids(service, report_types=types) == ["12019792", "1019792"]
    sizes = [len(query(each)["reportTypes"][0].split(",")) for each in transport.requests[1:]]
    assert sizes == [10, 10, 1]


def test_a_list_without_types_lists_all_known_ones(service, transport, answers) -> None:
    transport.script["getReports"] = [page(answers)]
    assert ids(service) == []
    [request] = transport.called("getReports")
    assert query(request)["reportTypes"] == [
        "GET_ORDERS_GENERAL,GET_ORDER_REPORT_DATA_SHIPPING,GET_STOCK"
    ]


def test_no_known_type_lists_nothing(make_service) -> None:
    with pytest.raises(errors.RequestRefused, match="only of types that are named"):
        ids(make_service(types=()))


@pytest.mark.parametrize(("days", "told"), [(88, True), (89, False), (90, False), (400, False)])
def test_a_list_starts_within_amazons_retention(
    service, transport, answers, clock, days: int, *, told: bool
) -> None:
    transport.script["getReports"] = [page(answers)]
    ids(service, report_types=["_A_"], requested_from=clock.now() - timedelta(days=days))
    assert ("createdSince" in query(transport.requests[-1])) == told


NO_ROLE = "Access to the resource is forbidden"


class Forbidding:
    """Refuses every list that has the forbidden types in it."""

    def __init__(self, transport, answers, *forbidden: str) -> None:
        self._send, self._answers, self._forbidden = transport.send, answers, forbidden
        self.requested: list[list[str]] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        if "/o2/token" in request.url:
            return self._send(request)
        types = query(request)["reportTypes"][0].split(",")
        self.requested.append(types)
        if set(types) & set(self._forbidden):
            return self._answers.fault(403, "Unauthorized", NO_ROLE)
        items = [self._answers.item(int(each[1:]), reportType=each) for each in types]
        return self._answers.good("getReports", reports=items)


@pytest.mark.parametrize("forbidden", [["T3"], ["T0", "T7"], ["T5"], [f"T{n}" for n in range(8)]])
def test_types_without_a_role_are_skipped(
    make_service, transport, answers, caplog, forbidden: list[str]
) -> None:
    transport.send = Forbidding(transport, answers, *forbidden).send
    names = [f"T{number}" for number in range(8)]
    found = make_service().report_requests(report_types=[f"_{name}_" for name in names])
    assert {each.report_type.strip("_") for each in found} == {*names} - {*forbidden}
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [each.split()[0] for each in warnings] == forbidden


def test_another_error_is_raised(service, transport, answers) -> None:
    transport.script["getReports"] = [answers.fault(400, "InvalidInput", "No such type")]
    with pytest.raises(errors.RequestRefused, match="No such type"):
        ids(service, report_types=["_A_", "_B_"])
    # The list is split, for a refusal may be about one of the types.
    assert len(transport.called("getReports")) == 3


def test_a_type_unknown_to_amazon_is_skipped(service, transport, answers, caplog) -> None:
    unknown = answers.fault(400, "InvalidInput", "Invalid report type")
    transport.script["getReports"] = [unknown, page(answers, 1), unknown]
    assert ids(service, report_types=["_A_", "_B_"]) == ["1019792"]
    assert "B cannot be listed: getReports: Amazon answered 400 InvalidInput" in caplog.text


def test_a_denied_type_is_logged_once_and_skipped_later(
    make_service, transport, answers, caplog
) -> None:
    amazon = Forbidding(transport, answers, "T1")
    transport.send = amazon.send
    service = make_service()
    for _ in range(3):
        list(service.report_requests(report_types=["_T0_", "_T1_"]))
    assert amazon.requested == [["T0", "T1"], ["T0"], ["T1"], ["T0"], ["T0"]]
    assert caplog.text.count("T1 cannot be listed") == 1


def test_a_type_denied_in_a_list_is_not_requested(make_service, transport, answers) -> None:
    amazon = Forbidding(transport, answers, "T1")
    transport.send = amazon.send
    service = make_service()
    list(service.report_requests(report_types=["_T0_", "_T1_"]))
    calls = len(amazon.requested)
    with pytest.raises(errors.ReportTypeRefused, match="forbidden"):
        service.request_report(ReportSpec("_T1_", None, None))
    assert len(amazon.requested) == calls


def test_a_seller_denied_every_type_is_rejected(service, transport, answers) -> None:
    denied = answers.fault(403, "Unauthorized", "Access to requested resource is denied.")
    transport.script["getReports"] = [denied]
    list(service.report_requests(report_types=["_GET_ORDERS_"]))
    with pytest.raises(errors.CredentialsError) as caught:
        list(service.report_requests())
    assert "region of marketplace_ids" in caught.value.hint


def test_the_date_of_a_list_is_not_too_old_when_the_call_is_sent(
    service, transport, answers, clock
) -> None:
    # The quota of the list is used up until the date has become too old.
    since = clock.now() - timedelta(days=89) + timedelta(seconds=30)
    service.spent(ThrottledCall.LIST, [clock.now()] * 10)
    transport.script["getReports"] = [page(answers)]
    ids(service, report_types=["_A_"], requested_from=since)
    assert transport.seconds("getReports") == pytest.approx([45.045], abs=0.01)
    assert "createdSince" not in query(transport.requests[-1])


def test_documents_are_listed_by_completion_time(service, transport, answers) -> None:
    early = answers.item(2, createdTime="2024-03-09T20:00:00+00:00")
    old = answers.item(1, processingEndTime="2024-03-09T23:59:59+00:00")
    transport.script["getReports"] = [answers.good("getReports", reports=[early, old])]
    since = datetime(2024, 3, 10, tzinfo=UTC)
    [report] = service.reports(report_types=["_GET_ORDERS_"], available_from=since)
    assert (report.report_id, report.report_request_id) == ("2019792", "2019792")
    assert report.available_date == datetime(2024, 3, 10, 20, 0, 20, tzinfo=UTC)
    assert not report.acknowledged
    requested = query(transport.requests[-1])
    assert requested["processingStatuses"] == ["DONE"]
    assert requested["createdSince"] == ["2024-03-07T00:00:00Z"]


def test_documents_of_requests(service, transport, answers) -> None:
    transport.script["getReport"] = [
        answers.report(1),
        answers.report(2, "IN_PROGRESS"),
        answers.fault(404, "NotFound"),
    ]
    found = service.reports(request_ids=["1019792", "2019792", "3019792"])
    assert [each.report_id for each in found] == ["1019792"]
