"""The sandbox inside the process: who its sellers are, its time, and the way to it.

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
    """Return the settings of a seller, with what the sandbox in the process knows of its own."""
    if not config.get("sandbox"):
        return dict(config)
    given = {name: value for name, value in config.items() if value not in (None, [], "")}
    return {**importlib.import_module(_SANDBOX).sandbox_settings(given), **given}


def make_clock(config: Mapping[str, Any]) -> Clock:
    """Return the machine's clock, or for the sandbox in the process one that need not wait."""
    clock = SystemClock()
    return VirtualClock(clock.now()) if config.get("sandbox") else clock


def make_sandbox_adapter(config: Mapping[str, Any], clock: Clock) -> BaseAdapter | None:
    """Return what answers in place of all hosts, or None where they are asked themselves."""
    if not config.get("sandbox"):
        return None
    adapter: BaseAdapter = importlib.import_module(_SANDBOX).adapter(clock)
    return adapter
