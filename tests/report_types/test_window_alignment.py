from __future__ import annotations

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import WindowAlignment


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
    assert WindowAlignment("dates", "MONTH", "period").period_of(options) == period


def test_each_value_of_an_alignment_option_names_a_period() -> None:
    for known in report_types.all_known():
        if known.alignment and known.alignment.option:
            option = next(each for each in known.options if each.name == known.alignment.option)
            periods = {known.alignment.period_of({option.name: each}) for each in option.values}
            assert known.alignment.period in periods
            assert len(periods) == len(option.values), "every value names a period of its own"
