"""A tap, an Amazon in the same process, and one virtual clock for both.

Every test with a harness runs over both services. What is about something that only one of them has
says so: ``@pytest.mark.api("mws", reason=...)``. What lies above the services, such as what follows
once a document is there, is the same over both, and runs over one of them among the slow proofs:
``@pytest.mark.api(slow="mws")``; in a module of such tests ``@pytest.mark.api()`` runs over both.
"""

from __future__ import annotations

import copy
import dataclasses
import gc
import inspect
import io
import json
import logging
import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import msgspec
import pytest
from hypothesis import HealthCheck, settings
from moto.server import ThreadedMotoServer

import tap_mws_reports.sandbox
from tap_mws_reports import report_types
from tap_mws_reports.api.clock import SystemClock, VirtualClock
from tap_mws_reports.api.sp_api.operations import TOKEN_HEADER
from tap_mws_reports.config.report_checks import spelled_for
from tap_mws_reports.errors import Incomplete
from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.adapter import SandboxAdapter
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import Fault
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES, LatencyProfile
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS, SandboxSeller
from tap_mws_reports.sandbox.server import served
from tap_mws_reports.sandbox.sp_api import routing, tokens
from tap_mws_reports.tap import TapMwsReports

# How many examples a property test tries; `make properties` takes the thorough profile.
_ANY_MACHINE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=30, **_ANY_MACHINE)
settings.register_profile("thorough", max_examples=2_000, **_ANY_MACHINE)
settings.load_profile("quick")

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
STEADY = LatencyProfile("steady", (0, 0, 0), (300, 300, 300))
AT_ONCE = LatencyProfile("at once", (0, 0, 0), (0, 0, 0))
APIS = ("mws", "sp_api")
ON_REQUEST = {
    Path(__file__).with_name(name): f"--{name}"
    for name in ("warehouses", "meltano", "clients", "dbt", "recipes", "scale")
} | {
    Path(__file__).with_name("page") / name: "--screenshots"
    for name in ("test_screenshots.py", "test_site_diagrams.py")
}
# What tests call by the same word, whichever service they run over. A list is one call more for
# each further page; with ids MWS's list is a poll.
CALLS = {
    "mws": {
        "request": "RequestReport",
        "poll": "GetReportRequestList",
        "download": "GetReport",
        "list": "GetReportRequestList",
        "page": "GetReportRequestListByNextToken",
        "schedules": "GetReportScheduleList",
    },
    "sp_api": {
        "request": "createReport",
        "poll": "getReport",
        "download": "getReportDocument",
        "list": "getReports",
        "page": "getReports",
        "schedules": "getReportSchedules",
    },
}


@dataclass
class Output:
    """What one run wrote, and how it ended."""

    messages: list[dict[str, Any]]
    failures: list[str] = field(default_factory=list)

    @property
    def state(self) -> dict[str, Any]:
        return [each["value"] for each in self.messages if each["type"] == "STATE"][-1]

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [
            each["record"]
            for each in self.messages
            if each["type"] == "RECORD" and each["stream"] == stream
        ]

    def schemas(self, stream: str) -> list[dict[str, Any]]:
        return [
            each for each in self.messages if each["type"] == "SCHEMA" and each["stream"] == stream
        ]

    def keys(self, stream: str) -> list[tuple[Any, ...]]:
        names = self.schemas(stream)[0]["key_properties"]
        return [tuple(record[name] for name in names) for record in self.records(stream)]

    def bookmark(self, stream: str) -> dict[str, Any]:
        return self.state["bookmarks"][stream]


class RecordingAmazon(Amazon):
    """An Amazon that records its calls: when they came, and their words in `CALLS`."""

    def __init__(
        self,
        faults: Iterable[Fault],
        pace: str,
        members: Mapping[str, SandboxSeller] = SELLERS,
        limit_scale: float = 1.0,
    ) -> None:
        profile = {**LATENCY_PROFILES, "steady": STEADY}[pace]
        super().__init__(NOW, 1, profile, faults, members, limit_scale)
        self.calls: list[str] = []
        self.moments: list[datetime] = []
        self.refused: list[int] = []
        self.throttled: list[str] = []

    def handle(self, request: Request, now: datetime) -> Response:
        self.calls.append(self.word(request))
        self.moments.append(now)
        response = super().handle(request, now)
        if response.status >= 300:
            self.refused.append(response.status)
        if response.status in {429, 503}:
            self.throttled.append(self.calls[-1])
        return response

    @staticmethod
    def word(request: Request) -> str:
        """Return what a request is called, or the name of its operation."""
        return _mws_word(request) if "Action" in request.params else _sp_api_word(request)

    @staticmethod
    def seller_id(request: Request) -> str:
        """Return who asks."""
        if token := request.headers.get(TOKEN_HEADER):
            return str(tokens.read(token).seller_id)
        by_token = {each.refresh_token: each.seller_id for each in SELLERS.values()}
        told = request.params.get("SellerId") or by_token.get(request.params.get("refresh_token"))
        return told or ""


def _mws_word(request: Request) -> str:
    action = request.params["Action"]
    if action == "GetReportRequestList":
        return "poll" if any("RequestIdList" in name for name in request.params) else "list"
    return {name: word for word, name in CALLS["mws"].items()}.get(action, action)


def _sp_api_word(request: Request) -> str:
    if not routing.is_call(request):
        return tokens.NAME if request.path == tokens.PATH else "document"
    name = routing.find(request)[0].name
    if "nextToken" in request.params:
        return "page"
    return {name: word for word, name in CALLS["sp_api"].items() if word != "page"}.get(name, name)


class Harness:
    """Runs the tap against one Amazon, as often as a test likes, while time goes on."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, api: str, faults: Iterable[Fault], pace: str
    ) -> None:
        self.api = api
        self.clock = VirtualClock(NOW)
        self.amazon = RecordingAmazon([self._fault(each) for each in faults], pace)
        self._monkeypatch = monkeypatch

    def _fault(self, fault: Fault) -> Fault:
        """Return a fault of an operation that has one of the words of `CALLS`."""
        name = self.names.get(fault.subject or "", fault.subject)
        return dataclasses.replace(fault, subject=name)

    @property
    def names(self) -> dict[str, str]:
        """The operations of the service by the words of `CALLS`."""
        return CALLS[self.api]

    def report_id(self, entry: RequestEntry) -> str:
        """Return the id by which the service knows the report of a request."""
        return entry.report.report_id if self.api == "mws" else entry.request_id

    def strike(self, *faults: Fault) -> None:
        """Let other faults come from now on."""
        self.amazon.faults.replace(self._fault(each) for each in faults)

    def connect(self) -> None:
        """Make taps use this Amazon and this clock, and not those of an earlier harness."""
        adapter = SandboxAdapter(self.amazon, self.clock)
        patch = self._monkeypatch
        patch.setattr(tap_mws_reports.sandbox, "adapter", lambda _clock: adapter)
        patch.setattr("tap_mws_reports.tap.make_clock", lambda _config: self.clock)

    def spelled(self, report_type: str) -> str:
        """Return the name of a report type as logs spell it over this service."""
        return spelled_for(report_types.load(report_type), self.api)

    def tap(
        self,
        *reports: object,
        state: Mapping[str, Any] | None = None,
        catalog: Mapping[str, Any] | None = None,
        **settings: object,
    ) -> TapMwsReports:
        self.connect()
        start = "2020-04-13T00:00:00Z"
        config = {"api": self.api, "sandbox": True, "start_date": start, "reports": list(reports)}
        given = copy.deepcopy(state)  # the tap continues to write in it
        return TapMwsReports(config={**config, **settings}, state=given, catalog=catalog)

    def run(self, *reports: object, **settings: Any) -> Output:
        return self.sync(self.tap(*reports, **settings))

    def sync(self, tap: TapMwsReports) -> Output:
        self.connect()
        self._written = written = io.BytesIO()
        failures: list[str] = []
        with self._monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", io.TextIOWrapper(written, write_through=True))
            try:
                tap.sync_to_the_end()
            except Incomplete:
                failures = [str(each) for each in tap.run.failures]
            finally:
                sys.stdout.flush()
                self.lines = written.getvalue().splitlines()
                self.written = [_message(line) for line in self.lines]
        return Output(self.written, failures)

    def so_far(self) -> list[bytes]:
        """The whole lines that the present run has written."""
        return self._written.getvalue().splitlines()


def _message(line: bytes) -> dict[str, Any]:
    """Parse a message, and refuse a STATE that targets on the Singer SDK cannot write."""
    message: dict[str, Any] = msgspec.json.decode(line)
    if message["type"] == "STATE":
        json.loads(line, parse_float=_refuse_fraction, parse_constant=_refuse_fraction)
    return message


def _refuse_fraction(digits: str) -> None:
    raise AssertionError(f"a number with a fraction in STATE: {digits}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-kill",
        action="store_true",
        help="kill the backfill at every call, not every 11th, and run the tests marked so",
    )
    parser.addoption(
        "--slow",
        action="store_true",
        help="run the tests marked as slow proofs, too; `make slow-test` runs these tests",
    )
    parser.addoption(
        "--warehouses",
        action="store_true",
        help="load real targets, too; `make warehouse-test` sets them up and runs these tests",
    )
    parser.addoption(
        "--meltano",
        action="store_true",
        help="run Meltano, too; `make meltano-test` sets it up and runs these tests",
    )
    parser.addoption(
        "--screenshots",
        action="store_true",
        help="render pages in Chromium, too; `make page-test` runs these tests",
    )
    parser.addoption(
        "--dbt",
        action="store_true",
        help="build the dbt package, too; `make dbt-test` sets it up and runs these tests",
    )
    parser.addoption(
        "--clients",
        action="store_true",
        help="run clients in other environments, too; `make clients-test` sets them up",
    )

    parser.addoption(
        "--recipes",
        action="store_true",
        help="run recipes by Airflow and Dagster; `make recipes-test` sets them up",
    )
    parser.addoption(
        "--scale",
        action="store_true",
        help="run Airflow, too; `make scale-test` sets it up and runs these tests",
    )


def pytest_configure() -> None:
    """Look for garbage seldom: a run makes many objects that live until its end."""
    gc.set_threshold(20_000)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests that need environments of their own, unless they are asked for."""
    option = ON_REQUEST.get(collection_path)
    return True if option is not None and not config.getoption(option) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked ``every_kill`` or ``slow``, unless they are asked for."""
    if config.getoption("--every-kill"):
        return
    marks = ["every_kill"] if config.getoption("--slow") else ["every_kill", "slow"]
    kept, left_out = [], []
    for each in items:
        (left_out if any(map(each.get_closest_marker, marks)) else kept).append(each)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """Keep modules and test items out of garbage collections, which would go through them all."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def without_logs() -> Iterator[None]:
    """For tests with many runs, whose logs would take most of the time."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", autouse=True)
def lasting_objects() -> Iterator[None]:
    """Keep what the tests of a module leave, such as imports, out of garbage collections."""
    yield
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if rows := metafunc.definition.get_closest_marker("rows"):
        names, values = rows.args
        names = [names] if isinstance(names, str) else names
        # `run_for_rows` puts each row in the place of this one; without rows the test is skipped.
        one = [(None,) * len(names)] if values else []
        metafunc.parametrize(names, one, ids=[f"{len(values)} rows"] * len(one))
    if "api" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("api")
        services = (mark and mark.args) or APIS
        given = mark.kwargs if mark else {}
        marks = {
            given[name]: getattr(pytest.mark, name)
            for name in ("slow", "every_kill")
            if name in given
        }
        cases = [
            pytest.param(each, marks=marks[each]) if each in marks else each for each in services
        ]
        metafunc.parametrize("api", cases, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test marked ``rows`` for every row, and show each that fails."""
    rows = pyfuncitem.get_closest_marker("rows")
    if rows is None:
        return None
    run_for_rows(pyfuncitem, *rows.args, **rows.kwargs)
    return True


def run_for_rows(
    test: pytest.Function,
    names: str | tuple[str, ...],
    rows: Collection[Any],
    ids: Callable[[Any], str] = repr,
) -> None:
    """Call a test for every row; raise one error that shows each row that fails."""
    given = {name: test.funcargs[name] for name in inspect.signature(test.obj).parameters}
    failed: list[tuple[str, BaseException]] = []
    for row in rows:
        values = {names: row} if isinstance(names, str) else dict(zip(names, row, strict=True))
        try:
            test.obj(**{**given, **values})
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001
            failed.append((ids(row), error))
    if failed:
        lines = [f"{name}: {type(error).__name__}: {error}" for name, error in failed]
        what = "\n".join([f"{len(lines)} of {len(rows)} rows failed", *lines])
        raise AssertionError(what) from failed[0][1]


@pytest.fixture(scope="session", autouse=True)
def no_terminal_width() -> None:
    """pytest-xdist tells its workers the width of the terminal, which the commands would use."""
    os.environ.pop("COLUMNS", None)


@pytest.fixture(scope="session", autouse=True)
def own_temporary_files() -> Iterator[None]:
    """A folder for the temporary files of taps: each looks through it for those of killed runs."""
    with tempfile.TemporaryDirectory() as folder:
        # A PostgreSQL server that root starts is another user's, and has its files below.
        Path(folder).chmod(0o711)
        before, tempfile.tempdir = tempfile.tempdir, folder
        yield
        tempfile.tempdir = before


@pytest.fixture(autouse=True)
def no_handlers_of_closed_streams() -> None:
    """A command that ran in an earlier test leaves its handler, whose stderr is closed by now."""
    root = logging.getLogger()
    for each in root.handlers[:]:
        if isinstance(each, logging.StreamHandler) and getattr(each.stream, "closed", False):
            root.removeHandler(each)


@pytest.fixture
def api(request: pytest.FixtureRequest) -> str:
    """The service that a test runs over."""
    return str(request.param)


@pytest.fixture
def make_harness(monkeypatch: pytest.MonkeyPatch, api: str) -> Callable[..., Harness]:
    def make(*faults: Fault, pace: str = "real") -> Harness:
        return Harness(monkeypatch, api, faults, pace)

    return make


@pytest.fixture(scope="session")
def whole_runs() -> dict[str, Output]:
    """What undisturbed runs wrote; each is made once."""
    return {}


@pytest.fixture
def whole_run(
    whole_runs: dict[str, Output], make_harness: Callable[..., Harness], api: str
) -> Callable[..., Output]:
    """What a run writes that nothing disturbs, to be compared with and left as it is."""

    def run(*reports: object, pace: str = "real", **settings: object) -> Output:
        key = repr((api, reports, pace, settings))
        if key not in whole_runs:
            whole_runs[key] = make_harness(pace=pace).run(*reports, **settings)
        return whole_runs[key]

    return run


@pytest.fixture
def harness(make_harness: Callable[..., Harness]) -> Harness:
    return make_harness()


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    clock = SystemClock()
    monkeypatch.setattr(
        "tap_mws_reports.sandbox.notification_outbox.send_notification", lambda _letter: None
    )
    with served(Amazon(clock.now(), pace=AT_ONCE), clock) as address:
        yield urlsplit(address).port or 0
    # Other people's clients leave connections open; their tests say so, and not a later one.
    gc.collect()


@pytest.fixture(scope="session")
def sqs_address() -> Iterator[str]:
    """A server that speaks the protocol of SQS, on a port of its own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def sqs(sqs_address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Another client of that server than the project's own."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "for-tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "for-tests")
    return boto3.client("sqs", endpoint_url=sqs_address, region_name="us-east-1")


@pytest.fixture
def queue_url(sqs: Any) -> str:
    """A new queue."""
    return sqs.create_queue(QueueName=f"reports-{uuid.uuid4()}")["QueueUrl"]


@pytest.fixture
def left_in(sqs: Any) -> Callable[[str], int]:
    """How many messages a queue holds, hidden ones and others."""

    def count(queue_url: str) -> int:
        told = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
        hidden = told["ApproximateNumberOfMessagesNotVisible"]
        return int(told["ApproximateNumberOfMessages"]) + int(hidden)

    return count
