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


def moments(harness, operation: str) -> list[timedelta]:
    """When an operation was called, counted from its first call on."""
    calls = zip(harness.amazon.calls, harness.amazon.moments, strict=True)
    called = [moment for name, moment in calls if name == operation]
    return [moment - called[0] for moment in called]


def account(harness) -> SandboxAccount:
    return harness.amazon.accounts["NA"]


def requests(harness, report_type: str = ORDERS) -> list[RequestEntry]:
    entries = account(harness).requests.values()
    return [entry for entry in entries if entry.spec.report_type == report_type]


@pytest.mark.api("mws", reason="SP-API counts no calls by the hour")
def test_the_sixty_first_call_of_an_hour_is_held_until_it_may_go(make_harness) -> None:
    harness = make_harness(pace="steady")
    output = harness.run(DAILY, **days(80))
    assert not output.failures
    assert harness.amazon.refused == []
    for operation in ("request", "download"):
        called = moments(harness, operation)
        assert len(called) == 80
        assert called[:15] == [timedelta()] * 15
        pairs = zip(called, called[60:], strict=False)
        assert all(later - earlier >= HOUR for earlier, later in pairs)
    called = moments(harness, "request")
    assert called[59] == 45 * MINUTE
    assert called[60] == HOUR


@pytest.mark.parametrize("operation", ["request", "download"])
def test_a_run_after_a_kill_respects_the_used_quotas(make_harness, operation) -> None:
    harness = make_harness(pace="steady")
    with pytest.raises(KeyboardInterrupt):
        interrupted(harness, operation, call=21, windows=60)
    states = [each["value"] for each in harness.written if each["type"] == "STATE"]
    output = harness.run(DAILY, **days(60), state=states[-1])
    assert not output.failures
    assert len(requests(harness)) == 60
    assert "request" not in harness.amazon.throttled  # the list tells what was spent
    assert harness.amazon.throttled.count("download") <= 1  # which nothing tells beforehand


def test_a_listed_request_counts_for_its_whole_second(
    make_harness,
) -> None:
    harness = make_harness(pace="steady")
    harness.clock.sleep(0.9)
    with pytest.raises(KeyboardInterrupt):
        interrupted(harness, "request", call=21, windows=40)
    states = [each["value"] for each in harness.written if each["type"] == "STATE"]
    harness.run(DAILY, **days(40), state=states[-1])
    assert "request" not in harness.amazon.throttled


def test_requests_that_were_answered_are_in_the_state_of_a_killed_run(make_harness) -> None:
    harness = make_harness(pace="steady")
    with pytest.raises(KeyboardInterrupt):
        interrupted(harness, "request", call=6, windows=10)
    state = [each["value"] for each in harness.written if each["type"] == "STATE"][-1]
    (partition,) = state["bookmarks"][STREAM]["partitions"]
    found = {each["report_request_id"] for each in partition["open_requests"]}
    assert found == {entry.request_id for entry in requests(harness)}
    assert len(found) == 5


def interrupted(harness, operation: str, *, call: int, windows: int) -> None:
    """Run, and stop it at a call of an operation."""
    handle = harness.amazon.handle

    def dying(request, now) -> Response:
        done = harness.amazon.calls.count(operation)
        if harness.amazon.word(request) == operation and done == call - 1:
            raise KeyboardInterrupt
        return handle(request, now)

    harness.amazon.handle = dying
    try:
        harness.run(DAILY, **days(windows))
    finally:
        harness.amazon.handle = handle


def test_requests_of_other_streams_use_the_same_quota(make_harness) -> None:
    """A quota is of all report types together, also of those that have nothing to request."""
    harness = make_harness(pace="steady")
    first = harness.run(DAILY, **days(15))
    harness.run(DAILY, {"type": RETURNS, "window_days": 1}, **days(15), state=first.state)
    assert len(requests(harness, RETURNS)) == 15
    assert "request" not in harness.amazon.throttled


@pytest.mark.api(slow="mws", reason="the order is chosen above the services")
def test_the_newest_windows_go_first_if_configured(make_harness) -> None:
    harness = make_harness(pace="steady")
    harness.run(DAILY, {"type": RETURNS, "window_days": 1}, **days(6), order="newest")
    entries = sorted([*requests(harness), *requests(harness, RETURNS)], key=lambda each: each.order)
    starts = [entry.spec.start for entry in entries]
    assert len(starts) == 12
    assert starts == sorted(starts, reverse=True)


@pytest.mark.api(slow="mws", reason="the order is chosen above the services")
@pytest.mark.parametrize("most", [1, 3])
def test_no_more_requests_are_open_than_configured(make_harness, most) -> None:
    harness = make_harness(pace="steady")
    output = harness.run(DAILY, {"type": RETURNS, "window_days": 1}, **days(6), max_open=most)
    assert not output.failures
    entries = requests(harness) + requests(harness, RETURNS)
    assert len(entries) == 12
    # One that has just ended gives its place to the next in the same moment.
    tick = timedelta(microseconds=1)
    assert peak([(entry.submitted, entry.ends - tick) for entry in entries]) == most


@pytest.mark.api(slow="mws", reason="the order is chosen above the services")
def test_a_stuck_request_counts_as_open_until_it_times_out(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.STUCK, ORDERS), pace="steady")
    output = harness.run(DAILY, **days(6), max_open=1, max_wait=60)
    assert len(output.failures) == 1
    assert len(requests(harness)) == 6
    assert max(moments(harness, "request")) < 3 * HOUR
