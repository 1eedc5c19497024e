"""How a report type is asked for: its names, its options, and its entry in the settings."""

from __future__ import annotations

from typing import Any

from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.report_type import Option, Service

SERVICES: dict[Service, str] = {"mws": "MWS", "sp_api": "SP-API"}
"""What people call the services."""


def names_in(known: ReportType) -> dict[Service, tuple[str, ...]]:
    """Return the names of a report type in the services that have, or had, it."""
    sp_api = filter(None, (known.sp_api_name, *known.other_sp_api_names))
    names: dict[Service, tuple[str, ...]] = {
        "mws": (known.name,),
        "sp_api": tuple(dict.fromkeys(sp_api)),
    }
    return {service: names[service] for service in known.services if names[service]}


def option_fact(option: Option) -> str:
    """Return what is known of an option, in one line."""
    need = "required" if option.required else ""
    values = " or ".join(option.values) or "any text"
    return "; ".join(filter(None, (values, need, option.meaning)))


def settings_for(known: ReportType) -> list[str | dict[str, Any]]:
    """Return entries of the setting `reports` that ask for a type: short, and with options."""
    name = next(iter(names_in(known).values()))[0]
    required = [option for option in known.options if option.required]
    shown = required or known.options[:1]
    long = {"type": name, "options": {each.name: _example(each) for each in shown}}
    return [*([] if required else [name]), *([long] if shown else [])]


def _example(option: Option) -> str:
    return option.values[0] if option.values else "..."
