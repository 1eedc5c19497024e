"""Limits of single report types: documented counts, and undocumented throttling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import backoff

from tap_mws_reports import errors
from tap_mws_reports.errors import RequestRefused, Throttled

LIMITS: dict[str, tuple[int, timedelta]] = {
    "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL": (12, timedelta(minutes=480)),
    "GET_AFN_INVENTORY_DATA": (2, timedelta(minutes=25)),
    "GET_FBA_ESTIMATED_FBA_FEES_TXT_DATA": (2000, timedelta(minutes=60)),
}
"""The most requests of a type, and the time they are counted over."""

WORTH_WAITING = timedelta(minutes=30)
"""The longest wait for a limit within a run."""


class ReportTypeLimits:
    """Counts requests of the types with limits, those of other programs, too."""

    def __init__(self) -> None:
        self._asked: dict[str, dict[str, datetime]] = defaultdict(dict)

    def note(self, report_type: str, report_id: str, asked: datetime) -> None:
        """Count a report, once."""
        if report_type in LIMITS:
            self._asked[report_type][report_id] = asked

    def check(self, report_type: str, now: datetime) -> None:
        """Refuse a request that would fail, before it costs a call.

        Raises:
            Throttled: it may be requested soon.
            RequestRefused: the wait would exceed `WORTH_WAITING`.
        """
        if report_type not in LIMITS:
            return
        most, span = LIMITS[report_type]
        lately = sorted(each for each in self._asked[report_type].values() if each + span > now)
        if len(lately) < most:
            return
        wait = lately[-most] + span - now
        what = f"Amazon makes {most} reports of {report_type} in {_minutes(span)}"
        if wait <= WORTH_WAITING:
            raise Throttled(f"{what}; {_minutes(wait)} left", retry_after=wait.total_seconds())
        raise RequestRefused(what, hint=f"run again in {_minutes(wait)}; the state goes on there")


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} minutes"


FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class _Refused:
    since: datetime
    pauses: Iterator[float]


def _pauses() -> Iterator[float]:
    pauses = backoff.expo(
        factor=FIRST_PAUSE.total_seconds(), max_value=LONGEST_PAUSE.total_seconds()
    )
    next(pauses)  # the generator's first value is no pause
    return pauses


class ReportTypeThrottle:
    """Tracks which types are throttled, since when, and how long to pause each."""

    def __init__(self) -> None:
        self._refused: dict[str, _Refused] = {}
        self._last: str | None = None

    def granted(self, report_type: str) -> None:
        """Note that Amazon accepted a request."""
        self._refused.pop(report_type, None)
        self._last = None

    def may_be_the_plan(self, report_type: str) -> bool:
        """Whether it is not this type alone: another was refused, and nothing granted since."""
        return self._last not in {None, report_type}

    def refused(
        self, report_type: str, error: errors.Throttled, now: datetime
    ) -> errors.Throttled | errors.RequestRefused:
        """Return what to raise: how long to pause the type, or that it is given up."""
        self._last = report_type
        last = self._refused.get(report_type)
        if last is None:
            last = self._refused[report_type] = _Refused(now, _pauses())
        since, pause = last.since, timedelta(seconds=next(last.pauses))
        if now - since >= GIVEN_UP_AFTER:
            return errors.RequestRefused(
                f"{error.what}; it has been saying so since {since:%Y-%m-%d %H:%M} UTC",
                hint="Amazon says so, too, of types that these marketplaces do not have; "
                "else another program may be asking for the same reports",
                amazon_code=error.amazon_code,
                request_id=error.request_id,
            )
        return errors.Throttled(
            f"{error.what}; {report_type} is left alone for {pause.total_seconds() / 60:.0f} min",
            retry_after=max(pause.total_seconds(), error.retry_after or 0.0),
            amazon_code=error.amazon_code,
            request_id=error.request_id,
        )
