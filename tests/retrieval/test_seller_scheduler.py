"""What goes when: quotas to the second, order, and how many requests are open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.quota_bound import peak
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Response

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"
STREAM = "flat_file_all_orders_data_by_last_update"
DAILY = {"type": ORDERS, "window_days": 1}
START = datetime(2020, 3, 20, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def days(number: int) -> dict[str, str]:
    """Settings for so many windows of a day."""
    end = START + timedelta(days=number)
    return {"start_date": START.isoformat(), "end_date": end.isoformat()}


def moments(bench, operation: str) -> list[timedelta]:
    """When an operation was called, counted from its first call on."""
    calls = zip(bench.amazon.calls, bench.amazon.moments, strict=True)
    called = [moment for name, moment in calls if name == operation]
    return [moment - called[0] for moment in called]


def account(bench) -> SandboxAccount:
    return bench.amazon.accounts["NA"]


def requests(bench, report_type: str = ORDERS) -> list[RequestEntry]:
    entries = account(bench).requests.values()
    return [entry for entry in entries if entry.wanted.report_type == report_type]


@pytest.mark.api("mws", reason="SP-API counts no calls by the hour")
@pytest.mark.parametrize("operation", ["request", "download"])
def test_the_sixty_first_call_of_an_hour_is_held_until_it_may_go(make_bench, operation) -> None:
    bench = make_bench(pace="steady")
    output = bench.run(DAILY, **days(80))
    assert not output.failures
    assert bench.amazon.refused == []
    called = moments(bench, operation)
    assert len(called) == 80
    assert called[:15] == [timedelta()] * 15
    assert all(later - earlier >= HOUR for earlier, later in zip(called, called[60:], strict=False))
    if operation == "request":
        assert called[59] == 45 * MINUTE
        assert called[60] == HOUR


@pytest.mark.parametrize("operation", ["request", "download"])
def test_a_run_after_a_kill_finds_its_way_into_the_quotas(make_bench, operation) -> None:
    bench = make_bench(pace="steady")
    with pytest.raises(KeyboardInterrupt):
        interrupted(bench, operation, call=21, windows=60)
    states = [each["value"] for each in bench.written if each["type"] == "STATE"]
    output = bench.run(DAILY, **days(60), state=states[-1])
    assert not output.failures
    assert len(requests(bench)) == 60
    assert "request" not in bench.amazon.throttled  # the list tells what was spent
    assert bench.amazon.throttled.count("download") <= 1  # which nothing tells beforehand


def test_the_list_tells_the_second_of_a_request_and_the_quota_counts_all_of_it(make_bench) -> None:
    bench = make_bench(pace="steady")
    bench.clock.sleep(0.9)
    with pytest.raises(KeyboardInterrupt):
        interrupted(bench, "request", call=21, windows=40)
    states = [each["value"] for each in bench.written if each["type"] == "STATE"]
    bench.run(DAILY, **days(40), state=states[-1])
    assert "request" not in bench.amazon.throttled


def interrupted(bench, operation: str, *, call: int, windows: int) -> None:
    """Run, and stop it at a call of an operation."""
    handle = bench.amazon.handle

    def dying(request, now) -> Response:
        done = bench.amazon.calls.count(operation)
        if bench.amazon.word(request) == operation and done == call - 1:
            raise KeyboardInterrupt
        return handle(request, now)

    bench.amazon.handle = dying
    try:
        bench.run(DAILY, **days(windows))
    finally:
        bench.amazon.handle = handle


def test_requests_of_other_streams_were_spent_too(make_bench) -> None:
    """A quota is of all report types together, also of those that have nothing to request."""
    bench = make_bench(pace="steady")
    first = bench.run(DAILY, **days(15))
    bench.run(DAILY, {"type": RETURNS, "window_days": 1}, **days(15), state=first.state)
    assert len(requests(bench, RETURNS)) == 15
    assert "request" not in bench.amazon.throttled


def test_the_newest_windows_go_first_if_the_user_says_so(make_bench) -> None:
    bench = make_bench(pace="steady")
    bench.run(DAILY, {"type": RETURNS, "window_days": 1}, **days(6), order="newest")
    entries = sorted([*requests(bench), *requests(bench, RETURNS)], key=lambda each: each.order)
    starts = [entry.wanted.start for entry in entries]
    assert len(starts) == 12
    assert starts == sorted(starts, reverse=True)


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_requests_are_open_than_the_user_allows(make_bench, most) -> None:
    bench = make_bench(pace="steady")
    output = bench.run(DAILY, {"type": RETURNS, "window_days": 1}, **days(6), max_open=most)
    assert not output.failures
    entries = requests(bench) + requests(bench, RETURNS)
    assert len(entries) == 12
    # One that has just ended gives its place to the next in the same moment.
    tick = timedelta(microseconds=1)
    assert peak([(entry.submitted, entry.ends - tick) for entry in entries]) == most


def test_a_stuck_request_holds_its_place_no_longer_than_it_is_waited_for(make_bench) -> None:
    bench = make_bench(Fault(FaultKind.STUCK, ORDERS), pace="steady")
    output = bench.run(DAILY, **days(6), max_open=1, max_wait=60)
    assert len(output.failures) == 1
    assert len(requests(bench)) == 6
    assert max(moments(bench, "request")) < 3 * HOUR
