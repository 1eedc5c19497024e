"""Validate and migrate the state of a row stream.

States of earlier versions are rewritten, and their windows aligned to whole periods.

An invalid state is an error and never ignored: a run without state would request years of reports
again, and one with a wrong date would leave a gap unnoticed.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema

from tap_mws_reports.api.timestamps import format_timestamp, parse_timestamp
from tap_mws_reports.errors import StateError, closest, did_you_mean
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.periods import Periods
from tap_mws_reports.retrieval.state.bookmark_entries import interval_of
from tap_mws_reports.retrieval.state.bookmarks import REPLICATION_KEY, Bookmark
from tap_mws_reports.retrieval.state.listing_bookmarks import LIFECYCLE_STREAMS
from tap_mws_reports.retrieval.state.partitions import Partitions, context_of
from tap_mws_reports.retrieval.state.state_schema import LIFECYCLE_STREAM, STREAM, formats

CLOCK_TOLERANCE = timedelta(days=1)
"""How far a state may be ahead of the local clock: clocks differ, also by a time zone."""

_NAMED = 5
"""The number of sellers that a message names."""

_LONGEST = 300
"""Characters of a message about a value, which may be a whole state."""

_RENAMED = {"open": "open_requests", "holes": "failed_windows"}
"""Keys of a partition: the name in earlier versions, and the current one."""


def check_stream_state(name: str, state: dict[str, Any], now: datetime) -> None:
    """Check that the state of a row stream can be used.

    Args:
        name: the name of the stream.
        state: its bookmark.
        now: the current time.

    Raises:
        StateError: it has another format, or a date in the future.
    """
    _check_form(name, state, STREAM)
    _check_contexts(name, state)
    for window in _windows(state):
        if window.end < window.start:
            raise _broken(name, f"the window {window} ends before it starts")
    _check_moments(name, state, now)


def check_lifecycle_state(name: str, state: dict[str, Any], now: datetime) -> None:
    """Check that the state of a lifecycle stream can be used; see `check_stream_state`."""
    _check_form(name, state, LIFECYCLE_STREAM)
    _check_contexts(name, state)
    _check_moments(name, state, now)


def check_streams(bookmarks: Mapping[str, Any], streams: Collection[str]) -> None:
    """Check that the bookmarks are of streams that this tap has or had.

    Settings change, so bookmarks of streams that are not configured any more are kept: those whose
    name is known, and those with the form that only this tap writes.

    Args:
        bookmarks: the bookmarks of all streams, in any format.
        streams: the names of all streams that there are.

    Raises:
        StateError: a bookmark is of another tap, or its name is misspelt.
    """
    for name, bookmark in bookmarks.items():
        if name not in streams and bookmark and not _is_own(bookmark):
            likely = did_you_mean(name, streams)
            fix = f"{likely} Otherwise give" if likely else "Give"
            raise StateError(
                f"The state has a bookmark of `{name}`, which is not a stream of this tap.",
                where="--state",
                hint=f"{fix} a state that this tap wrote, or start without a state.",
            )


def misspelt_streams(
    bookmarks: Mapping[str, Any], known: Collection[str], configured: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield bookmarks of unknown streams, each with the configured stream that it may be of.

    Args:
        bookmarks: the bookmarks of all streams.
        known: the names of all streams that there are.
        configured: the names of the streams of this run.
    """
    without = [name for name in configured if name not in bookmarks]
    for name in bookmarks:
        if name in known or name in configured:
            continue
        if likely := closest(name, without):
            yield name, likely


def _is_own(bookmark: Mapping[str, Any]) -> bool:
    """Whether every partition of a bookmark names its seller, as those of this tap do."""
    partitions = bookmark.get("partitions")
    if not isinstance(partitions, list) or not partitions:
        return False
    contexts = [each.get("context") for each in partitions if isinstance(each, dict)]
    return all(isinstance(each, dict) and "seller_id" in each for each in contexts)


def check_bookmarks(bookmarks: Mapping[str, dict[str, Any]], now: datetime) -> None:
    """Check the bookmarks of all streams, where the settings are not known; see above.

    Keys of earlier versions are renamed, in place.
    """
    for name, state in bookmarks.items():
        rename_keys(state)
        if name in LIFECYCLE_STREAMS:
            check_lifecycle_state(name, state, now)
        else:
            check_stream_state(name, state, now)


def check_sellers(bookmarks: Mapping[str, Any], seller_ids: Collection[str]) -> frozenset[str]:
    """Check that the state has a seller of the settings.

    Sellers are added and removed, so one common seller in any stream is enough.

    Args:
        bookmarks: the bookmarks of all streams, in any format.
        seller_ids: the sellers of the settings.

    Returns:
        The sellers of the state.

    Raises:
        StateError: the state is of other sellers only.
    """
    known = frozenset(_sellers(bookmarks))
    if known and known.isdisjoint(seller_ids):
        raise StateError(
            f"The state is of {_named(known)}, the settings are of {_named(seller_ids)}.",
            hint="Give the state of these settings, or start without a state.",
        )
    return known


def round_up_numbers(state: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Round all numbers of a state up to integers.

    Earlier versions wrote latencies with a fraction. Targets on the Singer SDK read such a number
    as a `Decimal` and fail when they write the state
    (https://github.com/meltano/sdk/blob/main/singer_sdk/singerlib/json.py).
    """
    if isinstance(state, dict):
        return {name: round_up_numbers(value) for name, value in state.items()}
    if isinstance(state, list):
        return [round_up_numbers(value) for value in state]
    return math.ceil(state) if isinstance(state, float) else state


def rename_keys(state: dict[str, Any]) -> None:
    """Rename the keys of partitions that earlier versions wrote, in place."""
    partitions = state.get("partitions", [])
    for partition in partitions if isinstance(partitions, list) else []:
        for old, new in _RENAMED.items():
            if isinstance(partition, dict) and old in partition:
                before, after = partition.pop(old), partition.get(new, [])
                both = isinstance(before, list) and isinstance(after, list)
                partition[new] = [*after, *before] if both else before


def migrate_stream_state(
    state: dict[str, Any], partitions: Iterable[tuple[str, tuple[str, ...]]], start: datetime
) -> datetime | None:
    """Migrate a bookmark that is only a date to the current format, in place.

    Args:
        state: the bookmark of a row stream.
        partitions: the sellers and marketplaces of the stream.
        start: the start date; rows from then to the date count as read.

    Returns:
        The date, or None when there was nothing to migrate.
    """
    value = state.get("replication_key_value")
    if "partitions" in state or not value:
        return None
    until, found = parse_timestamp(value), Partitions(state)
    for seller_id, marketplace_ids in partitions:
        partition = found.of(context_of(seller_id, marketplace_ids))
        if until > start:
            partition["done"] = [[format_timestamp(start), format_timestamp(until)]]
        partition["replication_key"] = REPLICATION_KEY
        partition["replication_key_value"] = format_timestamp(until)
    for old in ("replication_key", "replication_key_value"):
        state.pop(old, None)
    return until


def migrate_dated_partitions(state: dict[str, Any], start: datetime) -> None:
    """Migrate partitions of a stream of windows that hold only a date, in place.

    Other taps on the Singer SDK write such partitions. See `migrate_stream_state`.
    """
    own = ("done", "open_requests", "failed_windows", "given_up")
    for partition in state.get("partitions", []):
        value = partition.get("replication_key_value")
        if value and not any(name in partition for name in own) and parse_timestamp(value) > start:
            until = format_timestamp(parse_timestamp(value))
            partition["done"] = [[format_timestamp(start), until]]


def _check_form(name: str, state: dict[str, Any], form: Mapping[str, Any]) -> None:
    validator = jsonschema.Draft7Validator(form, format_checker=formats)
    error = jsonschema.exceptions.best_match(validator.iter_errors(state))
    if error is not None:
        place = ".".join([name, *map(str, error.absolute_path)])
        raise _broken(place, _shortened(error.message))
    if state and state.keys().isdisjoint((*form["properties"], "replication_key")):
        raise _broken(name, f"`{next(iter(state))}` is not a key that this tap writes")


def _check_contexts(name: str, state: dict[str, Any]) -> None:
    """Check that no partition is listed twice: the second would be ignored."""
    contexts = Counter(json.dumps(each["context"], sort_keys=True) for each in _partitions(state))
    for context, count in contexts.items():
        if count > 1:
            raise _broken(name, f"the partition {context} is there {count} times")


def _check_moments(name: str, state: dict[str, Any], now: datetime) -> None:
    for moment in _moments(state):
        if moment > now + CLOCK_TOLERANCE:
            raise StateError(
                f"The state of {name} holds {format_timestamp(moment)}, which is in the future.",
                hint="Correct the clock of this machine, or give a valid state.",
            )


def _broken(place: str, what: str) -> StateError:
    return StateError(
        f"The state is broken at {place}: {what}.",
        hint="Give a state that this tap wrote, or start without a state.",
    )


def _shortened(text: str) -> str:
    return (
        text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
    )


def _partitions(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = state.get("partitions", [])
    return found


def _sellers(bookmarks: Mapping[str, Any]) -> Iterator[str]:
    for bookmark in bookmarks.values():
        partitions = bookmark.get("partitions", [])
        for partition in partitions if isinstance(partitions, list) else []:
            context = partition.get("context") if isinstance(partition, dict) else None
            if isinstance(context, dict) and isinstance(context.get("seller_id"), str):
                yield context["seller_id"]


def _named(seller_ids: Collection[str]) -> str:
    first = ", ".join(sorted(seller_ids)[:_NAMED])
    more = f" and {len(seller_ids) - _NAMED} more" if len(seller_ids) > _NAMED else ""
    return f"seller {first}" if len(seller_ids) == 1 else f"sellers {first}{more}"


def _moments(state: dict[str, Any]) -> Iterator[datetime]:
    """Yield the dates of a state that must not be in the future."""
    for ledger in state.get("request_ledgers", []):
        for seconds in (*ledger.get("granted", []), *ledger.get("refused", [])):
            yield datetime.fromtimestamp(seconds, UTC)
    yield from (window.end for window in _windows(state))
    for partition in _partitions(state):
        for each in partition.get("open_requests", []):
            yield parse_timestamp(each["submitted"])
        for each in (*partition.get("failed_windows", []), *partition.get("given_up", [])):
            names = ("failed_since", "since", "last_failed")
            yield from (parse_timestamp(each[name]) for name in names if name in each)
    for bookmark in (state, *_partitions(state)):
        if value := bookmark.get("replication_key_value"):
            yield parse_timestamp(value)


def _windows(state: dict[str, Any]) -> Iterator[Interval]:
    """Yield the windows of a row stream: finished, requested, failed and given up."""
    for partition in _partitions(state):
        for start, end in partition.get("done", []):
            yield Interval(parse_timestamp(start), parse_timestamp(end))
        for name in ("open_requests", "failed_windows", "given_up"):
            windows = (interval_of(each) for each in partition.get(name, []))
            yield from (window for window in windows if window is not None)


def align_to_periods(bookmark: Bookmark, periods: Periods) -> bool:
    """Keep only whole periods in a bookmark; return whether it changed.

    A period that was read in part is read again as a whole; a request for a part is dropped.
    """

    def fits(interval: Interval) -> bool:
        return (periods.floor(interval.start), periods.floor(interval.end)) == (
            interval.start,
            interval.end,
        )

    intervals = [each.interval for each in bookmark.open_requests]
    intervals += [each.interval for each in bookmark.failed_windows]
    intervals += [each.interval for each in bookmark.given_up]
    if all(fits(interval) for interval in (*bookmark.done, *intervals) if interval is not None):
        return False
    bookmark.keep(_whole(bookmark.done, periods), fits)
    return True


def _whole(done: list[Interval], periods: Periods) -> Iterator[Interval]:
    """Yield the whole periods within the finished intervals."""
    for interval in done:
        inner = Interval(periods.not_before(interval.start), periods.floor(interval.end))
        if inner.start < inner.end:
            yield inner
