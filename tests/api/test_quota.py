"""Budgets: boundaries to the microsecond, and never a refusal by an exact count on the far side."""

from __future__ import annotations

import random
from collections import deque
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.quota import Budget, CallBudgets, Quota

START = datetime(2020, 6, 12, 11, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
LIST = Quota(burst=10, restore_seconds=45, hourly=80)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def spent(quota: Quota, calls: int, now: datetime = START) -> Budget:
    budget = Budget(quota, START)
    for _ in range(calls):
        budget.take(now)
    return budget


@pytest.mark.parametrize(
    ("calls", "now", "wait"),
    [
        (0, at(0), 0.0),
        (9, at(0), 0.0),
        (10, at(0), 45.0),
        (10, at(45) - TICK, 0.000001),
        (10, at(45), 0.0),
        (11, at(45), 45.0),
        (11, at(90), 0.0),
        (10, at(450), 0.0),
    ],
)
def test_the_token_bucket(calls: int, now: datetime, wait: float) -> None:
    assert spent(LIST, calls).wait(now) == wait


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    budget = Budget(LIST, START)
    later = at(100_000)
    for _ in range(10):
        assert budget.wait(later) == 0.0
        budget.take(later)
    assert budget.wait(later) == 45.0


def test_the_hourly_limit_applies_while_the_bucket_has_tokens() -> None:
    budget = Budget(Quota(burst=100, restore_seconds=1, hourly=3), START)
    for second in (0, 10, 20):
        assert budget.wait(at(second)) == 0.0
        budget.take(at(second))
    assert budget.wait(at(20)) == 3580.0
    assert budget.wait(at(3600) - TICK) == 0.000001
    assert budget.wait(at(3600)) == 0.0
    budget.take(at(3600))
    assert budget.wait(at(3600)) == 10.0


def test_calls_left_in_the_hour() -> None:
    budget = spent(Quota(burst=100, restore_seconds=1, hourly=3), 2)
    assert budget.hour is not None
    assert budget.hour.left(at(3599)) == 1
    assert budget.hour.left(at(3600)) == 3


def test_calls_left_in_the_hour_are_never_negative() -> None:
    budget = spent(Quota(burst=100, restore_seconds=1, hourly=3), 4)
    assert budget.hour is not None
    assert budget.hour.left(START) == 0


def test_a_throttled_response_empties_the_bucket() -> None:
    budget = Budget(LIST, START)
    budget.throttled(START)
    assert budget.wait(START) == 45.0
    assert budget.wait(at(45)) == 0.0
    budget.take(at(45))
    assert budget.wait(at(45)) == 45.0


def test_a_throttled_response_never_shortens_a_wait() -> None:
    budget = spent(LIST, 12)
    before = budget.wait(START)
    budget.throttled(START)
    assert budget.wait(START) == before


@pytest.mark.parametrize(("message", "wait"), [(600.0, 600.0), (10.0, 45.0), (90_000.0, 3600.0)])
def test_a_reset_time_is_respected_for_at_most_an_hour(message: float, wait: float) -> None:
    budget = Budget(LIST, START)
    budget.throttled(START, message)
    assert budget.wait(START) == wait


@pytest.mark.parametrize(
    ("maximum", "remaining", "resets_on", "calls", "wait"),
    [
        pytest.param(80.0, 80.0, at(720), 1, 0.0, id="nothing new"),
        pytest.param(80.0, 0.0, at(720), 0, 720.0, id="others used it up"),
        pytest.param(80.0, 1.0, at(720), 0, 0.0, id="one is left"),
        pytest.param(80.0, 1.0, at(720), 1, 720.0, id="and then none"),
        pytest.param(80.0, 0.0, at(-1), 0, 0.0, id="a reset that is over"),
        pytest.param(80.0, 0.0, at(90_000), 0, 3600.0, id="a reset too far away"),
        pytest.param(80.0, 2.0, at(720), 1, 0.0, id="two are left, and then one"),
        pytest.param(80.0, 0.0, at(0), 0, 0.0, id="a reset at this moment"),
        pytest.param(80.0, 0.0, None, 0, 0.0, id="a figure without its reset"),
        pytest.param(80.0, None, at(720), 0, 0.0, id="a reset without its figure"),
        pytest.param(2.0, None, None, 2, 3600.0, id="a smaller quota than the manual's"),
        pytest.param(1.0, None, None, 1, 3600.0, id="a quota of one"),
        pytest.param(0.0, None, None, 1, 3600.0, id="a quota of nothing is one"),
        pytest.param(200.0, 200.0, at(720), 10, 45.0, id="a larger one does not count"),
        pytest.param(None, None, None, 0, 0.0, id="no headers"),
    ],
)
def test_headers_only_tighten(
    maximum: float | None,
    remaining: float | None,
    resets_on: datetime | None,
    calls: int,
    wait: float,
) -> None:
    budget = Budget(LIST, START)
    budget.apply_headers(START, maximum, remaining, resets_on)
    for _ in range(calls):
        budget.take(START)
    assert budget.wait(START) == wait


def test_a_delayed_header_does_not_loosen_the_quota() -> None:
    budget = Budget(LIST, START)
    budget.apply_headers(START, 80.0, 0.0, at(720))
    budget.apply_headers(START, 80.0, 80.0, at(720))
    assert budget.wait(START) == 720.0
    assert budget.wait(at(720)) == 0.0


def test_a_past_reset_does_not_loosen_the_quota() -> None:
    budget = Budget(LIST, START)
    budget.apply_headers(START, 80.0, 0.0, at(720))
    for reset in (at(10), at(5)):
        budget.apply_headers(at(10), 80.0, 80.0, reset)
    assert budget.wait(at(10)) == 710.0


def test_a_header_applies_until_its_reset() -> None:
    budget = Budget(LIST, START)
    budget.apply_headers(START, 80.0, 0.0, at(720))
    budget.apply_headers(at(720), 80.0, 80.0, at(1440))
    assert budget.wait(at(720)) == 0.0


class AmazonsCount:
    """An independent count: fractions of tokens, and an hour from a fixed minute."""

    def __init__(self, quota: Quota, offset: int) -> None:
        self._quota = quota
        self._tokens = Fraction(quota.burst)
        self._at = START
        self._offset = timedelta(seconds=offset)
        self._hours: dict[int, int] = {}

    def accepts(self, now: datetime) -> bool:
        elapsed = Fraction((now - self._at) // TICK, 1_000_000)
        rate = Fraction(1) / Fraction(self._quota.restore_seconds)
        self._tokens = min(Fraction(self._quota.burst), self._tokens + elapsed * rate)
        self._at = now
        hour = (now - START + self._offset) // timedelta(hours=1)
        full = self._quota.hourly is not None and self._hours.get(hour, 0) >= self._quota.hourly
        if self._tokens < 1 or full:
            return False
        self._tokens -= 1
        self._hours[hour] = self._hours.get(hour, 0) + 1
        return True


class AmazonsRollingCount:
    """Another one: a log of the last hour."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._log: deque[datetime] = deque()

    def accepts(self, now: datetime) -> bool:
        recent = [call for call in self._log if now - call < timedelta(hours=1)]
        if self._quota.hourly is not None and len(recent) >= self._quota.hourly:
            return False
        self._log.append(now)
        return True


quotas = st.builds(
    Quota,
    burst=st.integers(1, 6),
    restore_seconds=st.sampled_from([0.5, 2.0, 45.0, 60.0, 1000.0]),
    hourly=st.none() | st.integers(1, 8),
)
microseconds = st.integers(0, 5_000_000)
calls = st.lists(st.tuples(st.just(0) | st.integers(0, 10**10), microseconds, microseconds))


@given(quotas, st.integers(0, 3599), calls)
def test_a_single_caller_is_never_throttled(
    quota: Quota, offset: int, script: list[tuple[int, int, int]]
) -> None:
    """Whatever the idle time before a call and however long it is on its way, there and back."""
    ours, amazons, rolling = (
        Budget(quota, START),
        AmazonsCount(quota, offset),
        AmazonsRollingCount(quota),
    )
    other_job = Budget(quota, START)
    now = START
    for idle, there, back in script:
        now += timedelta(microseconds=idle)
        now += timedelta(seconds=ours.wait(now))
        arrival = now + timedelta(microseconds=there)
        assert amazons.accepts(arrival)
        assert rolling.accepts(arrival)
        assert other_job.wait(arrival) == 0.0
        other_job.take(arrival)
        now = arrival + timedelta(microseconds=back)
        ours.take(now)


@given(quotas, st.integers(1, 30))
def test_the_wait_is_as_short_as_possible(quota: Quota, count: int) -> None:
    """One microsecond earlier, the far side would have refused."""
    ours, theirs, now = Budget(quota, START), Budget(quota, START), START
    for _ in range(count):
        wait = timedelta(seconds=ours.wait(now))
        if wait:
            assert theirs.wait(now + wait - TICK) > 0.0
        now += wait
        theirs.take(now)
        ours.take(now)


@given(quotas, st.lists(st.tuples(st.integers(-(10**6), 10**6), st.booleans()), max_size=40))
def test_waits_are_finite_and_not_negative_for_any_clock(
    quota: Quota, script: list[tuple[int, bool]]
) -> None:
    """Moments that go back and forth by days; each call spends a token and a place in the hour."""
    budget, calls, latest = Budget(quota, START), 0, START
    for second, called in script:
        now = at(second)
        wait = timedelta(seconds=budget.wait(now))
        restored = timedelta(seconds=quota.restore_seconds) * (calls + 1)
        hours = timedelta(hours=1) * (calls + 1)
        assert timedelta(0) <= wait <= max(latest - now, timedelta(0)) + restored + hours
        if called:
            budget.take(now)
            calls, latest = calls + 1, max(latest, now)


@pytest.mark.parametrize(
    ("rate", "waits"), [(0.5, [0, 2, 4]), (0.05, [0, 20, 40]), (0.1, [0, 10, 20])]
)
def test_another_rate_keeps_the_used_tokens(rate: float, waits: list[float]) -> None:
    budget = Budget(Quota(burst=3, restore_seconds=10), START)
    budget.take(START)
    budget.take(START)
    budget.set_rate(rate, START)
    assert budget.moments(START, 3) == waits


def test_a_rate_of_zero_is_ignored() -> None:
    budget = Budget(Quota(burst=1, restore_seconds=10), START)
    budget.set_rate(0.0, START)
    assert budget.moments(START, 2) == [0, 10]


@pytest.mark.parametrize(("rate", "seconds"), [(1e-9, 3600), (1e9, 0.001), (0.1, 10)])
def test_an_absurd_rate_is_clamped(rate: float, seconds: float) -> None:
    budget = Budget(Quota(burst=1, restore_seconds=10), START)
    for _ in range(3):
        budget.set_rate(rate, START)
    assert budget.moments(START, 2) == [0, seconds]


@pytest.mark.parametrize(
    ("quota", "per_hour"),
    [
        pytest.param(Quota(15, 60.0, hourly=60), 60, id="stated"),
        pytest.param(Quota(10, 45.0, hourly=None), 80, id="what comes back"),
        pytest.param(Quota(15, 1 / 0.0167), 60, id="not all of a call comes back"),
    ],
)
def test_calls_allowed_in_an_hour(quota: Quota, per_hour: int) -> None:
    assert quota.per_hour == per_hour


@pytest.mark.parametrize("seed", range(50))
def test_the_next_moments_are_those_of_successive_calls(seed: int) -> None:
    rng = random.Random(seed)
    quota = Quota(rng.randint(1, 20), rng.choice([0.5, 1 / 0.0167, 45, 60]))
    budget, now = Budget(quota, START), START
    for _ in range(rng.randint(0, 30)):
        now += timedelta(seconds=rng.uniform(0, 20))
        change = rng.choice([budget.take] * 5 + [budget.throttled])
        change(now)
    if rng.random() < 0.5:
        budget.throttled(now, retry_after=rng.uniform(0, 600))
    expected = budget.moments(now, 60)
    moment, waited = now, []
    for _ in expected:
        moment += timedelta(seconds=budget.wait(moment))
        budget.take(moment)
        waited.append((moment - now).total_seconds())
    assert expected == waited


@pytest.mark.parametrize(
    ("hourly", "expected"), [(3, [0, 300, 3600, 3600]), (None, [0, 300, 300, 310])]
)
def test_computing_moments_spends_nothing(hourly: int | None, expected: list[float]) -> None:
    budget = Budget(Quota(burst=2, restore_seconds=10, hourly=hourly), START)
    budget.take(START)
    budget.apply_headers(START, None, 1.0, at(300))
    for _ in range(2):
        assert budget.moments(START, 4) == expected
    assert budget.hour is None or budget.hour.left(START) == 2


def test_calls_before_this_program_are_counted_from_the_first() -> None:
    quota = Quota(burst=2, restore_seconds=10, hourly=4)
    calls = [at(6), at(0), at(3)]
    budget = Budget.after(quota, calls, at(6))
    assert budget.quota == quota
    assert budget.moments(at(6), 3) == [4 + 10, 3600 - 6 + 0, 3600 - 3]
    assert Budget.after(quota, [], at(6)).moments(at(6), 3) == [0, 0, 10]


def test_each_operation_has_its_own_budget() -> None:
    clock = VirtualClock(START)
    two, one = Quota(burst=2, restore_seconds=10, hourly=60), Quota(burst=1, restore_seconds=60)
    budgets = CallBudgets({"list": two, "get": one, "create": one}, clock)

    budgets.of("get").take(START)
    assert budgets.of("get") is budgets.of("get")
    assert (budgets.of("get").quota, budgets.of("list").quota) == (one, two)
    assert budgets.seconds_until_allowed("get") == 60
    assert budgets.seconds_until_allowed("list") == 0
    assert budgets.moments("get", 2) == [60, 120]
    assert budgets.moments("list", 3) == [0, 0, 10]

    clock.sleep(15)
    assert budgets.seconds_until_allowed("get") == 45
    budgets.spent("create", [START])
    budgets.spent("list", [at(10), at(15)])
    assert budgets.moments("create", 1) == [45]
    assert budgets.moments("list", 3) == [0, 0, 10], "its first call was made by this program"
    budgets.spent("create", [at(15)])
    assert budgets.moments("create", 1) == [45]


def test_a_budget_starts_with_its_first_use() -> None:
    clock = VirtualClock(START)
    budgets = CallBudgets({"get": Quota(burst=1, restore_seconds=60)}, clock)
    clock.sleep(15)
    assert budgets.moments("get", 2) == [0, 60]
