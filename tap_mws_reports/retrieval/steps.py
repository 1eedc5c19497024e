"""Steps: what a scheduler does, as generators that yield the calls to Amazon they want.

The driver of a step makes the call, and sends its result back or throws its error. So calls of
many steps overlap, while the steps themselves, and all that they change, run in one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Step: TypeAlias = Generator[Callable[[], Any], Any, T]
"""Yields calls, receives their results, and returns a ``T``."""


def run_step(step: Step[T]) -> T:
    """Make the calls of a step at once; return what the step returns."""
    try:
        call = next(step)
        while True:
            try:
                result = call()
            except Exception as error:  # noqa: BLE001 - the step decides
                call = step.throw(error)
            else:
                call = step.send(result)
    except StopIteration as end:
        value: T = end.value
        return value


class StepCounter:
    """Counts the steps of one kind that are in flight."""

    def __init__(self) -> None:
        self.in_flight = 0

    def counted(self, step: Step[None]) -> Step[None]:
        """Return a step that counts from its beginning to its end."""
        self.in_flight += 1
        try:
            yield from step
        finally:
            self.in_flight -= 1
