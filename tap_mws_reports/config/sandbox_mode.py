"""The in-process sandbox: its sellers, clock and transport.

It is imported by name and only when it is requested: the tap does not depend on the sandbox.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from requests.adapters import BaseAdapter

from tap_mws_reports.api.clock import Clock, SystemClock, VirtualClock

_SANDBOX = "tap_mws_reports.sandbox"


def with_sandbox_defaults(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a seller with the defaults of the in-process sandbox."""
    if not config.get("sandbox"):
        return dict(config)
    given = {name: value for name, value in config.items() if value not in (None, [], "")}
    return {**importlib.import_module(_SANDBOX).sandbox_settings(given), **given}


def make_clock(config: Mapping[str, Any]) -> Clock:
    """Return the system clock, or a virtual clock for the in-process sandbox."""
    clock = SystemClock()
    return VirtualClock(clock.now()) if config.get("sandbox") else clock


def make_sandbox_adapter(config: Mapping[str, Any], clock: Clock) -> BaseAdapter | None:
    """Return the sandbox that replaces all hosts, or None to use real hosts."""
    if not config.get("sandbox"):
        return None
    adapter: BaseAdapter = importlib.import_module(_SANDBOX).adapter(clock)
    return adapter
