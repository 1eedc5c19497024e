"""A local Amazon with the same rules and errors; no account is needed."""

from __future__ import annotations

from tap_mws_reports.sandbox.adapter import adapter
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.configuration import account_settings, settings_of, tap_config

__all__ = ["Amazon", "account_settings", "adapter", "settings_of", "tap_config"]
