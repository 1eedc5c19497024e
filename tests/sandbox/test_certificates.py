"""The sandbox over TLS: clients that trust its authority reach it, and others do not."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.cli import main
from tap_mws_reports.config import sandbox_mode
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.sandbox import Amazon
from tap_mws_reports.sandbox.certificates import make_tls
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES, tap_config
from tap_mws_reports.sandbox.server import HOST, served

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"


@pytest.fixture
def ca_path(tmp_path):
    return tmp_path / "ca.pem"


@pytest.fixture
def address(monkeypatch, ca_path):
    clock = VirtualClock(NOW)
    monkeypatch.setattr(sandbox_mode, "SystemClock", lambda: clock)
    amazon = Amazon(NOW, 1, LATENCY_PROFILES["fast"])
    with served(amazon, clock, make_tls(ca_path, HOST, "localhost")) as address:
        yield address


def test_a_client_that_trusts_the_authority_reads_a_whole_report(
    address, api, ca_path, tmp_path, monkeypatch, capsys
) -> None:
    assert address.startswith("https://")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_path))
    config = tmp_path / "config.json"
    config.write_text(json.dumps(tap_config(address, NOW, "NA", api)))
    assert main(["request", LISTINGS, "--config", str(config), "--json"]) == 0
    (made,) = json.loads(capsys.readouterr().out)
    # The address of a document is one of TLS, too.
    document = tmp_path / "listings.tsv"
    name = made["report_request_id"]
    assert main(["get", name, "--wait", "-o", str(document), "--config", str(config)]) == 0
    assert document.stat().st_size > 0


def test_a_client_that_does_not_trust_the_authority_fails(address) -> None:
    with pytest.raises(urllib.error.URLError) as refused:
        urllib.request.urlopen(address)  # noqa: S310 - a server of this test
    assert isinstance(refused.value.reason, ssl.SSLCertVerificationError)


def test_a_file_that_cannot_be_written_is_named(tmp_path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        make_tls(tmp_path / "no" / "ca.pem", HOST)
