"""The steps of all sellers whose calls are in flight, or wait for a connection."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from tap_mws_reports.api.call_executor import CallExecutor, Outcome
from tap_mws_reports.errors import TapError
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler
from tap_mws_reports.retrieval.steps import Step


class StepsInFlight:
    """Makes the calls that steps want, and resumes the steps with the responses.

    Args:
        executor: makes the calls.
        ended: called with the scheduler of each step that has ended.
        failed: called with the scheduler of each step that has failed for good, and the error.
    """

    def __init__(
        self,
        executor: CallExecutor,
        ended: Callable[[SellerScheduler], None],
        failed: Callable[[SellerScheduler, TapError], None],
    ) -> None:
        self._executor = executor
        self._on_end = ended
        self._on_failure = failed
        self._steps: dict[Step[None], SellerScheduler] = {}
        self._continued: deque[tuple[Step[None], Callable[[], Any]]] = deque()
        """Steps that want another call."""
        self._stopping = False

    @property
    def has_request(self) -> bool:
        """Whether a report request of any seller is in flight."""
        return any(scheduler.is_requesting for scheduler in self._steps.values())

    def begin(self, scheduler: SellerScheduler, step: Step[None]) -> None:
        """Begin a step, and make its first call when there is a connection."""
        self._steps[step] = scheduler
        self._advance(step, None)

    def go_on(self) -> None:
        """Make the calls that wait for a connection, as far as there are any."""
        while self._continued and self._executor.has_room:
            step, call = self._continued.popleft()
            self._submit(step, call)

    def stop(self) -> None:
        """Make no further call; the answers to those in flight are still taken."""
        self._stopping = True

    def _submit(self, step: Step[None], call: Callable[[], Any]) -> None:
        def done(outcome: Outcome[Any]) -> None:
            self._advance(step, outcome)

        self._executor.submit(call, done)

    def _advance(self, step: Step[None], outcome: Outcome[Any] | None) -> None:
        """Resume a step with the outcome of its call; ``outcome`` is None for its beginning."""
        scheduler = self._steps[step]
        if scheduler.is_closed and (outcome is None or isinstance(outcome.error, TapError | None)):
            self._drop(step)
            return
        try:
            if outcome is None:
                call = next(step)
            elif outcome.error is not None:
                call = step.throw(outcome.error)
            else:
                call = step.send(outcome.value)
        except StopIteration:
            del self._steps[step]
            self._on_end(scheduler)
        except TapError as error:
            del self._steps[step]
            if not self._stopping:
                self._on_failure(scheduler, error)
        else:
            if self._stopping:
                self._drop(step)
            elif self._executor.has_room and not self._continued:
                self._submit(step, call)
            else:
                self._continued.append((step, call))

    def _drop(self, step: Step[None]) -> None:
        del self._steps[step]
        step.close()
