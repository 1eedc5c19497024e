"""The charts as Vega-Lite specifications, drawn as SVG by vl-convert.

vl-convert is the Vega project's renderer without a browser; its SVG needs neither a script nor the
network. Colours are CSS variables of the page: light and dark share one drawing.
https://vega.github.io/vega-lite/docs/ describes the specifications.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tap_mws_reports.errors import SettingsError
from tap_mws_reports.page.database import Row
from tap_mws_reports.page.figures import BARS
from tap_mws_reports.page.run_timeline import Outcome, ReportLife

Spec = dict[str, Any]

NARROW, WIDE = 340, 1080
"""The widths in pixels for a phone or a third of a screen, and for the whole of it."""

PHASES = ("waiting at Amazon", "made by Amazon", "ready", "downloaded", "loading")
OUTCOMES = tuple(outcome.value for outcome in Outcome)
_SHAPES = ("circle", "square", "cross", "triangle-right", "diamond")

PHASE_COLOURS = ("var(--soft)", "var(--b)", "var(--c)", "var(--d)", "var(--a)")
COLOURS = ("var(--a)", "var(--b)", "var(--c)", "var(--bad)")

LABEL, WIDE_LABEL = 22, 68
"""The longest labels, in characters."""

_LABEL_WIDTH, _WIDE_LABEL_WIDTH = 146, 430
_BAR_HEIGHT, _LINE_HEIGHT = 22, 18
_ROOM_FOR_VALUE = 1.4
_UNSEEN = "\N{ZERO WIDTH SPACE}"
_SHORTEST = timedelta(milliseconds=300)
"""The length at which a shorter phase is drawn, so that it is visible."""

_CONFIG: Spec = {
    "font": "system-ui, sans-serif",
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--text)",
        "labelFontSize": 11,
        "gridColor": "var(--grid)",
        "domainColor": "var(--grid)",
        "tickColor": "var(--grid)",
        "title": None,
    },
    "bar": {"color": "var(--a)"},
    "text": {"color": "var(--text)", "fontSize": 11},
}

_APART = {"labelOverlap": "greedy", "labelSeparation": 8}
"""Of an axis: labels that would touch are left out."""


def draw(spec: Spec) -> str:
    """Return a chart as SVG.

    Raises:
        SettingsError: vl-convert is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415 - only this command needs it
    except ImportError as error:
        what = "`mws-reports page` needs vl-convert-python, which is not installed"
        raise SettingsError(what, hint="install `tap-mws-reports[page]`") from error
    # `padding` is inside the width: the drawing has the requested width.
    sized = {"autosize": {"type": "fit", "contains": "padding"}, "padding": 2}
    return str(vl_convert.vegalite_to_svg({"config": _CONFIG, **sized, **spec}))


def by_day(rows: Sequence[Row], value: str) -> Spec:
    """Return a bar for each day; ``value`` is the column of the bar's height."""
    return {
        "width": NARROW,
        "height": 170,
        "data": {"values": _values(rows)},
        "mark": {"type": "bar", "width": {"band": 0.8}},
        "encoding": {
            "x": {
                "field": "day",
                "type": "temporal",
                "timeUnit": "utcyearmonthdate",
                "axis": {"format": "%d %b", "grid": False, "tickCount": 5},
            },
            "y": {"field": value, "type": "quantitative", "axis": {"format": "~s", "tickCount": 4}},
        },
    }


def ranking(rows: Sequence[Row], label: str, value: str, number: str = ",d") -> Spec:
    """Return the first rows as horizontal bars with their values.

    Args:
        rows: in the order of the bars.
        label: the column of the labels.
        value: the column of the lengths, which is also written.
        number: the format of the value, as d3-format writes it.
    """
    names = _distinct(_shortened(row[label], LABEL) for row in rows[:BARS])
    lengths = [float(row[value]) for row in rows[:BARS]]
    bars = [
        {"label": name, "value": length, "end": max(0.0, length)}
        for name, length in zip(names, lengths, strict=True)
    ]
    # The written values need room beside the longest bar.
    domain = [min(0.0, *lengths), max(0.0, *lengths) * _ROOM_FOR_VALUE]
    colour = {"condition": {"test": "datum.value < 0", "value": "var(--bad)"}, "value": "var(--a)"}
    axis = {"field": "value", "type": "quantitative", "axis": None}
    return {
        **_rows(NARROW, _BAR_HEIGHT),
        "data": {"values": bars},
        "encoding": {"y": _names("label", _LABEL_WIDTH)},
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {
                    "x": {**axis, "scale": {"domain": domain, "nice": False}},
                    "color": colour,
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "baseline": "middle"},
                "encoding": {
                    "text": {"field": "value", "format": number, "type": "quantitative"},
                    "x": {**axis, "field": "end"},
                },
            },
        ],
    }


def stacked(rows: Sequence[Row], label: str, parts: Sequence[str]) -> Spec:
    """Return horizontal bars of several parts, each in its own colour."""
    names = _distinct(_shortened(row[label], LABEL) for row in rows[:BARS])
    values = [
        {"label": name, "part": part, "order": place, "value": _plain(row[part] or 0)}
        for name, row in zip(names, rows, strict=False)
        for place, part in enumerate(parts)
    ]
    return {
        **_rows(NARROW, _BAR_HEIGHT),
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "y": _names("label", _LABEL_WIDTH),
            "x": {"field": "value", "type": "quantitative", "axis": {"tickCount": 4, **_APART}},
            "color": _scale("part", parts, COLOURS[: len(parts)]),
            "order": {"field": "order"},
        },
    }


def _rows(width: int, step: int) -> Spec:
    return {
        "width": width,
        "height": {"step": step},
        "autosize": {"type": "fit-x", "contains": "padding"},
    }


def _names(field: str, width: int) -> Spec:
    """Return an axis of names with a fixed width: fonts differ between machines."""
    axis = {"minExtent": width, "maxExtent": width, "ticks": False, "domain": False}
    return {"field": field, "type": "nominal", "sort": None, "axis": {**axis, "labelLimit": 0}}


def _distinct(names: Iterable[str]) -> Iterator[str]:
    """Yield the names; equal ones get invisible blanks, or they would be one bar."""
    seen: Counter[str] = Counter()
    for name in names:
        yield name + _UNSEEN * seen[name]
        seen[name] += 1


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def timeline(reports: Sequence[ReportLife], width: int) -> Spec:
    """Return a line for each report: the phases it went through, and how it ended.

    Args:
        reports: in the order of the lines.
        width: in pixels; a wide chart has longer labels.
    """
    wide = width >= WIDE
    labelled = list(zip(_labels(reports, wide=wide), reports, strict=True))
    phases = [phase for label, report in labelled for phase in _phases(label, report)]
    ends = [end for label, report in labelled for end in _end(label, report)]
    moment = {"type": "temporal", "scale": {"type": "utc"}}
    ticks = {"tickCount": 8 if wide else 4, "format": "%H:%M:%S", **_APART}
    colour = {
        "condition": {"test": "datum.outcome == 'failed'", "value": "var(--bad)"},
        "value": "var(--text)",
    }
    bars = {
        "data": {"values": phases},
        "mark": {"type": "bar", "height": 9},
        "encoding": {
            "x": {**moment, "field": "start", "axis": ticks},
            "x2": {"field": "end"},
            "color": _scale("phase", PHASES, PHASE_COLOURS),
        },
    }
    points = {
        "data": {"values": ends},
        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
        "encoding": {
            "x": {**moment, "field": "at"},
            "shape": _scale("outcome", OUTCOMES, _SHAPES),
            "color": colour,
        },
    }
    return {
        **_rows(width, _LINE_HEIGHT),
        "encoding": {"y": _names("report", _WIDE_LABEL_WIDTH if wide else _LABEL_WIDTH)},
        "layer": [bars, points],
    }


def _labels(reports: Sequence[ReportLife], *, wide: bool) -> Iterator[str]:
    """Yield a label for each report, all different: reports with one label would share a line."""
    for place, report in enumerate(reports, 1):
        label = f"{report.stream} {report.window}" if wide else report.stream
        yield f"{_shortened(label.strip(), WIDE_LABEL if wide else LABEL - 3)} {place}"


def _phases(label: str, report: ReportLife) -> Iterator[Spec]:
    """Yield the phases between the steps that are known; each is named by what began it."""
    begun = (report.requested, report.started, report.completed, report.downloaded, report.read)
    steps = [(phase, step) for phase, step in zip(PHASES, begun, strict=True) if step]
    ends = [step for _, step in steps[1:]] + ([report.loaded] if report.loaded else [])
    for (phase, start), end in zip(steps, ends, strict=False):
        until = max(end, start + _SHORTEST).isoformat()
        yield {"report": label, "phase": phase, "start": start.isoformat(), "end": until}


def _end(label: str, report: ReportLife) -> Iterator[Spec]:
    steps = (report.loaded, report.read, report.downloaded, report.completed, report.requested)
    last = next((step for step in steps if step), None)
    if last is not None:
        yield {"report": label, "outcome": report.outcome.value, "at": last.isoformat()}


def _scale(field: str, domain: Sequence[str], values: Sequence[str]) -> Spec:
    """Return an encoding without a legend: the page has its own, in the reader's font."""
    scale = {"domain": [*domain], "range": [*values]}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


def _values(rows: Iterable[Row]) -> list[Mapping[str, object]]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date | datetime) else value
