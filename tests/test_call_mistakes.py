"""Mistakes that only a call finds, each with the exact message of `mws-reports check`."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.cli import main
from tap_mws_reports.config import sandbox_mode
from tap_mws_reports.sandbox import Amazon
from tap_mws_reports.sandbox.faults import WITHOUT_END, Fault, FaultKind
from tap_mws_reports.sandbox.sandbox_config import tap_config
from tap_mws_reports.sandbox.server import served

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
_NO_GRANT = (
    "Login with Amazon: HTTP 400 invalid_grant: The request has an invalid grant parameter : "
    "refresh_token. User may have revoked or didn't grant the permission."
)
_AUTHORISE = (
    "check refresh_token: it is not this application's, or the seller has revoked it or let it "
    "lapse; have the seller authorise the application again, and set the new refresh_token"
)
_NO_CLIENT = "Login with Amazon: HTTP 401 invalid_client: Client authentication failed"
_CLIENT = (
    "check lwa_client_id and lwa_client_secret: Amazon does not accept this pair. If the secret "
    "was rotated, set the new one: the old one works for 7 days after the rotation"
)
_NETWORK = "check this machine's network and proxy, and `endpoint_url` if it is set"


@dataclass(frozen=True)
class CallMistake:
    """A mistake that `mws-reports check` finds by a call."""

    name: str
    subject: str
    """What was checked."""
    message: str
    help: str
    code: int
    """The exit code."""
    change: dict[str, Any] = field(default_factory=dict)
    """Settings that differ from those of the sandbox; ``{folder}`` is a folder with one file."""
    fault: FaultKind | None = None
    """What the sandbox does to every call."""
    clock_off: int = 0
    """Seconds by which the clock of this machine is ahead."""
    host: str = "sandbox"
    """Who answers: the sandbox, nobody, or a server of web pages."""
    api: str = "sp_api"


CALLS = [
    CallMistake(
        *("token of another application", "login", _NO_GRANT, _AUTHORISE, 3),
        change={"refresh_token": "Atzr|canary"},
    ),
    CallMistake(
        *("revoked seller", "login", _NO_GRANT, _AUTHORISE, 3), fault=FaultKind.ACCESS_REVOKED
    ),
    CallMistake(
        *("expired secret", "login", _NO_CLIENT, _CLIENT, 3), change={"lwa_client_secret": "canary"}
    ),
    CallMistake(
        *("client id of nobody", "login", _NO_CLIENT, _CLIENT, 3),
        change={"lwa_client_id": "amzn1.application-oa2-client.canary"},
    ),
    CallMistake(
        "missing role",
        LISTINGS,
        "getReports: Amazon answered 403 Unauthorized: Access to the resource is forbidden",
        "the application lacks one of the roles Direct to Consumer Shipping (Restricted), "
        "Inventory and Order Tracking, Pricing or Product Listing, or the seller has not "
        "authorised the application again since it was added; add the role, or leave the report "
        "type out of reports; or the seller or its marketplaces do not have this type",
        1,
        fault=FaultKind.ROLE_MISSING,
    ),
    CallMistake(
        *("no network", "host {address}", "127.0.0.1: Connection refused", _NETWORK, 1),
        host="nobody",
    ),
    CallMistake(
        "wrong host",
        "login",
        "Login with Amazon: the answer has no access token",
        "check endpoint_url and the proxy: the response has no token of Amazon's",
        1,
        host="pages",
    ),
    CallMistake(
        "wrong clock",
        "clock",
        "differs from Amazon's by 30 min",
        "set the clock of this machine, preferably by NTP",
        1,
        clock_off=1800,
    ),
    CallMistake(
        "secret of another key",
        "login",
        "GetReportRequestList: Amazon answered 403 SignatureDoesNotMatch: The request signature we "
        "calculated does not match the signature you provided. Check your secret access key and "
        "the way you sign.",
        "check aws_secret_access_key: it does not belong to aws_access_key_id",
        3,
        change={"aws_secret_access_key": "canary"},
        api="mws",
    ),
    CallMistake(
        "key of nobody",
        "login",
        "GetReportRequestList: Amazon answered 403 InvalidAccessKeyId: The AWS Access Key Id you "
        "provided does not exist.",
        "check aws_access_key_id: Amazon does not know it",
        3,
        change={"aws_access_key_id": "canary"},
        api="mws",
    ),
    CallMistake(
        "another seller",
        "login",
        "GetReportRequestList: Amazon answered 401 AccessDenied: Access to seller A9STRANGER is "
        "denied.",
        "check that seller_id belongs to the region of marketplace_ids, that mws_auth_token "
        "(needed when the developer is not the seller) is the seller's for this developer and not "
        "revoked, and that the developer's role covers reports",
        3,
        change={"seller_id": "A9STRANGER"},
        api="mws",
    ),
    CallMistake(
        "directory below a file",
        "documents_directory",
        "{folder}/file is not a directory",
        "name another in documents_directory",
        1,
        change={"documents_directory": "{folder}/file/documents"},
    ),
]


class WebPages(BaseHTTPRequestHandler):
    """Answers every call with a page, as a wrong host does."""

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"<html>")

    do_POST = do_GET  # noqa: N815 - as the library calls it

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def answering(mistake: CallMistake) -> Iterator[str]:
    """Yield the address of whoever answers."""
    if mistake.host == "sandbox":
        faults = [Fault(mistake.fault, times=WITHOUT_END)] if mistake.fault else []
        with served(Amazon(NOW, 1, faults=faults), VirtualClock(NOW)) as address:
            yield address
        return
    if mistake.host == "nobody":
        with socket.socket() as bound:  # not listening, so that every connection is refused
            bound.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        return
    with HTTPServer(("127.0.0.1", 0), WebPages) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("mistake", CALLS, ids=lambda mistake: mistake.name)
def test_a_call_finds_a_mistake(mistake: CallMistake, tmp_path, capsys, monkeypatch) -> None:
    clock = VirtualClock(NOW + timedelta(seconds=mistake.clock_off))
    monkeypatch.setattr(sandbox_mode, "SystemClock", lambda: clock)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    config = tmp_path / "config.json"
    with answering(mistake) as address:
        settings = tap_config(address, NOW, "NA", mistake.api)
        change = {name: value.format(folder=tmp_path) for name, value in mistake.change.items()}
        config.write_text(json.dumps({**settings, "reports": [LISTINGS], **change}))
        code = main(["check", "--config", str(config), "--json"])
    written = capsys.readouterr()
    failed = [each for each in json.loads(written.out)["findings"] if each["verdict"] == "failed"]
    assert [(each["subject"], each["what"], each["help"]) for each in failed] == [
        tuple(
            text.format(address=address, folder=tmp_path)
            for text in (mistake.subject, mistake.message, mistake.help)
        )
    ]
    assert code == mistake.code
    assert "canary" not in written.out + written.err
    assert written.err.count("error[") == 1
