"""What the settings want of a service that it does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.sp_api.endpoint import HOSTS
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.problem import Problem, place


def service_problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what SP-API lacks; MWS has whatever can be set."""
    if config.get("api") != "sp_api":
        return
    if config.get("acknowledge"):
        fix = "leave it out: the state remembers which reports were read"
        yield Problem("acknowledge", "SP-API keeps no acknowledgements", fix)
    for number, entry in enumerate(config.get("reports") or []):
        name = entry if isinstance(entry, str) else entry["type"]
        if _is_unknown_to_sp_api(name):
            what = f"SP-API does not have `{name}`"
            fix = f"`mws-reports types {name}` says what is known of it"
            yield Problem(place(("reports", number)), what, fix)
    for text in config.get("marketplace_ids") or []:
        if not _is_served(text):
            what = f"SP-API does not serve the marketplace `{text}`"
            fix = f"its regions are {', '.join(HOSTS)}"
            yield Problem("marketplace_ids", what, fix)


def _is_unknown_to_sp_api(name: str) -> bool:
    try:
        return report_types.load(name).sp_api_name is None
    except SettingsError:  # told elsewhere
        return False


def _is_served(text: str) -> bool:
    try:
        return marketplaces.find(text).region in HOSTS
    except SettingsError:  # told elsewhere
        return True
