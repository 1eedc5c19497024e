"""The charts, as specifications: bars that stay apart, phases in their order, shortened labels."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tap_mws_reports.page import charts
from tap_mws_reports.page.run_timeline import Outcome, ReportLife

NOON = datetime(2020, 6, 12, 12, 0, tzinfo=UTC)


def test_names_equal_when_truncated_stay_two_bars() -> None:
    rows = [{"name": "A very long name of a thing, red", "n": Decimal("1.5")}]
    rows.append({"name": "A very long name of a thing, blue", "n": -2})
    bars = charts.ranking(rows, "name", "n")["data"]["values"]
    assert [bar["value"] for bar in bars] == [1.5, -2]
    assert len({bar["label"] for bar in bars}) == 2
    assert all(len(bar["label"]) <= charts.LABEL + 1 for bar in bars)


def test_a_ranking_shows_the_first_rows() -> None:
    rows = [{"name": str(n), "n": n} for n in range(50)]
    assert len(charts.ranking(rows, "name", "n")["data"]["values"]) == charts.BARS


def test_a_part_without_a_value_is_zero() -> None:
    values = charts.stacked([{"name": "x", "a": 1, "b": None}], "name", ("a", "b"))["data"][
        "values"
    ]
    assert [(each["part"], each["value"]) for each in values] == [("a", 1), ("b", 0)]


@pytest.mark.parametrize("width", [charts.NARROW, charts.WIDE])
def test_a_report_passes_through_its_phases(width) -> None:
    steps = [NOON + timedelta(minutes=n) for n in range(6)]
    life = ReportLife("A1", "orders", "1", "", Outcome.LOADED, *steps)
    unread = ReportLife("A1", "orders", "2", "", Outcome.WAITING, NOON)
    bars, points = charts.timeline([life, unread], width)["layer"]
    phases = [(each["phase"], each["end"] > each["start"]) for each in bars["data"]["values"]]
    assert phases == [(phase, True) for phase in charts.PHASES]
    without = replace(life, started=None, downloaded=None)
    bars = charts.timeline([without], width)["layer"][0]["data"]["values"]
    assert [bar["phase"] for bar in bars] == ["waiting at Amazon", "ready", "loading"]
    assert [bar["start"] for bar in bars[1:]] == [bar["end"] for bar in bars[:-1]]
    ends = {each["report"]: each["outcome"] for each in points["data"]["values"]}
    assert ends == {"orders 1": "loaded", "orders 2": "waiting"}


def test_charts_are_svg_with_the_colours_of_the_page() -> None:
    svg = charts.draw(charts.ranking([{"name": "x", "n": 1}], "name", "n"))
    assert svg.startswith("<svg")
    assert "var(--a)" in svg
    assert "#" not in svg.replace("url(#", "")
