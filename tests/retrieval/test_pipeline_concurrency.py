"""Steps of several sellers at the same time, their ends, and what a stop makes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.greenlet_executor import GreenletExecutor
from tap_mws_reports.errors import CredentialsError, SettingsError, TapError
from tap_mws_reports.retrieval.pipeline import Pipeline
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies, SharedLatencies
from tap_mws_reports.retrieval.steps import Step

SECONDS = 10.0


class Scripted:
    """A scheduler that asks so many questions, each by a step of its own."""

    def __init__(self, seller_id: str, job: ReportJob, call: Callable[[], str], steps: int) -> None:
        self.seller_id = seller_id
        self.jobs = [job]
        self.is_closed = self.is_requesting = False
        self.answers: list[str] = []
        self.end: Callable[[], None] = lambda: None
        self._call = call
        self._left = steps

    def next_step(self, now: datetime) -> Step[None] | None:
        if not self._left or self.is_closed:
            return None
        self._left -= 1
        return self._ask(now)

    def _ask(self, now: datetime) -> Step[None]:
        self.is_requesting = True
        try:
            self.answers.append((yield self._call))
            self.answers.append((yield self._call))
            self.jobs[0].request_again(now)
        finally:
            self.is_requesting = False
        self.end()
        if not self._left:
            self.jobs[0].empty()

    def take_places(self, now: datetime) -> None:
        pass

    def is_about_to_poll(self, now: datetime) -> bool:
        del now
        return False

    def until_next_move(self, now: datetime) -> float | None:
        del now
        return None

    def quota_limited(self, now: datetime) -> list[object]:
        del now
        return []

    def close(self, error: TapError, now: datetime) -> None:
        del error, now
        self.is_closed = True
        self.jobs[0].empty()


class Polling(Scripted):
    """A scheduler that next moves in an hour, or when a latency is known."""

    latencies: Latencies

    def next_step(self, now: datetime) -> Step[None] | None:
        return super().next_step(now) if self.latencies.median("type") else None

    def until_next_move(self, now: datetime) -> float | None:
        del now
        return 3600.0 if self._left else None


class Run:
    """A pipeline over scripted sellers; a call takes ten seconds."""

    def __init__(self, make_work: Callable[..., ReportJob], now: datetime, most: int) -> None:
        self.began = now
        self.clock = VirtualClock(now)
        self.executor = GreenletExecutor(self.clock, most)
        self.calls = 0
        self.errors: dict[str, TapError] = {}
        self._make_work = make_work
        self.sellers: list[Scripted] = []
        self.latencies = SharedLatencies()

    def add_polling(self, seller_id: str) -> None:
        seller = Polling(seller_id, self._make_work(), lambda: seller_id, 1)
        seller.latencies = Latencies(shared=self.latencies)
        self.sellers.append(seller)

    def add(self, seller_id: str, steps: int = 1) -> Scripted:
        def call() -> str:
            self.calls += 1
            self.executor.transport_clock.sleep(SECONDS)
            if error := self.errors.get(seller_id):
                raise error
            return seller_id

        self.sellers.append(Scripted(seller_id, self._make_work(), call, steps))
        return self.sellers[-1]

    def pipeline(self) -> Pipeline:
        def lost(seller_id: str, error: TapError) -> list[str]:
            if isinstance(error, SettingsError):
                raise error
            return [seller_id]

        return Pipeline(
            self.sellers,  # type: ignore[arg-type]
            self.clock,
            lambda _call, _seconds: None,
            lost,
            lambda: None,
            executor=self.executor,
            latencies=self.latencies,
        )

    @property
    def seconds(self) -> float:
        return (self.clock.now() - self.began).total_seconds()


@pytest.fixture
def make_run(make_work, now) -> Callable[..., Run]:
    return lambda connections=8: Run(make_work, now, connections)


@pytest.mark.parametrize(("connections", "seconds"), [(2, 60.0), (3, 40.0), (6, 20.0), (8, 20.0)])
def test_all_sellers_request_at_the_same_time(make_run, connections, seconds) -> None:
    run = make_run(connections)
    for number in range(6):
        run.add(f"A{number}")
    assert len(list(run.pipeline().ended("stream"))) == 6
    assert run.seconds == seconds
    assert [each.answers for each in run.sellers] == [[f"A{n}", f"A{n}"] for n in range(6)]


@pytest.mark.parametrize(("learns", "seconds"), [(True, 20.0), (False, 3600.0)])
def test_sellers_are_woken_when_another_one_learns_a_latency(make_run, learns, seconds) -> None:
    run = make_run()
    for number in range(3):
        run.add_polling(f"A{number}")
    other = run.add("A3")
    pipeline = run.pipeline()
    if learns:
        pipeline.go_on()
        other.end = lambda: Latencies(shared=run.latencies).learn("type", 300)
    jobs = pipeline.ended("stream")
    assert next(jobs) is other.jobs[0]
    if not learns:
        run.latencies.learn("type", 300)
        run.latencies.take_lower()
    assert len(list(jobs)) == 3
    assert run.seconds == seconds


def test_the_results_of_a_lost_sellers_calls_are_ignored(make_run) -> None:
    run = make_run()
    lost, other = run.add("A1", steps=3), run.add("A2")
    run.errors["A1"] = CredentialsError("refused")
    assert len(list(run.pipeline().ended("stream"))) == 2
    assert (lost.answers, lost.is_closed) == ([], True)
    assert (other.answers, other.is_closed) == (["A2", "A2"], False)
    assert run.seconds == 2 * SECONDS


def test_a_stop_records_the_response_and_makes_no_further_call(make_run) -> None:
    run = make_run()
    seller = run.add("A1")
    pipeline = run.pipeline()
    pipeline.go_on()
    assert (run.calls, seller.answers) == (1, [])
    pipeline.settle(2 * SECONDS, stop=True)
    assert (run.calls, seller.answers, run.seconds) == (1, ["A1"], SECONDS)


def test_a_stop_waits_no_longer_than_its_limit(make_run) -> None:
    run = make_run()
    seller = run.add("A1")
    pipeline = run.pipeline()
    pipeline.go_on()
    pipeline.settle(2.0, stop=True)
    assert (seller.answers, run.seconds) == ([], 2.0)


def test_an_error_while_a_document_is_read_ends_the_run_after_it(make_run) -> None:
    run = make_run()
    run.add("A1")
    run.errors["A1"] = SettingsError("wrong")
    pipeline = run.pipeline()
    pipeline.go_on()
    run.executor.clock.sleep(SECONDS)
    pipeline.go_on()
    with pytest.raises(SettingsError):
        list(pipeline.ended("stream"))
