"""Merge the states of shards, and split a state into those of shards.

What the state has by seller (partitions, schedules, ledgers of a seller) is in one part only; what
all sellers share (columns, ledgers of an application) is in every part. A split state that is
merged again is equal to the original, its lists of sellers sorted.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from tap_mws_reports.api.request_ledger import merge_entries
from tap_mws_reports.errors import StateError
from tap_mws_reports.retrieval.shard import Shard
from tap_mws_reports.retrieval.state.ledger_state import KEY as LEDGERS
from tap_mws_reports.retrieval.state.listing_bookmarks import merge_listing_partitions

State = dict[str, Any]

_SORTED_COLUMNS = ("columns", "seen_columns")
_SENT_COLUMNS = "sent_columns"


class _Part(NamedTuple):
    """One of several states, or the part of it that belongs to a stream."""

    name: str
    state: State


def merge_states(states: Mapping[str, State], today: date) -> State:
    """Return the state of all sellers of several states.

    Args:
        states: the states by their names, which errors mention; validated.
        today: dates the columns that a partition has not been compared with.

    Raises:
        StateError: two states disagree about a seller, or about what they share.
    """
    parts = [_Part(name, copy.deepcopy(state)) for name, state in states.items()]
    bookmarks = [_Part(each.name, each.state.pop("bookmarks", {})) for each in parts]
    merged = _equal_values(parts, "the state")
    names = sorted({stream for each in bookmarks for stream in each.state})
    merged["bookmarks"] = {
        stream: _merged_stream(
            stream,
            [_Part(name, state[stream]) for name, state in bookmarks if stream in state],
            today,
        )
        for stream in names
    }
    return merged


def split_state(state: State, count: int) -> list[State]:
    """Return the states of ``count`` shards.

    Raises:
        StateError: a stream's state does not name its sellers, as those of early versions.
    """
    bookmarks: Mapping[str, State] = state.get("bookmarks", {})
    for stream, bookmark in bookmarks.items():
        if "partitions" not in bookmark and "replication_key_value" in bookmark:
            raise StateError(
                f"The state of {stream} does not name its sellers.",
                hint="run the tap once with all sellers and split the state that it writes",
            )
    parts: list[State] = []
    for index in range(count):
        part = {stream: _part_of(each, Shard(index, count)) for stream, each in bookmarks.items()}
        parts.append(copy.deepcopy({**state, "bookmarks": dict(sorted(part.items()))}))
    return parts


def _part_of(bookmark: State, shard: Shard) -> State:
    """Return what belongs to the sellers of a shard, and what all sellers share."""
    part = dict(bookmark)
    for key, seller_of in _BY_SELLER.items():
        if key in part:
            own = [
                entry
                for entry in part[key]
                if (seller_id := seller_of(entry)) is None or shard.has(seller_id)
            ]
            part[key] = _in_order(key, own)
    return part


def _merged_stream(stream: str, parts: Sequence[_Part], today: date) -> State:
    sent = _joined(part.state.get(_SENT_COLUMNS, []) for part in parts)
    for part in parts:
        _compare_with(sent, part.state, today)
    merged: State = {key: _merged_list(stream, key, parts) for key in _BY_SELLER}
    merged |= {
        key: sorted({name for part in parts for name in part.state.get(key, [])})
        for key in _SORTED_COLUMNS
    }
    merged[_SENT_COLUMNS] = sent
    there = {key for part in parts for key in part.state}
    rest = [
        _Part(name, {key: value for key, value in state.items() if key not in merged})
        for name, state in parts
    ]
    return {
        **{key: value for key, value in merged.items() if key in there},
        **_equal_values(rest, f"the state of {stream}"),
    }


def _equal_values(parts: Iterable[_Part], where: str) -> State:
    """Return values that are equal wherever they are."""
    merged: State = {}
    source: dict[str, str] = {}
    for name, state in parts:
        for key, value in state.items():
            if key in merged and merged[key] != value:
                raise StateError(
                    f"{source[key]} and {name} disagree about `{key}` of {where}.",
                    hint="merge states that the same version of the tap wrote",
                )
            merged[key] = value
            source.setdefault(key, name)
    return merged


def _merged_list(stream: str, key: str, parts: Iterable[_Part]) -> list[State]:
    """Merge the entries of a list: those with one identity become one entry."""
    found: dict[tuple[object, ...], list[_Part]] = {}
    for name, state in parts:
        of_this_state = set()
        for entry in state.get(key, []):
            identity = _IDENTITY[key](entry)
            # The first of several entries in one state is the one that the tap uses.
            if identity not in of_this_state:
                of_this_state.add(identity)
                found.setdefault(identity, []).append(_Part(name, entry))
    return _in_order(key, (_merged_entry(stream, key, entries) for entries in found.values()))


def _merged_entry(stream: str, key: str, entries: Sequence[_Part]) -> State:
    first = entries[0]
    others = [each for each in entries if each.state != first.state]
    if not others:
        return first.state
    if key == LEDGERS:
        return merge_entries([each.state for each in entries])
    if key == "partitions" and "marketplace_ids" not in first.state["context"]:
        return merge_listing_partitions([each.state for each in entries])
    raise StateError(
        f"{first.name} and {others[0].name} both have seller {_BY_SELLER[key](first.state)} in "
        f"{stream}, with different contents.",
        hint="a seller belongs to one shard; leave out the state that is older",
    )


def _joined(lists: Iterable[list[str]]) -> list[str]:
    """Return every name once, in the order of the first appearance."""
    return list(dict.fromkeys(name for names in lists for name in names))


def _compare_with(sent: list[str], stream: State, today: date) -> None:
    """Let the partitions count their columns by ``sent``, in place.

    A partition says how many of the stream's `sent_columns` it was compared with. Where another
    state has others before them, it now counts as compared with all: those that it has not met are
    absent in 0 documents, which is what the next document would record.
    """
    own = stream.get(_SENT_COLUMNS, [])
    for partition in stream.get("partitions", []):
        compared = partition.get("compared_columns", 0)
        if sent[:compared] != own[:compared]:
            absent = {entry[0]: entry for entry in partition.get("absent_columns", [])}
            absent |= {
                name: [name, 0, today.isoformat()] for name in sent if name not in own[:compared]
            }
            partition["compared_columns"] = len(sent)
            partition["absent_columns"] = [absent[name] for name in sent if name in absent]


def _in_order(key: str, entries: Iterable[State]) -> list[State]:
    return sorted(entries, key=lambda entry: tuple(map(str, _IDENTITY[key](entry))))


def _context(partition: State) -> tuple[object, ...]:
    return tuple(sorted(partition["context"].items(), key=lambda each: each[0] != "seller_id"))


_BY_SELLER: Mapping[str, Callable[[State], str | None]] = {
    "partitions": lambda entry: entry["context"]["seller_id"],
    "schedules": lambda entry: entry["seller_id"],
    LEDGERS: lambda entry: entry.get("seller_id"),
}
"""The lists of a stream's state whose entries belong to sellers; None: to all of them."""

_IDENTITY: Mapping[str, Callable[[State], tuple[object, ...]]] = {
    "partitions": _context,
    "schedules": lambda entry: (
        entry["seller_id"],
        entry["report_type"],
        entry.get("marketplace_ids"),
    ),
    LEDGERS: lambda entry: (entry["application"], entry.get("seller_id", "")),
}
"""What makes two entries of a list the same."""
