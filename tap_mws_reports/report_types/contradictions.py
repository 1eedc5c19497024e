"""Which keys of an entry contradict each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tap_mws_reports.report_types.report_type import ReportType


def contradictions(known: ReportType, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the keys that contradict others, each with the rule that it breaks.

    Args:
        known: what the entry says.
        keys: those that the entry has.
    """
    requested, in_sp_api = "request" in known.asked, "sp_api" in known.services
    rules = (
        (
            requested == (known.kind == "generated"),
            "asked",
            "must hold request, except for generated types",
        ),
        (
            known.max_days and known.kind != "range",
            "max_days",
            "is for types that take a range of dates",
        ),
        (
            known.reach_hours and known.kind != "snapshot",
            "reach_hours",
            "is for types that show the state of things now",
        ),
        (
            in_sp_api != bool(known.sp_api_name),
            "sp_api_name",
            "must be there where sp_api is among the services, only there",
        ),
        (
            not set(known.personal_sp_api_names) <= set(known.other_sp_api_names),
            "personal_sp_api_names",
            "must be some of other_sp_api_names",
        ),
        (
            bool(known.root) != (known.format == "xml" and bool(known.columns)),
            "root",
            "must be there for XML with columns, and only there",
        ),
        (known.row_elements and not known.root, "row_elements", "is for XML with a root"),
        (
            "lists" in keys and (known.format != "json" or known.columns),
            "lists",
            "is for JSON, which has no columns beside",
        ),
        ("about" in keys and "lists" not in keys, "about", "is for JSON with lists"),
    )
    return ((key, rule) for broken, key, rule in rules if broken)
