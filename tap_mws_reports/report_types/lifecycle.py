"""What to tell users whose report type Amazon has withdrawn, or no longer lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types.catalog import load
from tap_mws_reports.report_types.report_type import ReportType


def lifecycle_notice(known: ReportType, today: date | None = None) -> str:
    """Return one sentence with date and successor; empty for a type that Amazon has.

    Args:
        known: the type.
        today: decides whether the withdrawal is in the future; None means it is in the past.
    """
    if known.withdrawn is not None:
        to_come = today is not None and known.withdrawn > today.isoformat()
        event = f"{'will withdraw' if to_come else 'withdrew'} it on {known.withdrawn}"
    elif known.unlisted is not None:
        event = f"no longer lists it (seen on {known.unlisted})"
    else:
        return ""
    successor = f"use {known.successor}" if known.successor else "no successor is known"
    return f"Amazon {event}; {successor}"


def configured_notices(names: Iterable[str], today: date) -> list[str]:
    """Return the notices of the report types of the settings, each with the name of its type.

    Args:
        names: of types, in any spelling; other texts are ignored.
        today: the date of the run.
    """
    notices: dict[str, None] = {}
    for name in names:
        try:
            notice = lifecycle_notice(load(name), today)
        except SettingsError:  # the validation of the settings reports it
            continue
        if notice:
            notices[f"{name.strip()}: {notice}"] = None
    return list(notices)
