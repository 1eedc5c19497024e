"""The partitions of a stream's state, indexed by context.

The SDK searches all partitions for each one, which takes quadratic time for many sellers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

Context = dict[str, str]


def context_of(seller_id: str, marketplace_ids: Iterable[str], group: int = 1) -> Context:
    """Return the context of a partition of a row stream.

    ``group`` counts the parts of an option whose values do not fit in one request.
    """
    context = {"seller_id": seller_id, "marketplace_ids": ",".join(sorted(marketplace_ids))}
    return context if group == 1 else {**context, "group": str(group)}


class Partitions:
    """Finds and creates the partitions of one stream, in place.

    Partitions of sellers that are not configured are kept: a seller may return.
    """

    def __init__(self, stream_state: dict[str, Any]) -> None:
        self._list: list[dict[str, Any]] = stream_state.setdefault("partitions", [])
        # The first of several partitions with the same context is used.
        self._found = {_key(each["context"]): each for each in reversed(self._list)}
        self._asked: defaultdict[str, set[str]] = defaultdict(set)
        for partition in self._list:
            context = partition["context"]
            self._asked[context["seller_id"]].add(context.get("marketplace_ids", ""))

    def of(self, context: Context) -> dict[str, Any]:
        """Return the state of a partition; create it if there is none."""
        partition = self._found.get(_key(context))
        if partition is None:
            partition = self._found[_key(context)] = {"context": context}
            self._list.append(partition)
        return partition

    def asked_otherwise(self, seller_id: str, sets: Collection[Iterable[str]]) -> bool:
        """Whether the state has partitions of a seller with other sets of marketplaces."""
        asked = {",".join(sorted(marketplace_ids)) for marketplace_ids in sets}
        return not self._asked.get(seller_id, set()) <= asked


def _key(context: Context) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(context.items()))
