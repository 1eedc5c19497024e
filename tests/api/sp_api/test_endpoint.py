from __future__ import annotations

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.sp_api.endpoint import HOSTS, SANDBOX_HOSTS, Endpoint

AMAZON = "https://api.amazon.com/auth/o2/token"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("NA", "sellingpartnerapi-na.amazon.com"),
        ("EU", "sellingpartnerapi-eu.amazon.com"),
        ("FE", "sellingpartnerapi-fe.amazon.com"),
    ],
)
def test_regions(region: str, host: str) -> None:
    assert Endpoint.of(region) == Endpoint(f"https://{host}", AMAZON)
    assert Endpoint.of(region).host == host


def test_a_region_without_sp_api() -> None:
    with pytest.raises(errors.SettingsError, match="CN"):
        Endpoint.of("CN")


@pytest.mark.parametrize(
    ("given", "url", "token_url"),
    [
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", "http://127.0.0.1:8000/auth/o2/token"),
        ("https://proxy.example/sp", "https://proxy.example/sp",
         "https://proxy.example/sp/auth/o2/token"),
        *((f"https://{host}", f"https://{host}", AMAZON)
          for host in (*HOSTS.values(), *SANDBOX_HOSTS.values())),
    ],
)  # fmt: skip
def test_addresses(given: str, url: str, token_url: str) -> None:
    assert Endpoint.at(given) == Endpoint(url, token_url)


def test_amazons_sandbox_has_its_own_hosts() -> None:
    assert SANDBOX_HOSTS["EU"] == "sandbox.sellingpartnerapi-eu.amazon.com"


@pytest.mark.parametrize("host", [*HOSTS.values(), *SANDBOX_HOSTS.values()])
def test_amazons_hosts_are_not_called_without_tls(host: str) -> None:
    with pytest.raises(errors.SettingsError, match="https"):
        Endpoint.at(f"http://{host}")


LOCAL = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("endpoint", "url", "fine"),
    [
        (Endpoint.of("NA").url, "https://tortuga-prod-na.s3-external-1.amazonaws.com/x?y=z", True),
        (Endpoint.of("NA").url, "http://tortuga-prod-na.s3-external-1.amazonaws.com/x", False),
        (Endpoint.of("NA").url, "http://sellingpartnerapi-na.amazon.com/x", False),
        (LOCAL, "http://127.0.0.1:8000/documents/1", True),
        (LOCAL, "https://docs.example/1", True),
        (LOCAL, "http://127.0.0.1:8001/documents/1", False),
        (LOCAL, "http://docs.example:8000/1", False),
        (LOCAL, "ftp://127.0.0.1:8000/1", False),
        (LOCAL, "file:///etc/passwd", False),
        (LOCAL, "/documents/1", False),
        (LOCAL, "https:///documents/1", False),
        (LOCAL, "http://[::1/documents/1", False),
        (LOCAL, "https://docs.example:port/1", False),
        (LOCAL, "", False),
    ],
)
def test_the_allowed_hosts_of_documents(endpoint: str, url: str, *, fine: bool) -> None:
    if fine:
        Endpoint.at(endpoint).check_document(url)
    else:
        with pytest.raises(errors.HostUnreachable, match="not by https") as caught:
            Endpoint.at(endpoint).check_document(url)
        assert not url or url not in str(caught.value)
