"""A local Amazon with the same rules and errors; no account is needed."""

from __future__ import annotations

from tap_mws_reports.sandbox.adapter import adapter
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.sandbox_config import account_settings, sandbox_settings, tap_config

__all__ = ["Amazon", "account_settings", "adapter", "sandbox_settings", "tap_config"]
