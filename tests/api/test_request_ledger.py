from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from tap_mws_reports.api.request_ledger import (
    FORGOTTEN_AFTER,
    PROBE_INTERVAL,
    RequestLedger,
    RequestLimit,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
QUARTER = RequestLimit(1, timedelta(minutes=15), "application")
DAY = RequestLimit(96, timedelta(days=1), "application")
FEW = RequestLimit(2, timedelta(minutes=25), "seller")


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


def granted(*at: float, limits: tuple[RequestLimit, ...] = ()) -> RequestLedger:
    ledger = RequestLedger(limits)
    for number in at:
        ledger.granted(minutes(number))
    return ledger


@pytest.mark.parametrize(
    ("limits", "before", "allowed"),
    [
        ((), [0, 0, 0], 0),
        ((QUARTER,), [], 0),
        ((QUARTER,), [0], 15),
        ((QUARTER,), [-15], 0),
        ((FEW,), [-3], 0),
        ((FEW,), [-20, -3], 5),
        ((QUARTER, DAY), [-1435, *[-15 * each for each in range(1, 96)]], 5),
        ((QUARTER, DAY), [-15 * each for each in range(1, 97)], 0),
    ],
)
def test_a_request_waits_for_every_limit(limits, before, allowed) -> None:
    assert granted(*sorted(before), limits=limits).allowed_at(NOW) == minutes(allowed)


def test_a_day_has_as_many_requests_as_the_limit_says() -> None:
    upcoming = RequestLedger((QUARTER, DAY)).upcoming(NOW)
    moments = [next(upcoming) for _ in range(200)]
    assert sum(each < NOW + timedelta(days=1) for each in moments) == 96
    assert moments[1] - moments[0] == QUARTER.span


def test_throttled_calls_count() -> None:
    ledger = granted(0, limits=(FEW,))
    ledger.refused(minutes(1))
    assert ledger.allowed_at(minutes(17)) == minutes(25)


def test_times_are_rounded_up_so_that_no_call_comes_too_soon() -> None:
    ledger = RequestLedger((QUARTER,))
    ledger.granted(NOW + timedelta(milliseconds=300))
    assert ledger.allowed_at(NOW) == minutes(15) + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("share", "count", "span"),
    [
        (Fraction(1), 96, timedelta(days=1)),
        (Fraction(1, 4), 24, timedelta(days=1)),
        (Fraction("0.3"), 28, timedelta(days=1) * (28 / 28.8)),
        (Fraction(1, 200), 1, timedelta(days=1) / 0.48),
    ],
)
def test_a_share_of_a_limit_has_that_share_of_its_rate(share, count, span) -> None:
    part = DAY.divided(share)
    assert part.count == count
    assert abs(part.span - span) < timedelta(milliseconds=1)
    rate, whole = part.count / part.span.total_seconds(), DAY.count / DAY.span.total_seconds()
    assert rate == pytest.approx(whole * float(share))


def test_four_processes_with_a_quarter_each_keep_the_daily_limit() -> None:
    assert QUARTER.divided(Fraction(1, 4)) == RequestLimit(1, timedelta(hours=1), "application")


def walk(ledger: RequestLedger, grants, days: float) -> tuple[list[datetime], list[datetime]]:
    """Request whenever the ledger allows it; return what ``grants`` granted, and refused."""
    good: list[datetime] = []
    bad: list[datetime] = []
    moment = NOW
    while moment < NOW + timedelta(days=days):
        if grants(good, moment):
            ledger.granted(moment)
            good.append(moment)
        else:
            ledger.refused(moment)
            bad.append(moment)
        moment = ledger.allowed_at(moment + timedelta(seconds=60))
    return good, bad


def spaced(spacing: timedelta):
    return lambda good, moment: not good or moment - good[-1] >= spacing


@pytest.mark.parametrize("spacing", [5, 15, 40, 120])
def test_an_unknown_spacing_is_learned(spacing: int) -> None:
    ledger = RequestLedger()
    good, bad = walk(ledger, spaced(timedelta(minutes=spacing)), days=3)
    assert spacing <= ledger.spacing.total_seconds() / 60 <= spacing * 1.3
    assert len(good) >= 0.7 * 3 * 24 * 60 / spacing
    assert all(later - sooner >= PROBE_INTERVAL for sooner, later in pairwise(bad))
    late = [each for each in bad if each > NOW + timedelta(days=1.5)]
    assert not late, "what was learned is kept"


def test_an_unrelated_throttling_is_soon_compensated() -> None:
    ledger = granted(-1)
    ledger.refused(NOW)
    good, bad = walk(ledger, lambda _good, _moment: True, days=0.1)
    assert not bad
    assert ledger.spacing == timedelta(0)
    assert sum(each < minutes(60) for each in good) >= 20


def test_a_learned_spacing_expires_a_week_after_the_last_throttling() -> None:
    ledger = granted(0)
    ledger.refused(minutes(1))
    ledger.granted(minutes(16))
    ledger.refused(minutes(20))
    ledger.granted(minutes(40))
    assert ledger.spacing
    later = minutes(20) + FORGOTTEN_AFTER + timedelta(minutes=1)
    entry = ledger.entry(later)
    assert not entry
    assert not ledger.is_limited
    assert ledger.allowed_at(later) == later


@pytest.mark.parametrize(
    ("refused", "now", "unavailable"),
    [([0], 1, False), ([0, 170], 171, False), ([0, 180], 181, True), ([0, 1440], 1441, True)],
)
def test_a_type_is_unavailable_after_three_hours_of_throttling(refused, now, unavailable) -> None:
    ledger = RequestLedger()
    for number in refused:
        ledger.refused(minutes(number))
    assert ledger.is_unavailable(minutes(now)) is unavailable
    # The next run tries once more.
    assert not ledger.is_unavailable(minutes(now + 60))
    ledger.granted(minutes(now + 60))
    ledger.refused(minutes(now + 61))
    assert not ledger.is_unavailable(minutes(now + 62))


def test_the_state_has_integers_and_only_relevant_requests() -> None:
    ledger = granted(-2000, -100, -20, limits=(QUARTER, DAY))
    ledger.refused(minutes(-0.01))
    entry = ledger.entry(NOW)
    assert entry["granted"] == [int(minutes(each).timestamp()) for each in (-100, -20)]
    assert all(type(each) is int for value in entry.values() for each in _each(value))
    assert not granted(-5).entry(NOW), "a type without a limit leaves nothing in the state"


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def test_a_restored_ledger_continues() -> None:
    ledger = granted(0, limits=(QUARTER,))
    ledger.refused(minutes(1))
    ledger.granted(minutes(20))
    again = RequestLedger((QUARTER,))
    again.merge(ledger.entry(minutes(20)))
    for moment in (minutes(20), minutes(29), minutes(60)):
        assert again.allowed_at(moment) == ledger.allowed_at(moment)
    assert again.spacing == ledger.spacing
    assert again.entry(minutes(21)) == ledger.entry(minutes(21))


def test_states_with_different_requests_are_merged() -> None:
    one, other = granted(0, 10, limits=(FEW,)), granted(0, 20, limits=(FEW,))
    for order in ((one, other), (other, one)):
        joined = RequestLedger((FEW,))
        for each in order:
            joined.merge(each.entry(minutes(20)))
        assert joined.entry(minutes(20))["granted"] == [
            int(minutes(each).timestamp()) for each in (0, 10, 20)
        ]


def test_two_requests_in_one_second_are_kept() -> None:
    ledger = granted(0, 0, limits=(FEW,))
    joined = RequestLedger((FEW,))
    for _ in range(2):
        joined.merge(ledger.entry(NOW))
    assert joined.allowed_at(minutes(1)) == minutes(25)
    assert len(joined.entry(NOW)["granted"]) == 2


def test_the_order_of_merging_does_not_matter() -> None:
    rng = random.Random(1)
    ledgers = []
    for _ in range(4):
        ledger = granted(*sorted(rng.sample(range(60), 5)), limits=(DAY,))
        ledgers.append(ledger.entry(minutes(61)))
    found = set()
    for _ in range(6):
        rng.shuffle(ledgers)
        joined = RequestLedger((DAY,))
        for each in ledgers:
            joined.merge(each)
        found.add(str(joined.entry(minutes(61))))
    assert len(found) == 1
