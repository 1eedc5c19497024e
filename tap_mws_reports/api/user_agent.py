"""The User-Agent header that both services require in every call.

Sources: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_UserAgentHeader.html,
https://developer-docs.amazon.com/sp-api/docs/include-a-user-agent-header-in-all-requests
"""

from __future__ import annotations

import platform
from importlib import metadata

_DISTRIBUTION = "tap-mws-reports"


def user_agent() -> str:
    """Return the header's text: ``tap-mws-reports/0.1.0 (Language=Python/3.11; ...)``."""
    language = f"Language=Python/{'.'.join(platform.python_version_tuple()[:2])}"
    return f"{_DISTRIBUTION}/{_version()} ({language}; Platform={platform.system()})"


def _version() -> str:
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:  # run from a source tree that nobody installed
        return "0"
