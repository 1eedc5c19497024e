"""The limits of report types, kept as Amazon keeps them: over all sellers of an application.

They are those of `report_type_limits.toml`, with the effect of an excess: the call is refused, the
report stays in the queue, or it ends as FATAL or CANCELLED.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from tap_mws_reports.api.marketplaces import MARKETPLACES
from tap_mws_reports.api.sp_api.report_type_limits import ReportTypeLimit, Sign, stated_limits


class TypeLimits:
    """Counts the accepted requests of all sellers.

    Args:
        scale: multiplies the time over which requests are counted; 0 switches all limits off.
    """

    def __init__(self, scale: float = 1.0) -> None:
        self._scale = scale
        self._accepted: defaultdict[tuple[object, str], deque[datetime]] = defaultdict(deque)
        self._queued: defaultdict[tuple[object, str], list[datetime]] = defaultdict(list)

    def excess(
        self,
        client_id: str,
        seller_id: str,
        name: str,
        marketplace_ids: Iterable[str],
        now: datetime,
    ) -> Sign | None:
        """Return the sign of a request beyond a limit; None if it is within all of them.

        Args:
            client_id: the application.
            seller_id: the seller.
            name: the report type, by SP-API's name.
            marketplace_ids: the marketplaces of the report.
            now: the time of the request.
        """
        for limit in self._limits(name):
            if limit.count == 0:
                countries = {MARKETPLACES[each].country for each in marketplace_ids}
                if not countries <= set(limit.only_in):
                    return limit.signs[0]
            elif limit.signs[0] != "IN_QUEUE":
                accepted = self._accepted[_key(limit, client_id, seller_id)]
                while accepted and accepted[0] + self._span(limit) <= now:
                    accepted.popleft()
                if len(accepted) >= (limit.count or 0):
                    return limit.signs[0]
        return None

    def accept(self, client_id: str, seller_id: str, name: str, now: datetime) -> datetime:
        """Count a request; return when Amazon begins to process it at the earliest."""
        start = now
        for limit in self._limits(name):
            key = _key(limit, client_id, seller_id)
            self._accepted[key].append(now)
            if limit.signs[0] == "IN_QUEUE" and limit.count:
                queued = self._queued[key]
                if len(queued) >= limit.count:
                    start = max(start, queued[-limit.count] + self._span(limit))
                queued.append(start)
        return start

    def _limits(self, name: str) -> list[ReportTypeLimit]:
        """Return the limits that are enforced here; `reports` enforces those of the same report."""
        if not self._scale:
            return []
        return [each for each in stated_limits(name) if each.counts == "type"]

    def _span(self, limit: ReportTypeLimit) -> timedelta:
        return limit.span * self._scale


def _key(limit: ReportTypeLimit, client_id: str, seller_id: str) -> tuple[object, str]:
    owner = client_id if limit.scope == "application" else f"{client_id}/{seller_id}"
    return limit, owner
