"""All pages of a list as one sequence.

Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_UsingNextToken.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tap_mws_reports import errors
from tap_mws_reports.api.mws.operations import OPERATIONS, Operation
from tap_mws_reports.api.mws.wire import Answer

Item = dict[str, object]
CallOperation = Callable[[str, Mapping[str, object]], Answer]


def items(call: CallOperation, name: str, values: Mapping[str, object]) -> Iterator[Item]:
    """Yield every item of a list operation once, fetching a page when the one before is used up.

    Amazon may give up a NextToken; the manual's remedy, to start over, is taken once. What moves
    to a later page meanwhile is not yielded twice.

    Raises:
        RequestRefused: Amazon refused the list, or gave up its token again.
    """
    operation = OPERATIONS[name]
    seen: set[object] = set()
    try:
        yield from _unseen(_pages(call, operation, values), operation, seen)
    except errors.RequestRefused as error:
        if error.amazon_code != "NextTokenCorrupted":
            raise
        yield from _unseen(_pages(call, operation, values), operation, seen)


def _pages(
    call: CallOperation, operation: Operation, values: Mapping[str, object]
) -> Iterator[Answer]:
    answer = call(operation.name, values)
    yield answer
    while answer.has_next and operation.next_token is not None:
        answer = call(operation.next_token, {"next_token": answer.next_token})
        yield answer


def _unseen(pages: Iterator[Answer], operation: Operation, seen: set[object]) -> Iterator[Item]:
    shape = operation.result.item
    for page in pages:
        for item in page.items:
            key = item[shape.key] if shape is not None else None
            if key not in seen:
                seen.add(key)
                yield item
