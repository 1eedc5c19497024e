"""The dates that a run requests of a report type, and which settings Amazon does not allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.planning.windows import WindowRule, target_range

_ROUNDING = timedelta(minutes=2)
"""A start that moves by less was rounded to a whole minute."""


@dataclass(frozen=True, slots=True)
class RequestRange:
    """The dates of one partition request; both are None for a type without dates."""

    first: datetime | None = None
    last: datetime | None = None
    """The end of the last window, which is not part of it."""
    remarks: tuple[str, ...] = ()
    """What differs from the settings, one clause each."""

    def describe(self) -> str:
        """Return the dates in one line; empty for a type without dates."""
        if self.first is None or self.last is None:
            return "; ".join(self.remarks)
        return "; ".join([f"{_shown(self.first)} to {_shown(self.last)}", *self.remarks])


def request_range(partition_request: PartitionRequest, now: datetime) -> RequestRange:
    """Return the dates that a run requests, whatever earlier runs have read of them.

    Args:
        partition_request: of a row stream.
        now: the current time.
    """
    if partition_request.kind != "range":
        return RequestRange()
    rule, start = partition_request.rule, partition_request.start
    whole = target_range(start, partition_request.end, rule, now)
    remarks = [*_start_remarks(start, whole.start, rule), *_window_remarks(rule)]
    if whole.start >= whole.end:
        if partition_request.end is not None and partition_request.end <= whole.start:
            remarks.append("nothing to request: end_date is before that")
        elif rule.periods is not None:
            remarks.append(f"nothing to request: no whole {rule.periods.period.value} is complete")
        else:
            remarks.append("nothing to request: the dates are too new")
    return RequestRange(whole.start, whole.end, tuple(remarks))


def describe_ranges(partition_requests: Iterable[PartitionRequest], now: datetime) -> list[str]:
    """Return a line for each report type with dates; sellers with the same dates share one."""
    lines: dict[str, None] = {}
    for each in partition_requests:
        if text := request_range(each, now).describe():
            lines[f"{each.spelling or each.report_type}: {text}"] = None
    return list(lines)


def _start_remarks(start: datetime, first: datetime, rule: WindowRule) -> Iterator[str]:
    if first > start + _ROUNDING and rule.oldest is not None:
        yield (
            f"the start is moved from {_shown(start)}: "
            f"Amazon gives no more than the last {rule.oldest.days} days"
        )
    elif first < start:
        yield f"the start is moved from {_shown(start)} to the beginning of its period"


def _window_remarks(rule: WindowRule) -> Iterator[str]:
    configured = rule.configured_window
    if configured is None:
        return
    if configured > rule.longest:
        yield (
            f"window_days is shortened from {configured.days} to {rule.longest.days}, "
            "the longest window"
        )
    elif configured < rule.longest:
        yield (
            f"window_days {configured.days} is not used: the rows are the same in windows of "
            f"{rule.longest.days} days"
        )


def _shown(moment: datetime) -> str:
    form = "%Y-%m-%d" if moment.time() == time() else "%Y-%m-%d %H:%M"
    return f"{moment:{form}}"
