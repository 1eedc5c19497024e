from __future__ import annotations

import pytest

from tap_mws_reports.errors import RequestRefused
from tap_mws_reports.retrieval.acknowledgement import acknowledge_reports
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
DATES = {"end_date": "2020-05-20T00:00:00Z", "acknowledge": True}

of_mws = pytest.mark.api("mws", reason="SP-API keeps no acknowledgements")


class Service:
    acknowledge_batch_size = 100

    def __init__(self, refused: str = "") -> None:
        self.batches: list[list[str]] = []
        self.refused = refused

    def acknowledge(self, report_ids: list[str], *, acknowledged: bool = True) -> list[str]:
        self.batches.append(report_ids)
        if self.refused in report_ids:
            raise RequestRefused("no such report")
        return report_ids


def written(*report_ids: str) -> Bookmark:
    bookmark = Bookmark({})
    for report_id in report_ids:
        bookmark.record_written(report_id)
    return bookmark


def test_reports_are_acknowledged_a_hundred_per_call_and_once() -> None:
    first, second = written(*map(str, range(150))), written("7", "8", "200")
    service = Service()
    assert acknowledge_reports([first, second], service) == 151
    assert [len(batch) for batch in service.batches] == [100, 51]
    assert first.to_acknowledge == second.to_acknowledge == []


def test_nothing_to_acknowledge_makes_no_call() -> None:
    service = Service()
    assert acknowledge_reports([Bookmark({})], service) == 0
    assert service.batches == []


def test_refused_acknowledgements_are_dropped() -> None:
    bookmark = written("1", "2")
    assert acknowledge_reports([bookmark], Service(refused="2")) == 0
    assert bookmark.to_acknowledge == []


def acknowledged(harness) -> set[str]:
    reports = harness.amazon.accounts["NA"].reports
    return {report.report_id for report in reports if report.acknowledged}


@of_mws
def test_reports_are_acknowledged_one_run_later(harness) -> None:
    first = harness.run(ORDERS, LISTINGS, **DATES)
    assert acknowledged(harness) == set()
    read = {
        row["_report_id"]
        for name in ("flat_file_all_orders_data_by_last_update", "merchant_listings_all_data")
        for row in first.records(name)
    }
    second = harness.run(ORDERS, LISTINGS, **DATES, state=first.state)
    assert acknowledged(harness) == read
    assert "to_acknowledge" not in str(second.state).replace("'to_acknowledge': []", "")


@of_mws
def test_a_lost_state_acknowledges_nothing(harness) -> None:
    harness.run(ORDERS, **DATES)
    harness.run(ORDERS, **DATES)
    assert acknowledged(harness) == set()
    assert "UpdateReportAcknowledgements" not in harness.amazon.calls


def test_nothing_is_acknowledged_unless_configured(harness) -> None:
    first = harness.run(ORDERS, **{**DATES, "acknowledge": False})
    assert "to_acknowledge" not in str(first.state)
