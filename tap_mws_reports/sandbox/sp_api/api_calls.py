"""An authenticated call, and its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tap_mws_reports.api.sp_api.operations import Operation
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.faults import Faults
from tap_mws_reports.sandbox.http import Response
from tap_mws_reports.sandbox.sp_api.destinations import Destinations

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call.

    ``accounts`` are those that the token speaks for: one seller's, or all of them where it is for
    no seller. ``documents`` is the address at which documents are fetched, without a path.
    ``restricted`` says that the token is one for documents with personal data.
    """

    accounts: tuple[SandboxAccount, ...]
    operation: Operation
    values: Mapping[str, Any]
    now: datetime
    destinations: Destinations
    faults: Faults
    documents: str
    restricted: bool

    @property
    def account(self) -> SandboxAccount:
        """Return the seller's account of a call that is for one."""
        return self.accounts[0]


def json_response(status: int, value: Json | None, headers: Mapping[str, str]) -> Response:
    """Return an answer with a JSON body, or with none."""
    body = b"" if value is None else json.dumps(value).encode()
    told = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    return Response(status, body, told)


def moment(value: datetime) -> str:
    """Write a moment as reports have it, ``2023-04-17T10:39:48+00:00``.

    Source: https://github.com/amzn/selling-partner-api-models/issues/1656
    """
    return value.astimezone(UTC).isoformat(timespec="seconds")
