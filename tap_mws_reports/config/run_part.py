"""The part of the work that one of several processes does: settings `shard`, `only`, `except`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tap_mws_reports import report_types
from tap_mws_reports.config.problems import ConfigProblem, setting_path
from tap_mws_reports.errors import SettingsError, did_you_mean
from tap_mws_reports.retrieval.shard import Shard
from tap_mws_reports.retrieval.state.listing_bookmarks import LIFECYCLE_STREAMS

ONLY, EXCEPT = "only", "except"


def configured_shard(config: Mapping[str, Any]) -> Shard | None:
    """Return the shard of validated settings, or None for all sellers."""
    text = config.get("shard")
    return Shard.parse(text) if text else None


def reads(config: Mapping[str, Any], name: str) -> bool:
    """Whether this process reads a report type, or one of the streams of Amazon's lists."""
    only, left_out = config.get(ONLY), config.get(EXCEPT) or []
    stream = _stream(name)
    if only and stream not in map(_stream, only):
        return False
    return stream not in map(_stream, left_out)


def part_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Yield the problems of an invalid shard, and of report types that cannot be chosen."""
    try:
        configured_shard(config)
    except ValueError as error:
        fix = "give index and number, such as `0/16` to `15/16`"
        yield ConfigProblem("shard", str(error), fix)
    entries = config.get("reports") or []
    names = [entry if isinstance(entry, str) else entry["type"] for entry in entries]
    known = {*map(_stream, names), *LIFECYCLE_STREAMS}
    unknown = [
        problem
        for setting in (ONLY, EXCEPT)
        for problem in _unknown_types(setting, config.get(setting) or [], known)
    ]
    yield from unknown
    if (
        names
        and not unknown
        and not any(reads(config, name) for name in (*names, *LIFECYCLE_STREAMS))
    ):
        yield ConfigProblem(EXCEPT, "nothing is left to read", "leave out some of its entries")


def _unknown_types(
    setting: str, names: Collection[str], known: Collection[str]
) -> Iterator[ConfigProblem]:
    for number, name in enumerate(names):
        if _stream(name) not in known:
            what = f"{name!r} is not in `reports`"
            fix = did_you_mean(name, LIFECYCLE_STREAMS)
            fix = fix or f"name types of `reports`, or {', '.join(LIFECYCLE_STREAMS)}"
            yield ConfigProblem(setting_path((setting, number)), what, fix)


def _stream(name: str) -> str:
    """Return the stream of a report type in any spelling; an unknown name as it is."""
    if name in LIFECYCLE_STREAMS:
        return name
    try:
        return report_types.load(name.strip()).stream
    except SettingsError:
        return name.strip()
