"""What every client of a service needs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Generic, TypeVar

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.retries import QuotaWait, no_op
from tap_mws_reports.api.transport import Transport

CredentialsT = TypeVar("CredentialsT")
EndpointT = TypeVar("EndpointT")


@dataclass(frozen=True, slots=True)
class ClientSettings(Generic[CredentialsT, EndpointT]):
    """One seller at one endpoint, with the transport, the clock and the random numbers to use."""

    credentials: CredentialsT
    """Who calls, and for which seller."""
    endpoint: EndpointT
    transport: Transport
    """Leads to the endpoint and, for SP-API, to the tokens."""
    clock: Clock
    rng: random.Random
    """Decides the pauses between retries."""
    quota_wait: QuotaWait = no_op
    """Called before each wait for a quota, with the operation and the seconds."""
