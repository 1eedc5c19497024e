"""Whose turn it is, for quotas that can be counted by hand: a burst of 15, then one a minute."""

from __future__ import annotations

from collections import Counter

import pytest

from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.retrieval.scheduling.quota_timeline import QuotaTimeline
from tap_mws_reports.retrieval.scheduling.request_order import (
    QuotaOutlook,
    TypeBacklog,
    next_report_type,
)

MINUTE, HOUR = 60.0, 3600.0
LONGEST = {"slow": 1800.0, "middle": 600.0, "quick": 30.0}


def pace(now) -> QuotaTimeline:
    quota = Quota(15, MINUTE)
    return QuotaTimeline(Budget(quota, now).moments(now, 300), quota)


def backlogs(slow: int = 0, middle: int = 0, quick: int = 0) -> list[TypeBacklog]:
    counts = {"slow": slow, "middle": middle, "quick": quick}
    return [
        TypeBacklog(name, LONGEST[name], LONGEST[name], left)
        for name, left in counts.items()
        if left
    ]


@pytest.fixture
def turn(now):
    """Return whose turn it is at a moment, after so many requests and downloads at once."""

    def ask(
        left: list[TypeBacklog],
        moment: float = 0.0,
        *,
        requested_types: tuple[str, ...] = tuple(LONGEST),
        arrivals: tuple[float, ...] = (),
        requested: int = 1,
        downloaded: int = 0,
    ) -> str:
        requests, downloads = pace(now), pace(now)
        for _ in range(requested):
            requests(0.0)
        for _ in range(downloaded):
            downloads(0.0)
        return next_report_type(
            left, requested_types, QuotaOutlook(moment, requests, downloads, arrivals)
        )

    return ask


@pytest.mark.parametrize(
    ("left", "given", "expected"),
    [
        pytest.param(
            backlogs(slow=40, quick=50), {"arrivals": (HOUR,)}, "quick", id="there is nothing to do"
        ),
        pytest.param(
            backlogs(slow=40, quick=50),
            {"arrivals": (0.0, HOUR)},
            "quick",
            id="not for long enough",
        ),
        pytest.param(
            backlogs(slow=40, quick=50), {"arrivals": (0.0, 50.0, HOUR)}, "slow", id="it is fed"
        ),
        pytest.param(
            backlogs(slow=40, quick=50),
            {"arrivals": (HOUR,), "downloaded": 3},
            "slow",
            id="its quota is used already",
        ),
        pytest.param(backlogs(slow=14, quick=9), {}, "slow", id="it would not be missed"),
    ],
)
def test_a_quick_type_goes_first_when_download_quota_would_be_lost(
    turn, left, given, expected
) -> None:
    assert turn(left, **given) == expected


@pytest.mark.parametrize(
    ("requested_types", "expected"),
    [((), "slow"), (("slow",), "middle"), (("slow", "middle"), "quick")],
)
def test_every_type_is_requested_once_at_first(turn, requested_types, expected) -> None:
    assert turn(backlogs(20, 20, 20), requested_types=requested_types, downloaded=15) == expected


def test_slow_types_too_many_for_later_go_first(turn) -> None:
    assert turn(backlogs(slow=20, quick=2), downloaded=15, requested=15) == "slow"


def test_each_type_is_spread_over_the_time_of_its_requests(turn) -> None:
    left, order = backlogs(slow=30, middle=30, quick=30), []
    for number in range(90):
        moment = max(0, number - 14) * MINUTE
        order.append(turn(left, moment, requested=number + 1, downloaded=15 + number))
        backlog = next(each for each in left if each.report_type == order[-1])
        backlog.left -= 1
        left = [each for each in left if each.left]
    thirds = [Counter(order[start : start + 30]) for start in (0, 30, 60)]
    assert min(thirds[0].values()) >= 5
    assert thirds[0]["slow"] > thirds[0]["quick"]
    assert thirds[2]["slow"] < thirds[2]["middle"] < thirds[2]["quick"]
    assert order[-1] == "quick"
    # Downloads end after 90 minutes; the call that goes half an hour before is the 75th.
    assert 90 - order[::-1].index("slow") <= 75
