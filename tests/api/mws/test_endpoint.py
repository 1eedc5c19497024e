from __future__ import annotations

import pytest

from tap_mws_reports.api.marketplaces import MARKETPLACES
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.transport import user_agent

PATH = "/Reports/2009-01-01"


@pytest.mark.parametrize(
    ("given", "url", "host", "path"),
    [
        ("https://mws.amazonservices.com", f"https://mws.amazonservices.com{PATH}",
         "mws.amazonservices.com", PATH),
        ("https://MWS.Amazonservices.com:443/", f"https://mws.amazonservices.com{PATH}",
         "mws.amazonservices.com", PATH),
        ("http://127.0.0.1:8080", f"http://127.0.0.1:8080{PATH}", "127.0.0.1:8080", PATH),
        ("http://127.0.0.1:80", f"http://127.0.0.1{PATH}", "127.0.0.1", PATH),
        ("http://127.0.0.1:443", f"http://127.0.0.1:443{PATH}", "127.0.0.1:443", PATH),
        ("http://[::1]:8080", f"http://[::1]:8080{PATH}", "[::1]:8080", PATH),
        (f"http://h:1{PATH}/", f"http://h:1{PATH}", "h:1", PATH),
        ("http://h/mws/", f"http://h/mws{PATH}", "h", f"/mws{PATH}"),
    ],
)  # fmt: skip
def test_addresses(given: str, url: str, host: str, path: str) -> None:
    endpoint = Endpoint.at(given)
    assert (endpoint.url, endpoint.host, endpoint.path) == (url, host, path)


@pytest.mark.parametrize("host", sorted({each.mws_host for each in MARKETPLACES.values()}))
def test_amazons_hosts_are_switched_off(host: str) -> None:
    assert Endpoint.at(f"https://{host}").switched_off
    assert not Endpoint.at(f"https://{host}.example").switched_off


def test_a_form_is_posted() -> None:
    request = Endpoint.at("https://h").post("a=b")
    assert request.headers["User-Agent"] == user_agent()
    assert (request.method, request.body) == ("POST", b"a=b")
    assert request.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
