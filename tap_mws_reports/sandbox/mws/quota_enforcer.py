"""Amazon's count of calls: a bucket for every operation, and an hour that starts at a fixed minute.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Throttling.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tap_mws_reports.api.mws.operations import Operation
from tap_mws_reports.api.quota import Bucket, Quota
from tap_mws_reports.sandbox.mws.rendering import ErrorResult

_HOUR = timedelta(hours=1)
# Amazon publishes no quota for the one operation that cannot be called.
_UNPUBLISHED = Quota(burst=30, restore_seconds=2, hourly=1800)


class QuotaEnforcer:
    """The remaining quota of one seller for one operation.

    Amazon's hour starts at the same minute for all operations of a seller (``minute``), so at the
    boundary a client that only counts whole hours may make twice as many calls.
    """

    def __init__(self, operation: Operation, minute: int, now: datetime) -> None:
        self._operation = operation
        self._quota = operation.quota or _UNPUBLISHED
        restore = timedelta(seconds=self._quota.restore_seconds)
        self._bucket = Bucket(self._quota.burst, restore, now)
        self._hourly = self._quota.hourly or 0
        self._counted = 0
        self._resets_on = _next_reset(now, minute)

    def count(self, now: datetime) -> None:
        """Count a call.

        Raises:
            Refusal: it is one too many; it is not counted then.
        """
        self._turn(now)
        if self._counted >= self._hourly:
            raise ErrorResult("QuotaExceeded", self._exceeded())
        if self._bucket.wait(now):
            raise ErrorResult("RequestThrottled", "Request is throttled")
        self._bucket.take(now)
        self._counted += 1

    def headers(self, now: datetime) -> dict[str, str]:
        """Return the headers about the hourly quota."""
        self._turn(now)
        return {
            "x-mws-quota-max": f"{self._hourly:.1f}",
            "x-mws-quota-remaining": f"{self._hourly - self._counted:.1f}",
            "x-mws-quota-resetsOn": self._resets_on.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }

    def _turn(self, now: datetime) -> None:
        if now >= self._resets_on:
            self._resets_on += _HOUR * ((now - self._resets_on) // _HOUR + 1)
            self._counted = 0

    def _exceeded(self) -> str:
        return (
            f"You exceeded your quota of {self._hourly:.1f} requests per 1 hour for operation "
            f"{self._operation.section.path[1:]}/{self._operation.name}. Your quota will reset on "
            f"{self._resets_on:%a %b %d %H:%M:%S UTC %Y}"
        )


def _next_reset(now: datetime, minute: int) -> datetime:
    reset = now.astimezone(UTC).replace(minute=minute, second=0, microsecond=0)
    return reset if reset > now else reset + _HOUR
