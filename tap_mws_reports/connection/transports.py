"""Connections to Amazon, which all sellers of a run share, and how calls are made on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from tap_mws_reports.api.call_executor import CallExecutor, InlineExecutor
from tap_mws_reports.api.clock import Clock, VirtualClock
from tap_mws_reports.api.greenlet_executor import GreenletExecutor
from tap_mws_reports.api.thread_executor import ThreadExecutor
from tap_mws_reports.api.transport import HttpRequest, HttpResponse, HttpTransport, Transport
from tap_mws_reports.config import validation
from tap_mws_reports.config.sandbox_mode import make_sandbox_adapter


@dataclass(frozen=True, slots=True)
class Transports:
    """``calls`` is for the services, ``documents`` for hosts that must not see a token."""

    calls: Transport
    documents: Transport

    def counted(self, count: Callable[[], None]) -> Transports:
        """Return transports that call ``count`` before each call to a service."""
        return replace(self, calls=_CountedTransport(self.calls, count))


@dataclass(frozen=True, slots=True)
class _CountedTransport:
    """A `Transport` that counts its calls."""

    transport: Transport
    count: Callable[[], None]

    def send(self, request: HttpRequest) -> HttpResponse:
        self.count()
        return self.transport.send(request)

    def stream(self, request: HttpRequest, path: Path) -> HttpResponse:
        self.count()
        return self.transport.stream(request, path)


def make_transports(
    config: Mapping[str, Any], clock: Clock, executor: CallExecutor | None = None
) -> Transports:
    """Return the transports; no connection is opened yet.

    Args:
        config: the settings.
        clock: the time of the in-process sandbox.
        executor: makes the calls, if several are made at the same time.
    """
    adapter = make_sandbox_adapter(config, clock)
    transports = [_transport(adapter, validation.max_connections(config)) for _ in range(2)]
    if executor is not None:
        transports = [executor.guarded(each) for each in transports]
    return Transports(*transports)


def _transport(adapter: BaseAdapter | None, connections: int) -> Transport:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    if adapter:
        session.mount("https://", adapter)
        session.trust_env = False  # nothing leaves the process, so no proxy is looked up
    return HttpTransport(session)


def make_executor(clock: Clock, connections: int) -> CallExecutor:
    """Return the executor for a clock, with at most so many calls at the same time."""
    if connections == 1:
        return InlineExecutor(clock)
    if isinstance(clock, VirtualClock):
        return GreenletExecutor(clock, connections)
    return ThreadExecutor(clock, connections)
