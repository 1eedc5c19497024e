"""Clients as configured: MWS or SP-API, at Amazon, another endpoint, or the sandbox."""

from __future__ import annotations

from tap_mws_reports.connection.factory import (
    address,
    connect,
    connect_administration,
    connect_queue,
    connect_subscriptions,
    list_calls,
    quotas,
    request_budgets,
)
from tap_mws_reports.connection.transports import Transports, make_transports

__all__ = [
    "Transports",
    "address",
    "connect",
    "connect_administration",
    "connect_queue",
    "connect_subscriptions",
    "list_calls",
    "make_transports",
    "quotas",
    "request_budgets",
]
