"""The three executors: what calls, waits and connections do at the same time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.call_executor import CallExecutor, InlineExecutor, Outcome, in_order
from tap_mws_reports.api.clock import SystemClock, VirtualClock
from tap_mws_reports.api.greenlet_executor import GreenletExecutor
from tap_mws_reports.api.thread_executor import ThreadExecutor
from tap_mws_reports.connection.transports import make_executor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = 3600.0


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


def passed(clock: VirtualClock) -> float:
    return (clock.now() - NOW).total_seconds()


def outcomes(executor: CallExecutor, count: int) -> None:
    """Wait until so many outcomes are delivered."""
    left = executor.in_flight - count
    while executor.in_flight > left:
        executor.wait(HOUR)
        executor.deliver()


@pytest.mark.parametrize(
    ("clock", "connections", "kind"),
    [
        (VirtualClock(NOW), 1, InlineExecutor),
        (SystemClock(), 1, InlineExecutor),
        (VirtualClock(NOW), 2, GreenletExecutor),
        (SystemClock(), 2, ThreadExecutor),
    ],
)
def test_the_clock_and_the_setting_choose_the_executor(clock, connections, kind) -> None:
    assert type(make_executor(clock, connections)) is kind


@pytest.mark.parametrize(
    ("connections", "seconds"), [(1, 60.0), (2, 30.0), (3, 20.0), (6, 10.0), (9, 10.0)]
)
def test_calls_overlap_up_to_the_number_of_connections(clock, connections, seconds) -> None:
    executor = make_executor(clock, connections)

    def call(number: int) -> int:
        executor.transport_clock.sleep(10.0)
        return number

    calls = [lambda number=number: call(number) for number in range(6)]
    assert [each.result() for each in in_order(executor, calls)] == list(range(6))
    assert passed(clock) == seconds


@pytest.mark.parametrize("connections", [1, 2])
def test_an_error_is_the_outcome_of_its_call(clock, connections) -> None:
    executor = make_executor(clock, connections)

    def fail() -> None:
        raise ValueError("no answer")

    failed, fine = in_order(executor, [fail, lambda: None])
    assert isinstance(failed.error, ValueError)
    with pytest.raises(ValueError, match="no answer"):
        failed.result()
    assert fine == Outcome(None)


def test_a_sleeping_call_releases_its_connection(clock) -> None:
    executor = GreenletExecutor(clock, 2)

    def retried() -> str:
        executor.transport_clock.sleep(1.0)
        executor.clock.sleep(30.0)
        executor.transport_clock.sleep(1.0)
        return "retried"

    def plain() -> str:
        executor.transport_clock.sleep(20.0)
        return "plain"

    calls = [retried, retried, plain, plain]
    ended = [(each.result(), passed(clock)) for each in in_order(executor, calls)]
    assert [name for name, _ in ended] == ["retried", "retried", "plain", "plain"]
    assert [moment for _, moment in ended] == [32.0] * 4, "the others went in the pause"


def test_a_call_waits_for_a_connection_after_its_sleep(clock) -> None:
    executor = GreenletExecutor(clock, 2)
    moments: list[float] = []

    def retried() -> None:
        executor.clock.sleep(5.0)
        moments.append(passed(clock))

    def plain() -> None:
        executor.transport_clock.sleep(20.0)

    list(in_order(executor, [retried, plain, plain]))
    assert moments == [20.0]


def test_the_loop_sleeps_while_calls_are_in_flight(clock) -> None:
    executor = GreenletExecutor(clock, 2)
    found: list[Outcome[float]] = []

    def call() -> float:
        executor.transport_clock.sleep(3.0)
        return passed(clock)

    executor.submit(call, found.append)
    executor.clock.sleep(10.0)
    assert passed(clock) == 10.0
    assert not found, "outcomes are delivered on demand"
    assert executor.deliver()
    assert found == [Outcome(3.0)]
    executor.wait(5.0)
    assert passed(clock) == 15.0


def test_abandoned_calls_end_without_an_outcome(clock) -> None:
    executor = GreenletExecutor(clock, 2)
    found: list[Outcome[None]] = []
    tidied: list[str] = []

    def call() -> None:
        try:
            executor.clock.sleep(HOUR)
        finally:
            tidied.append("tidied")

    executor.submit(call, found.append)
    executor.close()
    executor.deliver()
    assert (found, tidied) == ([], ["tidied"])


def test_only_one_thread_runs_at_a_time() -> None:
    executor = ThreadExecutor(SystemClock(), 4)
    thinking: list[int] = []
    most: list[int] = []
    entered = threading.Barrier(4)

    class Connection:
        def send(self, request: object) -> object:
            entered.wait(10.0)  # all four are in their connections at once
            return request

        def stream(self, request: object, path: object) -> object:
            del path
            return self.send(request)

    transport = executor.guarded(Connection())  # type: ignore[arg-type]

    def call() -> None:
        for _ in range(3):
            thinking.append(1)
            most.append(len(thinking))
            thinking.pop()
            transport.send(None)  # type: ignore[arg-type]

    found: list[Outcome[None]] = []
    with executor.locked():
        for _ in range(4):
            assert executor.has_room
            executor.submit(call, found.append)
        assert not executor.has_room
        with executor.locked():  # again within itself
            pass
    outcomes(executor, 4)
    executor.close()
    assert [each.error for each in found] == [None] * 4
    assert set(most) == {1}


def test_a_sleeping_thread_releases_its_connection() -> None:
    woken = threading.Event()

    class Sleeper(SystemClock):
        def sleep(self, seconds: float) -> None:
            del seconds
            woken.wait(10.0)

    executor = ThreadExecutor(Sleeper(), 2)
    found: list[str] = []

    def sleeps() -> None:
        executor.clock.sleep(1.0)
        found.append("slept")

    for _ in range(2):
        executor.submit(sleeps, lambda _outcome: None)
    while not executor.has_room:
        executor.wait(10.0)
    executor.submit(lambda: found.append("went meanwhile"), lambda _outcome: None)
    outcomes(executor, 1)
    assert found == ["went meanwhile"]
    woken.set()
    outcomes(executor, 2)
    executor.close()
    assert found == ["went meanwhile", "slept", "slept"]
    assert executor.has_room


def test_threads_do_not_delay_the_exit() -> None:
    executor = ThreadExecutor(SystemClock(), 2)
    answered, requested = threading.Event(), threading.Event()

    def call() -> None:
        with executor.unlocked():
            requested.set()
            answered.wait(10.0)

    executor.submit(call, lambda _outcome: None)
    assert requested.wait(10.0)
    threads = [each for each in threading.enumerate() if each.name == "call to Amazon"]
    assert threads
    assert all(each.daemon for each in threads)
    executor.close()
    answered.set()
    for each in threads:
        each.join(10.0)
        assert not each.is_alive()


def test_a_wait_ends_at_its_time() -> None:
    executor = ThreadExecutor(SystemClock(), 2)
    executor.wait(0.001)
    assert not executor.deliver()
    executor.close()
