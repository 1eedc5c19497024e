"""Where the windows of a report type must begin and end, for types whose rows sum up periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from tap_mws_reports.report_types.toml_table import Count, Text, TomlTable

AlignmentPoint = Literal["hours", "midnights", "dates"]
PeriodName = Literal["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]

_PERIODS: tuple[PeriodName, ...] = get_args(PeriodName)
_SPELLINGS: Mapping[str, PeriodName] = {
    **{period: period for period in _PERIODS},
    "DAILY": "DAY",
    "WEEKLY": "WEEK",
    "MONTHLY": "MONTH",
}


class WindowAlignment(TomlTable, frozen=True):
    """Where windows begin and end. A window contains whole periods."""

    at: AlignmentPoint
    """*hours*: full hours. *midnights*: in the time zone of the marketplace. *dates*: Amazon
    reads only the date of a time."""
    period: PeriodName = "DAY"
    """The period if ``option`` is empty or not given."""
    option: Text = ""
    """The report option that chooses the period, empty if there is none."""
    most: Count | None = None
    """How many periods a request may contain, None if there is no limit."""
    held_back_hours: Count = 0
    """How long after its end a period can be requested."""

    def period_of(self, options: Mapping[str, str]) -> PeriodName:
        """Return the period of windows with these report options."""
        return _SPELLINGS.get(options.get(self.option, "").upper(), self.period)
