from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tap_mws_reports.config.run_part import reads
from tap_mws_reports.config.sellers import seller_configs
from tap_mws_reports.config.validation import application_share, find_problems, report_settings
from tap_mws_reports.retrieval.state.listing_bookmarks import LIFECYCLE_STREAMS
from tap_mws_reports.streams.lifecycle import ReportRequests, Reports, ReportSchedules

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SELLERS = [{"seller_id": each} for each in ("A1SANDBOXNA", "A2SANDBOXEU", "A3SANDBOXFE")]
GOOD: dict[str, Any] = {"sandbox": True, "reports": [ORDERS, {"type": LISTINGS}]}


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ({}, [ORDERS, LISTINGS, *LIFECYCLE_STREAMS]),
        ({"only": [ORDERS]}, [ORDERS]),
        ({"only": ["GET_MERCHANT_LISTINGS_ALL_DATA", "reports"]}, [LISTINGS, "reports"]),
        ({"only": ["merchant_listings_all_data"]}, [LISTINGS]),
        ({"except": [ORDERS]}, [LISTINGS, *LIFECYCLE_STREAMS]),
        ({"except": list(LIFECYCLE_STREAMS)}, [ORDERS, LISTINGS]),
        ({"only": [ORDERS, LISTINGS], "except": [LISTINGS]}, [ORDERS]),
        ({"only": [], "except": []}, [ORDERS, LISTINGS, *LIFECYCLE_STREAMS]),
    ],
)
def test_report_types_are_selected_by_any_of_their_names(change, read) -> None:
    config = {**GOOD, **change}
    assert find_problems(config) == []
    names = [ORDERS, LISTINGS, *LIFECYCLE_STREAMS]
    assert [each for each in names if reads(config, each)] == read
    assert [each.report_type for each in report_settings(config)] == [
        each for each in read if each in {ORDERS, LISTINGS}
    ]


@pytest.mark.parametrize(
    ("change", "setting", "message"),
    [
        ({"shard": "4/4"}, "shard", "numbered from 0 to 3"),
        ({"shard": "one of four"}, "shard", "not a shard"),
        ({"shard": 3}, "shard", "not have the right format"),
        ({"only": [ORDERS, "_GET_NO_SUCH_"]}, "only[1]", "is not in `reports`"),
        ({"except": ["_GET_FLAT_FILE_ORDERS_DATA_"]}, "except[0]", "is not in `reports`"),
        ({"only": [ORDERS], "except": [ORDERS]}, "except", "nothing is left to read"),
    ],
)
def test_an_invalid_part_is_a_problem(change, setting, message) -> None:
    (problem,) = find_problems({**GOOD, **change})
    assert problem.setting == setting
    assert message in problem.what


@pytest.mark.parametrize("count", [1, 2, 4, 16])
def test_each_seller_is_read_by_one_shard(count: int) -> None:
    config = {**GOOD, "sellers": SELLERS}
    read = [
        owner.seller_id
        for index in range(count)
        for owner in seller_configs({**config, "shard": f"{index}/{count}"})
    ]
    assert sorted(read) == [each["seller_id"] for each in SELLERS]


@pytest.mark.parametrize(
    ("change", "share"),
    [
        ({}, Fraction(1)),
        ({"shard": "3/16"}, Fraction(1, 16)),
        ({"shard": "3/16", "application_share": "1/2"}, Fraction(1, 2)),
        ({"shard": "0/1"}, Fraction(1)),
    ],
)
def test_a_shard_has_an_equal_share_of_the_applications_limits(change, share) -> None:
    assert application_share({**GOOD, **change}) == share


def test_the_lifecycle_streams_are_those_of_the_tap() -> None:
    classes = (ReportRequests, Reports, ReportSchedules)
    assert tuple(each.name for each in classes) == LIFECYCLE_STREAMS
