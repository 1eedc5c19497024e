"""Calendar periods, whole ones of which the windows of some report types have to be made.

Rows that sum up a day, a week or a month are true only where the window covers all of it: a day
at the border of two windows would come twice, each time with a part of its figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

import pendulum

_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)


class Period(Enum):
    """A stretch of the calendar. Weeks begin on Sunday, as Amazon's do."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


_LENGTHS = {
    Period.DAY: pendulum.duration(days=1),
    Period.WEEK: pendulum.duration(weeks=1),
    Period.MONTH: pendulum.duration(months=1),
    Period.QUARTER: pendulum.duration(months=3),
    Period.YEAR: pendulum.duration(years=1),
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
    """The periods that the windows of a report type are made of, and how Amazon is asked for them.

    They begin at midnights of ``zone``, an IANA name; hours begin alike everywhere. A period can
    be asked for when it is over in ``over_in`` (None: in the zone itself), and ``most`` of them in
    one request (None: any number).
    """

    period: Period = Period.DAY
    zone: str = "UTC"
    over_in: str | None = None
    most: int | None = None

    def begun(self, moment: datetime) -> datetime:
        """Return the beginning of the period that a moment lies in, in UTC."""
        if self.period is Period.HOUR:
            return moment.replace(minute=0, second=0, microsecond=0)
        return self._beginning(_day_in(self.zone, moment), moment)

    def not_before(self, moment: datetime) -> datetime:
        """Return the first beginning of a period that does not lie before a moment, in UTC."""
        begun = self.begun(moment)
        return begun if begun == moment else self.later(begun, 1)

    def later(self, beginning: datetime, count: int) -> datetime:
        """Return the beginning of the period that comes so many after the one that begins here.

        By the calendar: a day has 23 or 25 hours when the clocks are changed.
        """
        if self.period is Period.HOUR:
            return beginning + count * _HOUR
        day = _day_in(self.zone, beginning) + _LENGTHS[self.period] * count
        return self._beginning(day, beginning)

    def over(self, now: datetime) -> datetime:
        """Return the end of the last period that is over."""
        if self.over_in is None:
            return self.begun(now)
        return self._beginning(_day_in(self.over_in, now), now)

    def fitting(self, longest: timedelta) -> int:
        """Return how many periods are asked for at once: one, even if it is longer."""
        count = max(1, longest // _AT_MOST[self.period])
        return count if self.most is None else min(count, self.most)

    def last_moment(self, end: datetime) -> datetime:
        """Return the end to ask for: the first moment of the next day would stand for all of it."""
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
    return pendulum.instance(moment.astimezone(ZoneInfo(zone)).date())
