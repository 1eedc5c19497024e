"""All pages of a list as one sequence."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from tap_mws_reports.errors import RequestRefused

T = TypeVar("T")


def iterate_pages(
    pages: Callable[[], Iterator[Sequence[T]]],
    key: Callable[[T], Hashable],
    is_lost: Callable[[RequestRefused], bool],
) -> Iterator[T]:
    """Yield every item once, fetching the next page when it is needed.

    When Amazon no longer accepts the token of a page, the list is read again from its
    start, once. Items that were yielded before are skipped.

    Args:
        pages: starts the list, and fetches its pages one by one.
        key: distinguishes items.
        is_lost: whether an error means that a token is no longer accepted.

    Raises:
        RequestRefused: Amazon refused the list, or a token for the second time.
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
