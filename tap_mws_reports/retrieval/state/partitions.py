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


class PartitionState(dict[str, Any]):
    """The state of a partition, which keeps its encoded form until it changes.

    So a STATE message costs little more than the partitions that have changed since the last one.
    What is in it is replaced, never changed in place; see `Bookmark`.
    """

    encoded: bytes | None = None
    """Its JSON, once it has been encoded in this form."""

    def update(self, *args: Any, **values: Any) -> None:  # noqa: ANN401 - as `dict` has it
        """Replace values."""
        self.encoded = None
        super().update(*args, **values)

    def __setitem__(self, key: str, value: object) -> None:
        """Replace a value."""
        self.encoded = None
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        """Remove a value."""
        self.encoded = None
        super().__delitem__(key)

    def pop(self, *args: Any) -> Any:  # noqa: ANN401 - as `dict` has it
        """Remove and return a value."""
        self.encoded = None
        return super().pop(*args)

    def setdefault(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as `dict` has it
        """Return a value, which is set if it is missing."""
        self.encoded = None
        return super().setdefault(key, default)


class Partitions:
    """Finds and creates the partitions of one stream, in place.

    Partitions of sellers that are not configured are kept: a seller may return.
    """

    def __init__(self, stream_state: dict[str, Any]) -> None:
        self._list: list[dict[str, Any]] = stream_state.setdefault("partitions", [])
        for place, each in enumerate(self._list):
            if not isinstance(each, PartitionState):
                self._list[place] = PartitionState(each)
        # The first of several partitions with the same context is used.
        self._found = {_key(each["context"]): each for each in reversed(self._list)}
        self._known_sets: defaultdict[str, set[str]] = defaultdict(set)
        for partition in self._list:
            context = partition["context"]
            self._known_sets[context["seller_id"]].add(context.get("marketplace_ids", ""))

    def of(self, context: Context) -> dict[str, Any]:
        """Return the state of a partition; create it if there is none."""
        partition = self._found.get(_key(context))
        if partition is None:
            partition = self._found[_key(context)] = PartitionState(context=context)
            self._list.append(partition)
        return partition

    def has_other_marketplaces(self, seller_id: str, sets: Collection[Iterable[str]]) -> bool:
        """Whether the state has partitions of a seller with other sets of marketplaces."""
        configured = {",".join(sorted(marketplace_ids)) for marketplace_ids in sets}
        return not self._known_sets.get(seller_id, set()) <= configured


def _key(context: Context) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(context.items()))
