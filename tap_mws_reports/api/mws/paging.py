"""All pages of a list as one sequence.

Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_UsingNextToken.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tap_mws_reports.api.mws.operations import OPERATIONS, Operation
from tap_mws_reports.api.mws.wire import Answer
from tap_mws_reports.api.paging import unbroken

Item = dict[str, object]
CallOperation = Callable[[str, Mapping[str, object]], Answer]


def items(call: CallOperation, name: str, values: Mapping[str, object]) -> Iterator[Item]:
    """Yield every item of a list operation once; as `unbroken`."""
    operation = OPERATIONS[name]
    shape = operation.result.item
    return unbroken(
        pages=lambda: _pages(call, operation, values),
        key=lambda item: str(item[shape.key]) if shape is not None else None,
        is_lost=lambda error: error.amazon_code == "NextTokenCorrupted",
    )


def _pages(
    call: CallOperation, operation: Operation, values: Mapping[str, object]
) -> Iterator[Sequence[Item]]:
    answer = call(operation.name, values)
    yield answer.items
    while answer.has_next and operation.next_token is not None:
        answer = call(operation.next_token, {"next_token": answer.next_token})
        yield answer.items
