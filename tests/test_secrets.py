"""No secret leaves the process but to the host that it is for, however much is logged."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.errors import TapError
from tap_mws_reports.sandbox import server
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_config import LatencyProfile, tap_config
from tap_mws_reports.tap import TapMwsReports

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
UNSHIPPED = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"  # has personal data
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"
FEEDBACK = "_GET_SELLER_FEEDBACK_DATA_"
REPORTS = [ORDERS, LISTINGS, UNSHIPPED, RETURNS, FEEDBACK]
AT_ONCE = LatencyProfile("at once", (0, 0, 0), (0, 0, 0))
SETTINGS = (
    "aws_access_key_id",
    "aws_secret_access_key",
    "lwa_client_secret",
    "refresh_token",
)
TROUBLES = {
    "none": [],
    "every kind": [
        Fault(FaultKind.ACCESS_ENDED, "getReport"),
        Fault(FaultKind.ROLE_MISSING, LISTINGS, times=9),
        Fault(FaultKind.REDIRECT, RETURNS, times=9),
        Fault(FaultKind.URL_ENDED, ORDERS, times=9),
        Fault(FaultKind.FATAL, FEEDBACK),
        Fault(FaultKind.SHORT_BODY, ORDERS, times=9),
    ],
    "revoked": [Fault(FaultKind.ACCESS_REVOKED, "A1SANDBOXNA", times=9)],
    "not Amazon": [Fault(FaultKind.REDIRECT, times=9)],
}


class Giving(Amazon):
    """An Amazon that remembers the secrets that it gives out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given: set[str] = set()

    def handle(self, request: Request, now: datetime) -> Response:
        response = super().handle(request, now)
        with suppress(ValueError):
            answer = json.loads(response.body)
            self.given |= {
                str(answer[name])
                for name in ("access_token", "restrictedDataToken")
                if name in answer
            }
            if "url" in answer:
                self.given.add(urlsplit(answer["url"]).query)
        return response


@pytest.fixture
def served(
    api: str, trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Giving, dict[str, Any]]]:
    """An Amazon on a port, with its troubles, and the settings for it."""
    clock = VirtualClock(datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC))
    monkeypatch.setattr("tap_mws_reports.tap.make_clock", lambda _config: clock)
    amazon = Giving(clock.now(), pace=AT_ONCE, faults=TROUBLES[trouble])
    kept = {"reports": REPORTS, "retries": 0, "documents_directory": str(tmp_path / "kept")}
    with server.served(amazon, clock) as address:
        yield amazon, {**tap_config(address, clock.now(), api=api), **kept}


def spellings(secret: str) -> set[str]:
    """Return a secret as it may stand in a text, an address or JSON."""
    parts = [
        secret,
        *(part for part in secret.split("&") if "Signature" in part or "Token" in part),
    ]
    return {
        form
        for part in parts
        for form in (part, quote(part, safe=""), quote_plus(part), json.dumps(part)[1:-1])
    }


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_output_of_a_run_contains_a_secret(
    served, api, trouble, tmp_path, monkeypatch, caplog
) -> None:
    amazon, config = served
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    message, messages = "", (tmp_path / "messages").open("w")
    with caplog.at_level(logging.DEBUG), messages, redirect_stdout(messages):
        tap = TapMwsReports(config=config)
        # A file that would be removed at the end is looked at as well.
        monkeypatch.setattr(tap.run, "close", lambda: None)
        try:
            tap.sync_to_the_end()
        except TapError as error:
            message = f"{error.render()}\n{error}\n{error!r}"
    assert bool(message) == (trouble == "every kind" or (trouble != "none" and api == "sp_api"))
    secrets = {config[name] for name in SETTINGS if name in config} | amazon.given
    assert len(secrets) >= 2
    left = {
        "error": message,
        "log": caplog.text,
        "arguments of the log": "\n".join(repr(record.__dict__) for record in caplog.records),
        **{str(path): path.read_text("latin-1") for path in tmp_path.rglob("*") if path.is_file()},
    }
    assert "urllib3.connectionpool" in left["log"]
    for place, text in left.items():
        for secret in secrets:
            for form in spellings(secret):
                assert form not in text, place
