"""Quotas of single report types, which Amazon does not publish.

A request is refused by 429 although the plan allows it: three or four reports an hour of one type,
one in two hours of another, and none at all where a type does not exist in the region.
Sources: https://github.com/amzn/selling-partner-api-docs/issues/2998,
https://github.com/amzn/selling-partner-api-docs/issues/2803,
https://github.com/amzn/selling-partner-api-docs/issues/512
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import backoff

from tap_mws_reports import errors

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


class TypeQuotas:
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
