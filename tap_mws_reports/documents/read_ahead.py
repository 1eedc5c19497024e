"""Make the next part of a document while the last one is used."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def read_ahead(parts: Generator[T]) -> Iterator[T]:
    """Yield the parts in their order; a thread makes the next one meanwhile.

    One part is made ahead, so memory does not grow with the document. An error is raised after all
    parts before it. Whoever stops early waits for the part that is being made.

    Args:
        parts: none of them is None.
    """
    with ThreadPoolExecutor(1, "document") as reader:
        try:
            following = reader.submit(next, parts, None)
            while (part := following.result()) is not None:
                following = reader.submit(next, parts, None)
                yield part
        finally:
            reader.shutdown()
            parts.close()
