"""Known limits of report types: further reports within the time end as FATAL.

Source: https://github.com/airbytehq/airbyte/pull/42052 (figures of Amazon's support)
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from tap_mws_reports.errors import RequestRefused, Throttled

LIMITS: dict[str, tuple[int, timedelta]] = {
    "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL": (12, timedelta(minutes=480)),
    "GET_AFN_INVENTORY_DATA": (2, timedelta(minutes=25)),
    "GET_FBA_ESTIMATED_FBA_FEES_TXT_DATA": (2000, timedelta(minutes=60)),
}
"""The most requests of a type, and the time they are counted over."""

WORTH_WAITING = timedelta(minutes=30)
"""The longest wait for a limit within a run."""


class TypeLimits:
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
