"""The real tap against the sandbox in the process, under a clock that moves only when it sleeps."""

from __future__ import annotations

import copy
import io
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import requests

import tap_mws_reports.sandbox
from benchmarks.fast_clock_tap import START
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.config.validation import retrieval_policy
from tap_mws_reports.connection import quotas, request_budgets
from tap_mws_reports.retrieval.planning.run_plan import make_plan
from tap_mws_reports.retrieval.scheduling.forecast import Forecast
from tap_mws_reports.sandbox.adapter import SandboxAdapter
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.network import operation_name
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS, SandboxSeller
from tap_mws_reports.tap import TapMwsReports

REPORT_TYPES = (
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_",
    "_GET_SELLER_FEEDBACK_DATA_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_",
    "_GET_FBA_REIMBURSEMENTS_DATA_",
)
"""Types without a limit of a few reports in some hours in either service."""

WINDOW_DAYS = 3
"""Long enough for nearly all reports to have rows: an empty one needs no download."""

LIFECYCLE = ("report_requests", "reports", "report_schedules")
_REFUSED = 400
"""The lowest HTTP status of an error."""


@dataclass(frozen=True)
class Constant:
    """A pace at which every report takes equally long."""

    seconds: float
    name: str = "constant"

    def draw(self, rng: random.Random, report_type: str) -> tuple[timedelta, timedelta]:
        """Return how long one report waits, and how long it is worked on."""
        del rng, report_type
        return timedelta(), timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Lognormal:
    """A pace at which each report type has its own median, and spreads around it."""

    medians: Mapping[str, float]
    spread: float
    name: str = "lognormal"

    def draw(self, rng: random.Random, report_type: str) -> tuple[timedelta, timedelta]:
        """Return how long one report waits, and how long it is worked on."""
        seconds = rng.lognormvariate(math.log(self.medians.get(report_type, 1.0)), self.spread)
        return timedelta(), timedelta(seconds=round(seconds, 1))


class Killed(Exception):
    """The program was killed."""


class WatchedAmazon(Amazon):
    """An Amazon that counts requests and refusals."""

    def __init__(
        self,
        pace: Any,  # noqa: ANN401 - one of the two above
        members: Mapping[str, SandboxSeller] = SELLERS,
        seed: int = 1,
    ) -> None:
        super().__init__(START, seed, pace, members=members)
        self.calls: Counter[str] = Counter()
        self.throttled = 0
        self.dies_at: int | None = None

    def handle(self, request: Request, now: datetime) -> Response:
        """Answer and count; at the call ``dies_at`` the calling program is killed."""
        if self.calls.total() == self.dies_at:
            self.dies_at = None
            raise Killed
        response = super().handle(request, now)
        self.calls[operation_name(request)] += 1
        self.throttled += response.status >= _REFUSED
        return response

    def intervals(self, since: datetime) -> list[tuple[datetime, datetime]]:
        """Return from when to when each report request of the tap was worked on."""
        return [
            (entry.submitted, entry.ends)
            for account in self.accounts.values()
            for entry in account.requests.values()
            if entry.spec.report_type in REPORT_TYPES and entry.submitted >= since and entry.ends
        ]

    def requested(self, since: datetime) -> Counter[tuple[str, str, str]]:
        """Return how often each report was requested in the first region: type, start, end."""
        return Counter(
            (entry.spec.report_type, str(entry.spec.start), str(entry.spec.end))
            for entry in self.accounts["NA"].requests.values()
            if entry.submitted >= since
        )


class SlowAdapter(SandboxAdapter):
    """Lets the clock pass for every call, as a network and a remote host do.

    Args:
        amazon: answers.
        clock: passes the time.
        call_time: seconds until the answer of a call.
        download_time: seconds until the whole of a document has come.
    """

    def __init__(
        self, amazon: Amazon, clock: VirtualClock, call_time: float, download_time: float
    ) -> None:
        super().__init__(amazon, clock)
        self._passing_clock = clock
        self.call_seconds = 0.0
        """The seconds of all calls and documents together."""
        self._call_time = call_time
        self._download_time = download_time

    def send(
        self,
        request: requests.PreparedRequest,
        *args: Any,  # noqa: ANN401 - as `requests` calls it
        **options: Any,  # noqa: ANN401
    ) -> requests.Response:
        """Return the sandbox's answer, of the moment in the middle of the call."""
        seconds = self._download_time if is_download(request) else self._call_time
        self.call_seconds += seconds
        self._passing_clock.sleep(seconds / 2)
        answer = super().send(request, *args, **options)
        self._passing_clock.sleep(seconds / 2)
        return answer


@dataclass
class StateCost:
    """What the STATE messages of a run cost: processor seconds, and bytes of the largest."""

    states: int = 0
    seconds: float = 0.0
    largest: int = 0

    def watch(self, tap: TapMwsReports, output: _Nowhere) -> None:
        """Measure all STATE messages of a tap."""
        write = tap.state_writer.write_state

        def measured(state: Any) -> None:  # noqa: ANN401 - as the SDK has it
            before, started = output.size, time.process_time()
            write(state)
            self.seconds += time.process_time() - started
            self.states += output.size > before
            self.largest = max(self.largest, output.size - before)

        tap.state_writer.write_state = measured  # type: ignore[method-assign]


def is_download(request: requests.PreparedRequest) -> bool:
    """Whether a request is for a document: by its presigned address, or MWS's GetReport."""
    body = request.body or b""
    form = body if isinstance(body, bytes) else body.encode()
    return "X-Amz-Signature" in (request.url or "") or b"Action=GetReport&" in form + b"&"


class VirtualRun:
    """Runs of the tap against one Amazon.

    Args:
        pace: how long its reports take.
        sellers: how many there are.
        api: the service.
        window_days: how many days each report is of.
        seed: decides how long each report takes, where the pace leaves it to chance.
        call_time: seconds that each call takes.
        download_time: seconds that each document takes.
        report_types: what is read.
        settings: of the tap, beside those that say what is read.
    """

    def __init__(
        self,
        pace: Any,  # noqa: ANN401 - one of the two above
        sellers: int = 1,
        api: str = "mws",
        window_days: int = WINDOW_DAYS,
        seed: int = 1,
        call_time: float = 0.0,
        download_time: float = 0.0,
        report_types: Sequence[str] = REPORT_TYPES,
        **settings: object,
    ) -> None:
        self._seed = seed
        self.output = bytearray()
        """What the last run has written, if it is kept."""
        self.keeps_output = False
        self.observe: Callable[[bytes], None] = lambda _: None
        """Receives the bytes that leave the tap, whole lines, at their moment."""
        self._report_types = report_types
        self.api = api
        self.clock = VirtualClock(START)
        self.state_cost = StateCost()
        self.call_seconds = 0.0
        """The seconds of all calls and documents together."""
        self._times = call_time, download_time
        members = _members(sellers)
        self.amazon = WatchedAmazon(pace, {member.seller_id: member for member in members}, seed)
        self._start = START.replace(hour=0, minute=0, second=0) - timedelta(days=400)
        self._config: dict[str, Any] = {
            "api": api,
            "sandbox": True,
            "sellers": [_entry(member) for member in members],
            "marketplace_ids": ["US"],
            "start_date": self._start.isoformat(),
            "reports": [
                {"type": name, "window_days": window_days, "lookback_days": 0}
                for name in report_types
            ],
            **settings,
        }
        self._window = timedelta(days=window_days)
        self.want(0)

    def want(self, reports: int) -> None:
        """Want so many reports in all, over five report types."""
        end = self._start + reports // len(self._report_types) * self._window
        self._config["end_date"] = end.isoformat()

    def also(self, *report_types: str) -> None:
        """Read further report types from now on."""
        self._config["reports"] = [*self._config["reports"], *report_types]

    def run(
        self, state: dict[str, Any] | None = None, dies_after: int | None = None
    ) -> dict[str, Any]:
        """Run the tap to its end, or until so many calls are made; return its last state."""
        if dies_after is not None:
            self.amazon.dies_at = self.amazon.calls.total() + dies_after
        with self._tap(state) as tap, suppress(Killed):
            tap.sync_to_the_end()
        return tap.state

    def plan(self, state: dict[str, Any] | None = None) -> Forecast:
        """Return what `mws-reports plan` would expect of a run that starts now."""
        with self._tap(state) as tap:
            partition_requests = tap.partition_requests()
            budgets = request_budgets(tap.owners)
        return make_plan(
            partition_requests,
            retrieval_policy(self._config),
            quotas(self._config),
            self.clock.now(),
            budgets,
        ).forecast

    @contextmanager
    def _tap(self, state: dict[str, Any] | None) -> Iterator[TapMwsReports]:
        self.output = bytearray()
        output = _Nowhere(self.output if self.keeps_output else None, self.observe)
        adapters: list[SlowAdapter] = []

        def make_adapter(clock: VirtualClock) -> SlowAdapter:
            adapters.append(SlowAdapter(self.amazon, clock, *self._times))
            return adapters[-1]

        with (
            patch.object(tap_mws_reports.sandbox, "adapter", make_adapter),
            patch("tap_mws_reports.tap.make_clock", lambda _config: self.clock),
            patch("tap_mws_reports.streams.sdk.utc_now", self.clock.now),
            patch("tap_mws_reports.connection.factory._rng", self._rng),
            redirect_stdout(io.TextIOWrapper(output)),
        ):
            given = copy.deepcopy(state)  # the tap continues to write in it
            tap = TapMwsReports(config=self._config, state=given, catalog=self._catalog())
            self.state_cost.watch(tap, output)
            yield tap
        self.call_seconds += sum(each.call_seconds for each in adapters)

    def _rng(self) -> random.Random:
        return random.Random(self._seed)  # noqa: S311 - not for secrets

    def _catalog(self) -> dict[str, Any]:
        """Return a catalog in which the lists of requests and reports are not selected."""
        return deselect_lifecycle(TapMwsReports(config=self._config).catalog_dict)


def deselect_lifecycle(catalog: dict[str, Any]) -> dict[str, Any]:
    """Deselect the streams of requests, reports and schedules in a catalog, and return it."""
    for stream in catalog["streams"]:
        if stream["tap_stream_id"] in LIFECYCLE:
            stream["metadata"] = [{"breadcrumb": [], "metadata": {"selected": False}}]
    return catalog


def _members(count: int) -> list[SandboxSeller]:
    """Return sellers of one region, the sandbox's own first."""
    first = SELLERS["NA"]
    others = [
        replace(
            first,
            seller_id=f"A{number:06}",
            access_key_id=f"key-{number}",
            secret_access_key=f"secret-{number}",
            refresh_token=f"Atzr|refresh-{number}",
        )
        for number in range(2, count + 1)
    ]
    return [first, *others]


def _entry(member: SandboxSeller) -> dict[str, Any]:
    return {
        "seller_id": member.seller_id,
        "aws_access_key_id": member.access_key_id,
        "aws_secret_access_key": member.secret_access_key,
        "refresh_token": member.refresh_token,
    }


class _Nowhere(io.RawIOBase):
    """A file that counts the bytes that are written to it, and drops them unless they are kept."""

    def __init__(self, kept: bytearray | None, observe: Callable[[bytes], None]) -> None:
        self.size = 0
        self._kept = kept
        self._observe = observe

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
        self.size += len(data)
        if self._kept is not None:
            self._kept += data
        self._observe(bytes(data))
        return len(data)
