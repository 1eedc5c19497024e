"""Where the windows of a report type have to begin and end, for types whose rows sum up periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from tap_mws_reports.report_types.entry import Entry

Place = Literal["hours", "midnights", "dates"]
PeriodName = Literal["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]

_PLACES: tuple[Place, ...] = get_args(Place)
_PERIODS: tuple[PeriodName, ...] = get_args(PeriodName)
_SPELLINGS: Mapping[str, PeriodName] = {
    **{period: period for period in _PERIODS},
    "DAILY": "DAY",
    "WEEKLY": "WEEK",
    "MONTHLY": "MONTH",
}


@dataclass(frozen=True, slots=True)
class Borders:
    """Where windows begin and end.

    ``at`` is *hours* for full hours, *midnights* for those of the marketplace's time zone, and
    *dates* where Amazon ignores the time of a moment and reads only its date. Windows hold whole
    periods: those that the report option ``option`` names, and ``period`` where it is left out or
    there is none (empty). ``most`` is how many one request may hold, None where there is no limit,
    ``held_back_hours`` how long after its end a period may be asked for.
    """

    at: Place
    period: PeriodName = "DAY"
    option: str = ""
    most: int | None = None
    held_back_hours: int = 0

    def period_of(self, options: Mapping[str, str]) -> PeriodName:
        """Return the period that windows hold with these report options."""
        return _SPELLINGS.get(options.get(self.option, "").upper(), self.period)


def read_borders(entry: Entry) -> Borders | None:
    """Return the borders that an entry speaks of.

    Raises:
        BadEntry: they name no option of the type, or the type has no windows.
    """
    if "borders" not in entry.table:
        return None
    if entry.table.get("kind") != "range":
        entry.refuse("borders", "is for types that take a range of dates")
    borders = entry.inner("borders")
    borders.only({"at"}, {"period", "option", "most", "held_back_hours"})
    known = borders.table
    period = borders.one_of("period", _PERIODS) if "period" in known else "DAY"
    option = borders.text("option", "")
    if option and option not in {each.text("name") for each in entry.each("options")}:
        borders.refuse("option", f"{option!r} is no option of the type")
    return Borders(
        at=cast("Place", borders.one_of("at", _PLACES)),
        period=cast("PeriodName", period),
        option=option,
        most=borders.count("most") if "most" in known else None,
        held_back_hours=borders.count("held_back_hours") if "held_back_hours" in known else 0,
    )
