"""Calendar periods. The windows of some report types must consist of whole periods.

Rows that summarise a day, a week or a month are correct only if the window covers all of it: a day
split between two windows would appear twice, each time with a part of its figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pendulum

_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)


class Period(Enum):
    """A calendar unit. Weeks begin on Sunday, as Amazon's do."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


_LENGTHS = {
    Period.DAY: {"days": 1},
    Period.WEEK: {"weeks": 1},
    Period.MONTH: {"months": 1},
    Period.QUARTER: {"months": 3},
    Period.YEAR: {"years": 1},
}
_AT_MOST = {
    Period.HOUR: _HOUR,
    Period.DAY: timedelta(days=1),
    Period.WEEK: timedelta(days=7),
    Period.MONTH: timedelta(days=31),
    Period.QUARTER: timedelta(days=92),
    Period.YEAR: timedelta(days=366),
}


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of the windows of a report type, and how to request them."""

    period: Period = Period.DAY
    zone: str = "UTC"
    """The time zone, an IANA name, at whose midnights periods begin; hours ignore it."""
    over_in: str | None = None
    """The time zone in which a period must be complete to be requested; None for ``zone``."""
    most: int | None = None
    """The largest number of periods in one request; None for any number."""

    def floor(self, moment: datetime) -> datetime:
        """Return the beginning of the period that contains ``moment``, in UTC."""
        if self.period is Period.HOUR:
            return moment.replace(minute=0, second=0, microsecond=0)
        return self._beginning(_day_in(self.zone, moment), moment)

    def not_before(self, moment: datetime) -> datetime:
        """Return the first beginning of a period at or after ``moment``, in UTC."""
        begun = self.floor(moment)
        return begun if begun == moment else self.add(begun, 1)

    def add(self, beginning: datetime, count: int) -> datetime:
        """Return the beginning of the period ``count`` periods after ``beginning``.

        It follows the calendar: a day has 23 or 25 hours when the clocks change.
        """
        if self.period is Period.HOUR:
            return beginning + count * _HOUR
        length = {unit: number * count for unit, number in _LENGTHS[self.period].items()}
        return self._beginning(_day_in(self.zone, beginning).add(**length), beginning)

    def last_complete(self, now: datetime) -> datetime:
        """Return the end of the last complete period."""
        if self.over_in is None:
            return self.floor(now)
        return self._beginning(_day_in(self.over_in, now), now)

    def fitting(self, longest: timedelta) -> int:
        """Return how many periods fit in ``longest``: at least one, even if it is longer."""
        count = max(1, longest // _AT_MOST[self.period])
        return count if self.most is None else min(count, self.most)

    def last_moment(self, end: datetime) -> datetime:
        """Return the end to request: the start of the next day would include that whole day."""
        return end if self.period is Period.HOUR else end - _SECOND

    def _beginning(self, day: pendulum.Date, like: datetime) -> datetime:
        first = _first_day(day, self.period)
        return datetime.combine(first, time(), ZoneInfo(self.zone)).astimezone(like.tzinfo)


def _first_day(day: pendulum.Date, period: Period) -> pendulum.Date:
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day.subtract(days=day.isoweekday() % 7)
    return day.first_of(period.value.lower())


def _day_in(zone: str, moment: datetime) -> pendulum.Date:
    import pendulum  # noqa: PLC0415 - only types of whole periods need it

    return pendulum.instance(moment.astimezone(ZoneInfo(zone)).date())
