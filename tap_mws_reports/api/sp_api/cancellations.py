"""The causes of CANCELLED, which SP-API does not tell.

There are three: the report was cancelled while it was in the queue; there is no data; the same
report was made within the cooldown of its type. In the first case it was never processed, in the
third there is another report before it. Only a report that is neither counts as one without data:
another request costs a call, a skipped window with data would be lost.

Sources: https://developer-docs.amazon.com/sp-api/docs/reports-faq,
https://github.com/amzn/selling-partner-api-models/issues/1991,
https://github.com/amzn/selling-partner-api-docs/issues/1645
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tap_mws_reports.api.sp_api.response_models import Report


def is_cancelled(item: Report) -> bool:
    """Whether a report was cancelled and has no document."""
    return item.processing_status == "CANCELLED" and item.report_document_id is None


def was_stopped(item: Report) -> bool:
    """Whether a cancelled report never left the queue."""
    return item.processing_start_time is None


def came_too_soon(item: Report, others: Iterable[Report], cooldown: timedelta) -> bool:
    """Whether the same report was made within the cooldown before a cancelled one.

    Args:
        item: the cancelled report.
        others: reports of the same type, made around that time.
        cooldown: in which Amazon makes no new one.
    """
    earliest = item.created_time - cooldown
    return any(
        earliest < other.created_time <= item.created_time
        for other in others
        if _is_same(other, item) and not is_cancelled(other)
    )


def _is_same(other: Report, item: Report) -> bool:
    if other.report_id == item.report_id or other.report_type != item.report_type:
        return False
    places, wanted = set(other.marketplace_ids or ()), set(item.marketplace_ids or ())
    together = bool(places & wanted) or not (places and wanted)
    return together and _range(other) == _range(item)


def _range(item: Report) -> tuple[object, object] | None:
    """Return the dates that were asked for; without any, Amazon puts the moment of the request."""
    start, end = item.data_start_time, item.data_end_time
    return None if start == end else (start, end)
