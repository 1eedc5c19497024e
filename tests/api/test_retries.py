from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.api.retries import Retrier

START = datetime(2020, 6, 12, 11, 0, tzinfo=UTC)
QUOTA = Quota(burst=2, restore_seconds=45)


class Chances(random.Random):
    """Always takes the longest of what is offered, and remembers the offers."""

    def __init__(self) -> None:
        super().__init__(0)
        self.offers: list[tuple[float, float]] = []

    def uniform(self, a: float, b: float) -> float:
        self.offers.append((a, b))
        return b


class Attempt:
    """Fails by script, and then succeeds for ever."""

    def __init__(self, clock: VirtualClock, *script: Exception) -> None:
        self._clock = clock
        self._script = list(script)
        self.seconds: list[float] = []

    def __call__(self) -> str:
        self.seconds.append((self._clock.now() - START).total_seconds())
        if self._script:
            raise self._script.pop(0)
        return "done"


def unavailable() -> errors.ServiceUnavailable:
    return errors.ServiceUnavailable("HTTP 500")


def throttled(after: float | None = None) -> errors.Throttled:
    return errors.Throttled("slow down", retry_after=after, amazon_code="RequestThrottled")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


def test_pauses_are_drawn_from_doubling_ranges(clock: VirtualClock) -> None:
    chances, attempt = Chances(), Attempt(clock, *(unavailable() for _ in range(4)))
    assert (
        Retrier(clock, chances).repeat(attempt, name="GetReport", budget=Budget(QUOTA, START))
        == "done"
    )
    assert chances.offers == [(0.0, 1.0), (0.0, 2.0), (0.0, 4.0), (0.0, 8.0)]
    assert attempt.seconds == [0.0, 1.0, 3.0, 7.0, 15.0]


def test_pauses_have_a_maximum(clock: VirtualClock) -> None:
    chances, attempt = Chances(), Attempt(clock, *(unavailable() for _ in range(7)))
    Retrier(clock, chances).repeat(attempt, name="GetReport", budget=Budget(QUOTA, START), tries=8)
    assert chances.offers[-2:] == [(0.0, 30.0), (0.0, 30.0)]


@pytest.mark.parametrize("tries", [1, 4, 5])
def test_the_error_of_the_last_attempt_is_raised(clock: VirtualClock, tries: int) -> None:
    attempt = Attempt(clock, *(unavailable() for _ in range(9)))
    with pytest.raises(errors.ServiceUnavailable):
        Retrier(clock, Chances()).repeat(
            attempt, name="GetReport", budget=Budget(QUOTA, START), tries=tries
        )
    assert len(attempt.seconds) == tries


@pytest.mark.parametrize(
    "error",
    [
        errors.RequestRefused("400"),
        errors.CredentialsError("403"),
        errors.HostUnreachable("no such host"),
    ],
)
def test_permanent_errors_are_not_retried(clock: VirtualClock, error: errors.TapError) -> None:
    attempt = Attempt(clock, error)
    with pytest.raises(type(error)):
        Retrier(clock, Chances()).repeat(attempt, name="GetReport", budget=Budget(QUOTA, START))
    assert attempt.seconds == [0.0]


def test_an_attempt_waits_for_the_budget_first(clock: VirtualClock) -> None:
    budget = Budget(QUOTA, START)
    budget.take(START)
    budget.take(START)
    attempt = Attempt(clock)
    Retrier(clock, Chances()).repeat(attempt, name="GetReport", budget=budget)
    assert attempt.seconds == [45.0]


@pytest.mark.parametrize(
    ("make", "seconds"),
    [
        (throttled, [0.0, 45.0, 90.0, 135.0]),
        (lambda: throttled(600.0), [0.0, 600.0, 1200.0, 1800.0]),
    ],
)
def test_the_caller_waits_for_an_exhausted_quota(
    clock: VirtualClock, make: Callable[[], errors.Throttled], seconds: list[float]
) -> None:
    attempt = Attempt(clock, make(), make(), make())
    Retrier(clock, Chances()).repeat(
        attempt, name="GetReport", budget=Budget(QUOTA, START), tries=1
    )
    assert attempt.seconds == seconds


def test_a_wait_for_the_quota_is_not_counted_as_a_retry(clock: VirtualClock) -> None:
    script = [unavailable(), throttled(), unavailable(), throttled(), throttled(), unavailable()]
    attempt = Attempt(clock, *script, unavailable())
    Retrier(clock, Chances()).repeat(attempt, name="GetReport", budget=Budget(QUOTA, START))
    assert len(attempt.seconds) == 8


def test_throttling_without_end_fails_at_last(clock: VirtualClock) -> None:
    attempt = Attempt(clock, *(throttled() for _ in range(1000)))
    with pytest.raises(errors.HostUnreachable, match="since 2020-06-12 11:00 UTC") as caught:
        Retrier(clock, Chances()).repeat(attempt, name="GetReport", budget=Budget(QUOTA, START))
    assert caught.value.amazon_code == "RequestThrottled"
    assert attempt.seconds == [45.0 * number for number in range(161)]
