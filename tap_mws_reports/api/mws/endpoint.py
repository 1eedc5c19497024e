"""Addresses of MWS, and the headers of requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tap_mws_reports.api.marketplaces import mws_hosts
from tap_mws_reports.api.mws.operations import REPORTS, Section
from tap_mws_reports.api.transport import HttpRequest, user_agent

_STANDARD_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of a section of MWS at a host.

    ``host`` is as it is signed: in lower case, with its port only where that is not the
    scheme's own.
    """

    url: str
    host: str
    path: str
    switched_off: bool
    """Whether this is a host of Amazon's own, which no longer answers."""

    @classmethod
    def at(cls, endpoint_url: str, section: Section = REPORTS) -> Endpoint:
        """Return the endpoint at an address such as ``https://mws.amazonservices.com``."""
        parts = urlsplit(endpoint_url)
        name = (parts.hostname or "").lower()
        bracketed = f"[{name}]" if ":" in name else name
        usual = parts.port in {None, _STANDARD_PORTS.get(parts.scheme)}
        host = bracketed if usual else f"{bracketed}:{parts.port}"
        path = parts.path.rstrip("/").removesuffix(REPORTS.path) + section.path
        return cls(f"{parts.scheme}://{host}{path}", host, path, name in mws_hosts())

    def post(self, form: str) -> HttpRequest:
        """Return the request that carries a form."""
        return HttpRequest("POST", self.url, _HEADERS, form.encode("ascii"))


_HEADERS: Mapping[str, str] = {
    "User-Agent": user_agent(),
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
}
