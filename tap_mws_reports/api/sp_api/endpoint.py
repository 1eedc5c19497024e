"""Addresses of SP-API, of Login with Amazon, and which addresses of documents are allowed.

Source: https://developer-docs.amazon.com/sp-api/docs/sp-api-endpoints
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tap_mws_reports.errors import HostUnreachable, SettingsError

HOSTS: dict[str, str] = {
    "NA": "sellingpartnerapi-na.amazon.com",
    "EU": "sellingpartnerapi-eu.amazon.com",
    "FE": "sellingpartnerapi-fe.amazon.com",
}
"""Amazon's hosts by region."""

SANDBOX_HOSTS: dict[str, str] = {region: f"sandbox.{host}" for region, host in HOSTS.items()}
"""Amazon's own sandbox, which answers with fixed examples, by region."""

TOKEN_PATH = "/auth/o2/token"  # noqa: S105 - a path
TOKEN_URL = f"https://api.amazon.com{TOKEN_PATH}"

_AMAZONS = frozenset({*HOSTS.values(), *SANDBOX_HOSTS.values()})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of SP-API at a host, and that of its tokens.

    ``url`` has no slash at its end.
    """

    url: str
    token_url: str

    @classmethod
    def of(cls, region: str) -> Endpoint:
        """Return Amazon's own endpoint of a region: NA, EU or FE.

        Raises:
            SettingsError: SP-API does not serve the region.
        """
        if region not in HOSTS:
            what = f"SP-API has no endpoint for the region {region}"
            raise SettingsError(what, hint=f"its regions are {', '.join(HOSTS)}")
        return cls(f"https://{HOSTS[region]}", TOKEN_URL)

    @classmethod
    def at(cls, endpoint_url: str) -> Endpoint:
        """Return the endpoint at an address that the user set.

        It is also that of the tokens, unless it is one of Amazon's own hosts.

        Raises:
            SettingsError: Amazon's own hosts would be called without TLS.
        """
        url = endpoint_url.rstrip("/")
        parts = urlsplit(url)
        if (parts.hostname or "") not in _AMAZONS:
            return cls(url, f"{url}{TOKEN_PATH}")
        if parts.scheme != "https":
            what = f"{parts.hostname} must be called by https"
            raise SettingsError(what, where="setting `endpoint_url`", hint="write https://")
        return cls(url, TOKEN_URL)

    @property
    def host(self) -> str:
        """Return the host, with its port where that is not the scheme's own."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def check_document(self, url: str) -> None:
        """Refuse an address of a document that is not safe.

        Amazon does not say which hosts serve documents, so any is allowed by https. A local service
        without TLS may serve them itself.

        Raises:
            HostUnreachable: the connection would not be encrypted.
        """
        scheme, host, port = _origin(url)
        if not host or (scheme != "https" and (scheme, host, port) != _origin(self.url)):
            what = f"a document's address at {host or 'no host'} is not by https"
            raise HostUnreachable(what, hint="documents come by https, or from endpoint_url itself")


def _origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address; empty ones if it is invalid."""
    with suppress(ValueError):
        parts = urlsplit(url)
        return parts.scheme, (parts.hostname or "").lower(), parts.port
    return "", "", None
