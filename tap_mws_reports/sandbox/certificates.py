"""The sandbox's own certificate authority, for clients that require TLS. Needs trustme."""

from __future__ import annotations

import ssl
from pathlib import Path

from tap_mws_reports.errors import SettingsError


def make_tls(ca_path: Path, *names: str) -> ssl.SSLContext:
    """Return the TLS of a server with a new certificate; write the authority's own to a file.

    The keys stay in memory: after the process has ended, no certificate of the file is valid.

    Args:
        ca_path: where the certificate of the authority is written, in PEM.
        names: the hosts and addresses of the server.

    Raises:
        SettingsError: trustme is not installed, or the file cannot be written.
    """
    try:
        import trustme  # noqa: PLC0415 - an extra that few need
    except ImportError:
        raise SettingsError(
            "--tls needs trustme, which is not installed",
            where="mws-reports sandbox",
            hint="install tap-mws-reports[tls]",
        ) from None
    authority = trustme.CA()
    try:
        ca_path.write_bytes(authority.cert_pem.bytes())
    except OSError as error:
        what = f"{ca_path} cannot be written: {error.strerror}"
        raise SettingsError(what, where="--tls", hint="name a file in a directory") from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context
