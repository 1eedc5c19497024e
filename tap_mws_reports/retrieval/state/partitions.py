"""The partitions of a stream's state: each is found at once, however many sellers there are.

The SDK's own look-up walks all partitions for each one, and so would take the square of their
number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

Context = dict[str, str]


def context_of(seller_id: str, marketplace_ids: Iterable[str]) -> Context:
    """Return what names a partition of a row stream."""
    return {"seller_id": seller_id, "marketplace_ids": ",".join(sorted(marketplace_ids))}


class Partitions:
    """Finds and makes the partitions of one stream, in place.

    Those of sellers that nobody asks about stay as they are: a seller may come back.
    """

    def __init__(self, stream_state: dict[str, Any]) -> None:
        self._list: list[dict[str, Any]] = stream_state.setdefault("partitions", [])
        # Of two with the same context the first one counts.
        self._found = {_key(each["context"]): each for each in reversed(self._list)}
        self._asked: defaultdict[str, set[str]] = defaultdict(set)
        for partition in self._list:
            context = partition["context"]
            self._asked[context["seller_id"]].add(context.get("marketplace_ids", ""))

    def of(self, context: Context) -> dict[str, Any]:
        """Return the state of a partition, made empty when there is none yet."""
        partition = self._found.get(_key(context))
        if partition is None:
            partition = self._found[_key(context)] = {"context": context}
            self._list.append(partition)
        return partition

    def asked_otherwise(self, seller_id: str, sets: Collection[Iterable[str]]) -> bool:
        """Whether the state given tells of a seller's reports of other sets of marketplaces."""
        asked = {",".join(sorted(marketplace_ids)) for marketplace_ids in sets}
        return not self._asked.get(seller_id, set()) <= asked


def _key(context: Context) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(context.items()))
