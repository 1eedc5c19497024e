"""All pages of a list as one sequence."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from tap_mws_reports.errors import RequestRefused

T = TypeVar("T")


def unbroken(
    pages: Callable[[], Iterator[Sequence[T]]],
    key: Callable[[T], Hashable],
    is_lost: Callable[[RequestRefused], bool],
) -> Iterator[T]:
    """Yield every item once, fetching a page when the one before is used up.

    Amazon may give up the token of a next page; the remedy, to start over, is taken once. What
    moves to a later page meanwhile is not yielded twice.

    Args:
        pages: starts the list, and fetches its pages one by one.
        key: tells one item from another.
        is_lost: whether a refusal means that a token has been given up.

    Raises:
        RequestRefused: Amazon refused the list, or gave up its token again.
    """
    seen: set[Hashable] = set()
    try:
        yield from _unseen(pages(), key, seen)
    except RequestRefused as error:
        if not is_lost(error):
            raise
        yield from _unseen(pages(), key, seen)


def _unseen(
    pages: Iterator[Sequence[T]], key: Callable[[T], Hashable], seen: set[Hashable]
) -> Iterator[T]:
    for page in pages:
        for item in page:
            if key(item) not in seen:
                seen.add(key(item))
                yield item
