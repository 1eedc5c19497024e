"""A sandbox whose documents hold what warehouses find hard, and the pipe from it into a target.

Two runs see different documents: days pass between them, so orders change; and from `CHANGED` on
order documents have a column more and other values in the hard rows, and a listing is closed.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fast_clock_tap import FastClock
from benchmarks.virtual_run import START
from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.account_entries import RequestEntry, ScheduleEntry
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.mws.quota_enforcer import QuotaEnforcer
from tap_mws_reports.sandbox.reports import Document, ReportQuery
from tap_mws_reports.sandbox.sandbox_config import tap_config
from tap_mws_reports.sandbox.server import served
from tap_mws_reports.sandbox.sp_api import routing, tokens
from tap_mws_reports.sandbox.sp_api.service import SellingPartnerApi

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
SHIPMENTS = "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_"
REIMBURSEMENTS = "_GET_FBA_REIMBURSEMENTS_DATA_"
SETTLEMENTS = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SCHEDULED = LISTINGS
"""What a schedule of the seller is of; SP-API is used for schedules of the configured types."""
WINDOWED = (ORDERS, SHIPMENTS, REIMBURSEMENTS)
REPORTS = (ORDERS, SHIPMENTS, REIMBURSEMENTS, SETTLEMENTS, LISTINGS)

SPEED = 60.0
"""How much faster time runs; reports take seconds, and login tokens last an hour."""
LATER = timedelta(days=2)
CHANGED = START + timedelta(days=1)
NEW_COLUMN = "gift-note"
FIRST_DAY = START.replace(hour=0, minute=0, second=0) - timedelta(days=28)
FAILED_WINDOW = FIRST_DAY + timedelta(days=7)
HARD_MOMENTS = (FIRST_DAY + timedelta(days=22), START + timedelta(hours=6))
"""A moment in a window of the first run, and one in a window of the second."""
MOST_OF_LOG = 4000
TIMEOUT = 300
"""Seconds for one run of tap and target, which takes about ten."""

Row = dict[str, str]

# Texts that a CSV file, COPY, an SQL statement or JSON may take for something else.
HARD_TEXTS = {
    "emoji": "Mug \U0001f381 \U0001f469\u200d\U0001f469\u200d\U0001f467 na\u00efve \u65e5\u672c",
    "combining": "e\u0301 is not \u00e9, \u05e2\u05d1\u05e8\u05d9\u05ea",
    "quotes": 'He said "4"" x 2\'", \'\'; drop table x; --',
    "one quote": '"',
    "copy null": "\\N",
    "copy end": "\\.",
    "backslashes": "C:\\temp\\new\\\\ \\t \\x41 \\",
    "NULL": "NULL",
    "null": "null",
    "None": "None",
    "NaN": "NaN",
    "separators": "a\u2028b\u2029c\u00a0d",
    "long": "0123456789 \u00e4\u00f6\u00fc " * 1_400,
    "leading zeros": "000123",
    "many digits": "12345678901234567890123",
    "exponent": "1e5",
    "json": '{"a": [1, null, "x\\n"], "b": "\\u0041"}',
    "braces": "%s %(x)s :name {0} $1 ${x}",
    "divided": "a,b;c|d",
    "markup": "<b>&amp;</b><!-- -->",
    "time": "2020-01-05T10:00:00-07:00",
    "true": "true",
    "dash": "-",
}
HARD_AMOUNTS = (
    "19.99",
    "0.10",
    "-0.01",
    "0.00",
    "0.000000001",
    "1234567890.12",
    "12345678901234567.123456789",
    "-99999999999999999.999999999",
)
HARD_TIMES = (
    "2020-01-05T10:00:00-07:00",
    "2020-03-08T02:30:00+00:00",  # an hour that Los Angeles left out
    "2020-11-01T01:30:00-07:00",  # one that it had twice
    "2019-12-31T23:59:59+13:45",
    "2020-06-01T10:00:00Z",
    "1999-12-31T23:59:59+00:00",
)
HARD_INTEGERS = ("0", "-1", "2147483648", "9223372036854775807", "9223372036854775808", "")
# In a file with commas a cell may hold anything.
HARD_CELLS = {
    **HARD_TEXTS,
    "tab": "a\tb",
    "lines": "one\ntwo\n\nfour",
    "comma lines": 'x,"y"\nz',
}


def hard_orders(version: int) -> list[Row]:
    """Return order lines of every hard value; each version has the values at other orders."""
    texts = list(HARD_TEXTS.items())
    rows = []
    for number, (name, _) in enumerate(texts):
        text = texts[(number + version) % len(texts)][1]
        amount = HARD_AMOUNTS[(number + version) % len(HARD_AMOUNTS)]
        rows.append(
            {
                "amazon-order-id": f"HARD-{name}",
                "merchant-order-id": text if number % 2 else "",
                "purchase-date": HARD_TIMES[(number + version) % len(HARD_TIMES)],
                "last-updated-date": "2020-06-05T09:00:00+00:00",
                "order-status": "Shipped" if version else "",
                "product-name": text,
                "sku": texts[(number + 1) % len(texts)][1],
                "quantity": HARD_INTEGERS[(number + version) % len(HARD_INTEGERS)],
                "currency": "USD",
                "item-price": amount,
                "item-tax": amount if (number + version) % 3 else "",
                "ship-city": text,
                "is-business-order": ("true", "false", "")[(number + version) % 3],
                NEW_COLUMN: text if number % 4 else "",
            }
        )
    return rows


def hard_reimbursements() -> list[Row]:
    """Return reimbursements with every hard value, also those that only a quoted cell can hold."""
    return [
        {
            "approval-date": HARD_TIMES[number % len(HARD_TIMES)],
            "reimbursement-id": f"HARD-{name}",
            "reason": text,
            "product-name": text,
            "sku": text if number % 2 else "",
            "currency-unit": "USD",
            "amount-per-unit": HARD_AMOUNTS[number % len(HARD_AMOUNTS)],
            "quantity-reimbursed-cash": HARD_INTEGERS[number % len(HARD_INTEGERS)],
        }
        for number, (name, text) in enumerate(HARD_CELLS.items())
    ]


_ORIGINAL_WRITE = reports.write


def write(report_type: str, asked: ReportQuery) -> Document:
    """Return the sandbox's document with the hard rows in it; the same whenever it is written."""
    document = _ORIGINAL_WRITE(report_type, asked)
    if report_type == ORDERS:
        return _with_hard_orders(document, asked)
    if report_type == REIMBURSEMENTS:
        return _with_hard_reimbursements(document)
    if report_type == LISTINGS and asked.now >= CHANGED:
        return _without_last_line(document)
    return document


def _with_hard_orders(document: Document, asked: ReportQuery) -> Document:
    header, *lines = document.body.decode(document.charset or "cp1252").split("\r\n")[:-1]
    names = header.split("\t")
    if asked.now >= CHANGED:
        names.append(NEW_COLUMN)
        lines = [f"{line}\tnote {number}" for number, line in enumerate(lines)]
    for version, moment in enumerate(HARD_MOMENTS):
        if asked.start <= moment < asked.end:
            rows = hard_orders(version)
            lines += ["\t".join(row.get(name, "") for name in names) for row in rows]
    text = "".join(f"{line}\r\n" for line in ("\t".join(names), *lines))
    return Document(text.encode(), "UTF-8")


def _with_hard_reimbursements(document: Document) -> Document:
    header, *lines = document.body.decode(document.charset or "cp1252").split("\n")[:-1]
    names = header.split("\t")
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows([names, *(line.split("\t") for line in lines)])
    writer.writerows([row.get(name, "") for name in names] for row in hard_reimbursements())
    return Document(written.getvalue().encode(), "UTF-8")


def _without_last_line(document: Document) -> Document:
    lines = document.body.splitlines(keepends=True)
    return Document(b"".join(lines[:-1]), document.charset)


@dataclass(frozen=True)
class DeliveredReport:
    """A report that Amazon made: its id, its type, the run that asked, its window.

    ``interval`` is what was asked for; None for a type that shows the present, or that Amazon makes
    by itself.
    """

    report_id: str
    report_type: str
    run: int
    start: datetime
    document: Document
    interval: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class Outcome:
    """How a run ended: both exit codes (negative: by that signal), and the target's last state."""

    tap: int
    target: int
    state: str | None
    log: str


@dataclass(frozen=True)
class Interruption:
    """Send a signal at the n-th document that the tap fetches.

    ``victim`` is "tap", "target", or "group": both at once, as the terminal's Ctrl-C does.
    """

    victim: str
    signal: signal.Signals
    document: int


CONTROL_C = Interruption("group", signal.SIGINT, 2)
TAP_KILLED = Interruption("tap", signal.SIGKILL, 2)
TARGET_KILLED = Interruption("target", signal.SIGKILL, 2)


class StagedAmazon(Amazon):
    """An Amazon that calls back before it sends a document, and has no quota of documents."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, api: str = "sp_api") -> None:
        super().__init__(START, seed=3)
        self.api = api
        monkeypatch.setattr(QuotaEnforcer, "count", lambda *_: None)
        monkeypatch.setattr(reports, "write", write)
        # Many runs in a few minutes would spend quotas, which are not what is tested.
        monkeypatch.setattr(SellingPartnerApi, "_count", lambda *_: None)
        self.before_document: Callable[[], None] = lambda: None
        self.runs: list[datetime] = []
        """When each run of the tap began."""
        self.had_schedules = False
        self.schedule = ScheduleEntry(
            "7001",
            SCHEDULED,
            tuple(self.accounts["NA"].seller_data)[:1],
            "P1D" if api == "sp_api" else "_1_DAY_",
            timedelta(days=1),
            START + timedelta(days=90),  # what it makes is not what is tested
            SCHEDULED.strip("_") if api == "sp_api" else "",
        )
        self.accounts["NA"].keep(self.schedule, START)

    def handle(self, request: Request, now: datetime) -> Response:
        """Answer a request."""
        if self._is_download(request):
            self.before_document()
        return super().handle(request, now)

    def _is_download(self, request: Request) -> bool:
        if self.api == "mws":
            return request.params.get("Action") == "GetReport"
        return not routing.is_call(request) and request.path != tokens.PATH

    @property
    def schedules(self) -> list[ScheduleEntry]:
        """The schedules of the seller."""
        return list(self.accounts["NA"].schedules.values())

    def end_schedule(self) -> None:
        """Delete the schedule, as a seller may."""
        self.had_schedules = bool(self.schedules)
        self.accounts["NA"].schedules.clear()

    def entries(self) -> list[RequestEntry]:
        """Return all report requests of the seller, and what else Amazon made for it."""
        return sorted(self.accounts["NA"].requests.values(), key=lambda each: each.order)

    def delivered(self) -> list[DeliveredReport]:
        """Return the reports that have rows, in the order in which they were asked for and read."""
        found = [
            DeliveredReport(
                entry.request_id if self.api == "sp_api" else entry.report.report_id,
                entry.report.report_type,
                sum(run <= entry.submitted for run in self.runs),
                entry.report.start,
                entry.report.write(),
                (entry.spec.start, entry.spec.end)
                if entry.report.report_type in WINDOWED
                else None,
            )
            for entry in self.entries()
            if entry.report is not None
            and entry.report.report_type in REPORTS
            and not entry.failed
            and entry.report.available >= FIRST_DAY  # what is older was not asked for
        ]
        return sorted(found, key=lambda each: (each.run, each.start))


class Pipeline:
    """One tap, one target, one Amazon; each run goes on from the state that the target printed.

    Args:
        amazon: what the tap asks.
        directory: an empty one, for settings, states and logs.
        command: the target's command.
        environment: variables that the target gets in addition.
        settings: settings that the tap gets in addition.
    """

    def __init__(
        self,
        amazon: StagedAmazon,
        directory: Path,
        command: list[str],
        environment: Mapping[str, str],
        settings: Mapping[str, Any],
    ) -> None:
        self.amazon = amazon
        self.state: str | None = None
        self._clock = FastClock(SPEED, time.monotonic())
        self._directory = directory
        self._command = command
        self._environment = environment
        self._settings = settings

    def advance(self, interval: timedelta) -> None:
        """Let time pass, for the sandbox and the tap."""
        self._clock = replace(
            self._clock, began=self._clock.began - interval.total_seconds() / self._clock.speed
        )

    def fail(self, report_type: str, start: datetime, times: int) -> None:
        """Let Amazon end the next requests for a window with FATAL."""
        self.amazon.faults.replace([Fault(FaultKind.FATAL, report_type, times, start)])

    def heal(self) -> None:
        """Let nothing fail any more."""
        self.amazon.faults.replace(())

    def run(self, interruption: Interruption | None = None) -> Outcome:
        """Run ``tap | target`` from the last state, to its end or to an interruption."""
        with served(self.amazon, self._clock) as address:
            self._write_settings(address)
            self.amazon.runs.append(self._clock.now())
            outcome = self._run(interruption)
        self.amazon.before_document = lambda: None
        if outcome.state is not None:
            self.state = outcome.state
        return outcome

    def _run(self, interruption: Interruption | None) -> Outcome:
        processes: dict[str, subprocess.Popen[bytes]] = {}
        started = threading.Event()
        if interruption is not None:
            self._arm(interruption, processes, started)
        with (
            self._file("tap.log").open("wb") as tap_log,
            self._file("target.log").open("wb") as target_log,
            self._file("states").open("wb") as states,
            subprocess.Popen(
                self._tap_command(), stdout=subprocess.PIPE, stderr=tap_log, process_group=0
            ) as tap,
            subprocess.Popen(
                self._command,
                stdin=tap.stdout,
                stdout=states,
                stderr=target_log,
                env={**os.environ, **self._environment},
                process_group=tap.pid,
            ) as target,
        ):
            processes.update(tap=tap, target=target)
            started.set()
            if tap.stdout is not None:
                tap.stdout.close()  # the target's alone, so that the tap notices when it is gone
            try:
                codes = tap.wait(TIMEOUT), target.wait(TIMEOUT)
            finally:
                for process in processes.values():
                    process.kill()
        lines = self._file("states").read_bytes().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        state = whole[-1].decode() if whole else None
        return Outcome(*codes, state, self._log("tap") + self._log("target"))

    def _log(self, program: str) -> str:
        text = self._file(f"{program}.log").read_text("utf-8", errors="replace")
        return f"\n--- the end of what the {program} logged:\n{text[-MOST_OF_LOG:]}"

    def _arm(
        self,
        interruption: Interruption,
        processes: Mapping[str, subprocess.Popen[bytes]],
        started: threading.Event,
    ) -> None:
        remaining = iter(range(interruption.document - 1, -1, -1))

        def strike() -> None:
            if next(remaining, None) == 0:
                started.wait(TIMEOUT)
                if interruption.victim == "group":
                    os.killpg(processes["tap"].pid, interruption.signal)
                else:
                    processes[interruption.victim].send_signal(interruption.signal)

        self.amazon.before_document = strike

    def _tap_command(self) -> list[str]:
        world = [str(self._clock.speed), str(self._clock.began)]
        command = [sys.executable, "-m", "benchmarks.fast_clock_tap", *world]
        command += ["--config", str(self._file("config.json"))]
        if self.state is not None:
            self._file("state.json").write_text(self.state)
            command += ["--state", str(self._file("state.json"))]
        return command

    def _write_settings(self, address: str) -> None:
        wanted: list[object] = [{"type": ORDERS, "window_days": 7}, *REPORTS[1:]]
        settings = {
            **tap_config(address, START, api=self.amazon.api),
            "start_date": FIRST_DAY.isoformat(),
            "reports": wanted,
            **self._settings,
        }
        self._file("config.json").write_text(json.dumps(settings))

    def _file(self, name: str) -> Path:
        return self._directory / name


def decoded(document: Document) -> str:
    """Return a document's text, by what its Content-Type says or its byte order mark."""
    if document.body.startswith(codecs.BOM_UTF8):
        return document.body.decode("utf-8-sig")
    codec = "utf-8" if (document.charset or "").lower() == "utf-8" else "cp1252"
    return document.body.decode(codec)
