from __future__ import annotations

from dataclasses import replace

import pytest

from tap_mws_reports.cli.type_details import facts, key_of, kind_of
from tap_mws_reports.report_types import (
    ColumnSpec,
    Identity,
    Kind,
    ReportType,
    WindowAlignment,
    all_known,
)

THING = ReportType("_GET_THING_", "GET_THING", "thing", "range", "Things", Identity("document"))


@pytest.mark.parametrize(
    ("label", "told", "value"),
    [
        ("withdrawn", {}, None),
        ("withdrawn", {"withdrawn": "2021-05-31"}, "since 2021-05-31"),
        ("category", {}, None),
        ("category", {"category": "Tax"}, "Tax"),
        ("asked for", {"asked": ("request", "amazon")}, "requested by the tap, made by Amazon un"),
        ("asked for", {"asked": ()}, None),
        ("format", {"format": "xlsx"}, "XLSX, kept as a file"),
        ("rows", {}, None),
        ("rows", {"root": "Orders", "row_elements": ("A", "A/B")}, "innermost of A, A/B in Orders"),
        ("reading", {}, None),
        (
            "reading",
            {"filled_down": ("a", "b")},
            "the first row's values of a, b hold for all rows",
        ),
        ("reading", {"positional": True, "local_numbers": True}, "decimal mark; columns are told"),
        ("longest window", {}, "none is stated"),
        ("longest window", {"max_days": 1}, "1 day"),
        ("longest window", {"kind": "snapshot"}, None),
        ("windows", {}, None),
        (
            "windows",
            {"borders": WindowAlignment("midnights")},
            "whole days; they begin and end at midnight",
        ),
        (
            "windows",
            {"borders": WindowAlignment("hours", "HOUR")},
            "whole hours; they begin and end with",
        ),
        (
            "windows",
            {"borders": WindowAlignment("dates", "WEEK", "period", most=1, held_back_hours=72)},
            "whole weeks, or of what the option period names, 72 hours after their end; only the",
        ),
        ("windows", {"borders": WindowAlignment("dates", most=1)}, "in the report; 1 in each"),
        ("start asked for", {}, None),
        ("start asked for", {"reach_hours": 72}, "72 hours ago"),
        ("cooldown", {}, "none is stated"),
        ("cooldown", {"cooldown_minutes": 30}, "30 minutes until"),
        ("cooldown", {"cooldown_minutes": 90}, "90 minutes until"),
        ("cooldown", {"cooldown_minutes": 240}, "4 hours until"),
        ("cooldown", {"kind": "generated"}, None),
        ("late changes", {}, "a run does not go back to ask again, unless `lookback_days`"),
        ("late changes", {"lookback_days_default": 7}, "a run goes 7 days back to ask"),
        ("late changes", {"kind": "snapshot"}, None),
        ("oldest start", {}, "none is stated"),
        ("oldest start", {"lookback_limit_days": 1000}, "1,000 days ago"),
        ("oldest start", {"kind": "generated"}, None),
        ("kept by Amazon", {"retention_days": 90}, "90 days"),
        ("marketplaces", {}, "all"),
        ("marketplaces", {"marketplaces": ("US", "EU")}, "US, EU"),
        ("marketplaces", {"one_marketplace": True}, "all; each is asked for by itself"),
        ("restricted", {}, "no"),
        ("restricted", {"restricted": "personal"}, "Restricted Data Token"),
        ("restricted", {"restricted": "role"}, "a role of their own"),
    ],
)
def test_fact(label, told, value) -> None:
    said = facts(replace(THING, **told))

    assert value in said[label] if value else label not in said


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (None, "date"),
        ("MDY", "date, month first"),
        ("DMY", "date, day first"),
        ("YMD", "date, year first"),
    ],
)
def test_kind_of_a_column(order, said) -> None:
    assert kind_of(ColumnSpec("Day", Kind.DATE, "day", date_order=order)) == said


def test_every_type_has_facts() -> None:
    for known in all_known():
        assert {"kind", "format", "marketplaces", "restricted"} <= facts(known).keys()


@pytest.mark.parametrize(
    ("kind", "identity", "key"),
    [
        ("range", Identity("document"), (("_seller_id", "_report_id", "_row_number"), ())),
        ("range", Identity("group", ("id",)), (("_seller_id", "id", "_line"), ())),
        (
            *("snapshot", Identity("row", ("sku",))),
            (("_seller_id", "_marketplace_ids", "sku"), ("_data_end",)),
        ),
    ],
)
def test_key(kind, identity, key) -> None:
    assert key_of(replace(THING, kind=kind, identity=identity)) == key
