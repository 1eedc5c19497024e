"""What CANCELLED means: SP-API says it of a report without data as of one that was stopped.

There are three causes, and Amazon never says which it was: somebody cancelled the report while it
was in the queue; there is no data; the same report had been made a moment ago, and this type is not
made again so soon. What was stopped in the queue has never been processed. What came too soon has
another report before it. Only what is neither is taken for a report without data: to ask once more
costs a call, to skip a window that has data loses it.

Sources: https://developer-docs.amazon.com/sp-api/docs/reports-faq,
https://github.com/amzn/selling-partner-api-models/issues/1991,
https://github.com/amzn/selling-partner-api-docs/issues/1645
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

Item = Mapping[str, Any]


def is_cancelled(item: Item) -> bool:
    """Whether a report was cancelled and has no document."""
    return item["processingStatus"] == "CANCELLED" and "reportDocumentId" not in item


def was_stopped(item: Item) -> bool:
    """Whether a cancelled report never left the queue."""
    return "processingStartTime" not in item


def came_too_soon(item: Item, others: Iterable[Item], cooldown: timedelta) -> bool:
    """Whether the same report was made within the cooldown before a cancelled one.

    Args:
        item: the cancelled report.
        others: reports of the same type, made around that time.
        cooldown: in which Amazon makes no new one.
    """
    earliest = item["createdTime"] - cooldown
    return any(
        earliest < other["createdTime"] <= item["createdTime"]
        for other in others
        if _is_same(other, item) and not is_cancelled(other)
    )


def _is_same(other: Item, item: Item) -> bool:
    if other["reportId"] == item["reportId"] or other["reportType"] != item["reportType"]:
        return False
    places, wanted = set(other.get("marketplaceIds", ())), set(item.get("marketplaceIds", ()))
    together = bool(places & wanted) or not (places and wanted)
    return together and _range(other) == _range(item)


def _range(item: Item) -> tuple[object, object] | None:
    """Return the dates that were asked for; without any, Amazon puts the moment of the request."""
    start, end = item.get("dataStartTime"), item.get("dataEndTime")
    return None if start == end else (start, end)
