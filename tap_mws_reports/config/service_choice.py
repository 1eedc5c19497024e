"""Which of Amazon's services is used: the setting ``api``, or else what the credentials show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_mws_reports.config.seller_settings import seller_settings

CREDENTIALS = {
    "sp_api": ("lwa_client_id", "lwa_client_secret", "refresh_token"),
    "mws": ("aws_access_key_id", "aws_secret_access_key"),
}
"""The required settings of each service; the one that Amazon still runs comes first."""

SERVICE_NAMES = {"sp_api": "SP-API", "mws": "MWS"}
"""Amazon's names of the services."""


def chosen_service(config: Mapping[str, Any]) -> str:
    """Return the service to use, a key of `CREDENTIALS`.

    Without the setting, it is the one whose credentials all sellers have, or else the one of which
    any are set. If that is true of both or of neither, it is SP-API, because Amazon switched MWS
    off in 2024.
    """
    if api := config.get("api"):
        return str(api)
    each = [account.settings for account in seller_settings(config)]
    for together in (all, any):
        fitting = [
            service
            for service, names in CREDENTIALS.items()
            if together(bool(settings.get(name)) for settings in each for name in names)
        ]
        if len(fitting) == 1:
            return fitting[0]
    return next(iter(CREDENTIALS))


def describe_choice(config: Mapping[str, Any]) -> str:
    """Return one sentence about a choice that the settings leave open, or an empty text."""
    if config.get("api"):
        return ""
    service = chosen_service(config)
    each = [account.settings for account in seller_settings(config)]
    told = {
        other
        for other, names in CREDENTIALS.items()
        if any(settings.get(name) for settings in each for name in names)
    }
    if len(told) == 1:
        return ""
    because = "credentials of both services are set" if told else "no credentials are set"
    return f"`api` is not set and {because}: {SERVICE_NAMES[service]} is used"
