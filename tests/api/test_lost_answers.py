"""Which listed request is taken for the one whose answer was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest, ReportSpec
from tap_mws_reports.api.lost_answers import find_created
from tap_mws_reports.errors import RequestRefused

ASKED = datetime(2020, 6, 12, 9, 30, 0, 500_000, tzinfo=UTC)
START, END = datetime(2020, 6, 1, tzinfo=UTC), datetime(2020, 6, 2, tzinfo=UTC)
PLACES = ("ATVPDKIKX0DER",)
SPEC = ReportSpec("_ORDERS_", START, END, PLACES)
LISTED = ReportRequest(
    report_request_id="1",
    report_type="_ORDERS_",
    start_date=START,
    end_date=END,
    scheduled=False,
    submitted_date=ASKED,
    processing_status=ProcessingStatus.IN_PROGRESS,
    marketplace_ids=PLACES,
)
MINUTES = timedelta(minutes=1)
UNTOLD = {"marketplace_ids": None}


def found(spec: ReportSpec = SPEC, known: tuple[str, ...] = (), **listed: Any) -> bool:
    """Whether a request is taken that differs from the one made in these fields."""
    request = replace(LISTED, **listed)
    return find_created(lambda **_filters: [request], spec, PLACES, ASKED, known) is not None


@pytest.mark.parametrize(
    ("listed", "taken"),
    [
        ({}, True),
        ({"submitted_date": ASKED.replace(microsecond=0)}, True),
        ({"submitted_date": ASKED - 0.5 * MINUTES, **UNTOLD}, True),
        # A machine's clock that is fast by some minutes:
        ({"submitted_date": ASKED - 4 * MINUTES}, True),
        ({"submitted_date": ASKED - 4 * MINUTES, **UNTOLD}, False),
        (
            {
                "submitted_date": ASKED - 4 * MINUTES,
                "processing_status": ProcessingStatus.CANCELLED,
            },
            False,
        ),
        ({"scheduled": True}, False),
        ({"start_date": START + MINUTES}, False),
        ({"end_date": END - MINUTES}, False),
        ({"marketplace_ids": ("A1PA6795UKMFR9",)}, False),
    ],
)
def test_the_matching_request_is_found(listed: dict[str, Any], taken: bool) -> None:
    assert found(**listed) is taken


def test_a_request_with_options_matches_only_within_seconds() -> None:
    spec = replace(SPEC, options=(("custom", "true"),))
    assert found(spec)
    assert not found(spec, submitted_date=ASKED - 4 * MINUTES)


def test_an_older_snapshot_does_not_match() -> None:
    snapshot = replace(SPEC, start=None, end=None)
    assert found(snapshot)
    assert not found(snapshot, submitted_date=ASKED - 4 * MINUTES)


@pytest.mark.parametrize(
    ("server_ahead", "submitted", "taken"),
    [
        (-4, -4.5, True),
        (-4, -6, False),
        # A slow clock, or a date that is not Amazon's.
        (4, 0, True),
        (10**6, 0, True),
        (-(10**6), -14, True),
        (-(10**6), -16.5, False),
    ],
)
@pytest.mark.parametrize("options", [(), (("custom", "true"),)])
def test_a_snapshot_matches_by_the_time_of_amazon(
    server_ahead: int, submitted: float, options: tuple[tuple[str, str], ...], taken: bool
) -> None:
    snapshot = replace(SPEC, start=None, end=None, options=options)
    request = replace(LISTED, submitted_date=ASKED + submitted * MINUTES)
    listed = []

    def listing(**_filters: Any) -> list[ReportRequest]:
        listed.append(request)
        return listed

    def to_server_time(moment: datetime) -> datetime:
        assert listed  # the answer shows the time
        return moment + server_ahead * MINUTES

    found = find_created(listing, snapshot, PLACES, ASKED, (), to_server_time)
    assert (found is not None) is taken


def test_a_request_with_a_response_does_not_match() -> None:
    assert not found(known=("1",))


def test_the_list_starts_early_enough_for_a_fast_clock() -> None:
    since = []

    def listing(**filters: Any) -> list[ReportRequest]:
        since.append(filters["requested_from"])
        return []

    assert find_created(listing, SPEC, PLACES, ASKED, ()) is None
    assert since == [datetime(2020, 6, 12, 9, 15, tzinfo=UTC)]


def test_a_type_that_cannot_be_listed_has_no_match() -> None:
    def refused(**_filters: Any) -> list[ReportRequest]:
        raise RequestRefused("the type is not listed")

    assert find_created(refused, SPEC, PLACES, ASKED, ()) is None
