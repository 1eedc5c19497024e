from __future__ import annotations

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import Borders
from tap_mws_reports.report_types.borders import read_borders
from tap_mws_reports.report_types.entry import BadEntry, Entry

OPTIONS = [{"name": "reportPeriod", "values": ["DAY", "WEEK"]}]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ({"kind": "range"}, None),
        ({"kind": "range", "borders": {"at": "midnights"}}, Borders("midnights", "DAY")),
        (
            {
                "kind": "range",
                "borders": {
                    "at": "dates",
                    "period": "WEEK",
                    "option": "reportPeriod",
                    "most": 1,
                    "held_back_hours": 72,
                },
                "options": OPTIONS,
            },
            Borders("dates", "WEEK", "reportPeriod", 1, 72),
        ),
    ],
)
def test_borders_of_an_entry(table: dict, found: Borders | None) -> None:
    assert read_borders(Entry("thing.toml", table)) == found


def test_only_ranges_have_borders() -> None:
    entry = Entry("thing.toml", {"kind": "snapshot", "borders": {"at": "dates"}})
    with pytest.raises(BadEntry, match=r"thing.toml: borders: is for types that take a range"):
        read_borders(entry)


@pytest.mark.parametrize(
    ("options", "period"),
    [
        ({}, "MONTH"),
        ({"period": "WEEK"}, "WEEK"),
        ({"period": "week"}, "WEEK"),
        ({"period": "DAILY"}, "DAY"),
        ({"period": "FORTNIGHT"}, "MONTH"),
        ({"other": "DAY"}, "MONTH"),
    ],
)
def test_an_option_names_the_period(options: dict[str, str], period: str) -> None:
    assert Borders("dates", "MONTH", "period").period_of(options) == period


def test_an_option_that_must_be_given_has_no_other_default() -> None:
    for known in report_types.all_known():
        if known.borders and known.borders.option:
            option = next(each for each in known.options if each.name == known.borders.option)
            periods = {known.borders.period_of({option.name: each}) for each in option.values}
            assert known.borders.period in periods
            assert len(periods) == len(option.values), "every value names a period of its own"
