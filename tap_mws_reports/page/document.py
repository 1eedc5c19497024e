"""The page: the figures of the last run and of the sales, put into the template."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources
from typing import Any

from tap_mws_reports.errors import SettingsError
from tap_mws_reports.page import charts
from tap_mws_reports.page.database import Database, Row
from tap_mws_reports.page.figures import BARS, FigureData, read_figures
from tap_mws_reports.page.quota_use import quota_use
from tap_mws_reports.page.run_log import RunLog
from tap_mws_reports.page.run_timeline import Outcome, last_run, service_of

TEMPLATE = "page.html.jinja"
LINES = 40
"""How many reports the timeline shows; the table below it has all."""

_CONDITIONS = ("sellable", "unsellable")
_STOCK = ("fulfillable", "reserved", "unsellable")

UNPARSED_ROWS = 10_000
"""How many rows with unparsed cells are read from each table."""


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of the page: its chart, notes and table."""

    title: str
    svg: str
    note: str
    rows: Sequence[Row]
    parts: Sequence[str] = ()
    """The parts of its bars, in the order of `charts.COLOURS`."""


def render_page(database: Database, log: RunLog, title: str) -> str:
    """Return the page as HTML.

    Args:
        database: what the tap loaded.
        log: the log of its last run, or an empty one.
        title: a name for the database.

    Raises:
        SettingsError: a package is missing.
    """
    run = last_run(database, log)
    lines = run.reports[-LINES:]
    tables = list(_table_counts(database))
    html: str = _template().render(
        title=title,
        run=run,
        outcomes=[(outcome.value, run.count(outcome)) for outcome in Outcome],
        timelines=[
            (name, charts.draw(charts.timeline(lines, width)))
            for name, width in (("narrow", charts.NARROW), ("wide", charts.WIDE))
            if lines
        ],
        phases=list(zip(charts.PHASES, charts.PHASE_COLOURS, strict=True)),
        colours=charts.COLOURS,
        left_out=len(run.reports) - len(lines),
        quotas=quota_use(run.reports, service_of(database)),
        quota_waits=sorted(log.quota_waits.items()),
        calls=log.calls,
        tables=tables,
        rows=sum(table["rows"] for table in tables),
        unparsed=sum(table["unparsed"] for table in tables),
        cards=_cards(read_figures(database)),
        skipped=log.skipped,
    )
    return html


def _template() -> Any:  # noqa: ANN401 - of a package that most users do not need
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only this command needs it
    except ImportError as error:
        what = "`mws-reports page` needs jinja2, which is not installed"
        raise SettingsError(what, hint="install `tap-mws-reports[page]`") from error
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = _number
    text = resources.files("tap_mws_reports.page").joinpath(TEMPLATE).read_text("utf-8")
    return environment.from_string(text)


def _number(value: object) -> object:
    """Return a number with separators, and anything else as it is."""
    if isinstance(value, float | Decimal) and value != int(value):
        return f"{value:,.2f}"
    return f"{int(value):,}" if isinstance(value, int | float | Decimal) else value


def _table_counts(database: Database) -> Iterator[Row]:
    """Yield how many rows, reports and unparsed cells each table has, and of which columns."""
    for name in database.row_tables:
        table = database.table(name)
        counted = f"select count(*) as n, count(distinct _report_id) as reports from {table}"  # noqa: S608
        (row,) = database.rows(counted)
        cells = _unparsed_cells(database, name)
        yield {
            "table": name,
            "rows": row["n"],
            "reports": row["reports"],
            "unparsed": sum(cells.values()),
            "columns": ", ".join(column for column, _ in cells.most_common()),
        }


def _unparsed_cells(database: Database, name: str) -> Counter[str]:
    """Count the unparsed cells of each column."""
    if "_unparsed" not in database.tables[name]:
        return Counter()
    table = database.table(name)
    sql = f"select _unparsed from {table} where _unparsed is not null limit {UNPARSED_ROWS}"  # noqa: S608
    return Counter(column for row in database.rows(sql) for column in json.loads(row["_unparsed"]))


def _cards(data: Mapping[str, FigureData]) -> list[Card]:
    currencies = Counter[str]()
    for row in data["best_sellers"].rows:
        currencies[row["currency"]] += row["units"]
    currency = currencies.most_common(1)[0][0] if currencies else ""
    others = f"other currencies are left out: {', '.join(sorted({*currencies} - {currency}))}"
    note = others if len(currencies) > 1 else ""
    return [
        _card(data["orders_by_day"], "Days in UTC; cancelled orders left out.", _orders),
        _card(_of_currency(data["revenue_by_day"], currency), note, _revenue, currency),
        _card(data["units_by_marketplace"], "", _units),
        _card(_of_currency(data["best_sellers"], currency), note, _best_sellers, currency),
        replace(_card(data["returns"], "", _returns), parts=_CONDITIONS),
        replace(_card(data["stock"], "", _stock), parts=_STOCK),
        _settlement(data),
    ]


def _card(data: FigureData, note: str, spec: Any, unit: str = "") -> Card:  # noqa: ANN401 - a function
    title = f"{data.figure.title} ({unit})" if unit else data.figure.title
    if not data.rows:
        return Card(title, "", data.missing or "no rows", ())
    left = len(data.rows) - BARS
    if left > 0 and "day" not in data.rows[0]:
        note = " ".join(filter(None, (note, f"The first {BARS} of {len(data.rows)}.")))
    return Card(title, charts.draw(spec(data.rows)), note, data.rows)


def _of_currency(data: FigureData, currency: str) -> FigureData:
    rows = [row for row in data.rows if row["currency"] == currency]
    return FigureData(data.figure, rows, data.missing)


def _orders(rows: Sequence[Row]) -> charts.Spec:
    return charts.by_day(rows, "orders")


def _revenue(rows: Sequence[Row]) -> charts.Spec:
    return charts.by_day(rows, "revenue")


def _units(rows: Sequence[Row]) -> charts.Spec:
    return charts.ranking(rows, "marketplace", "units")


def _best_sellers(rows: Sequence[Row]) -> charts.Spec:
    return charts.ranking(list(_named(rows)), "label", "revenue", ",.0f")


def _returns(rows: Sequence[Row]) -> charts.Spec:
    reasons = [{**row, "label": _words(row["reason"])} for row in rows]
    return charts.stacked(reasons, "label", _CONDITIONS)


def _stock(rows: Sequence[Row]) -> charts.Spec:
    return charts.stacked(list(_named(rows)), "label", _STOCK)


def _settlement(data: Mapping[str, FigureData]) -> Card:
    total, parts = data["settlement_total"], data["settlement"]
    if not total.rows or not parts.rows:
        return Card(parts.figure.title, "", total.missing or parts.missing, ())
    (head,) = total.rows
    rows = [{**row, "label": _posting(row)} for row in parts.rows]
    span = f"{head['first']:%Y-%m-%d} to {head['last']:%Y-%m-%d}"
    note = f"Settlement {head['settlement_id']}, {span}: {_number(head['total'])} paid out, "
    note += f"{_number(head['amounts'])} by its lines."
    svg = charts.draw(charts.ranking(rows, "label", "amount", ",.0f"))
    return Card(f"{parts.figure.title} ({head['currency']})", svg, note, parts.rows)


def _posting(row: Row) -> str:
    """Return what an amount of a settlement is for; prices and fees are not named."""
    kind = "" if row["amount_type"] in {"ItemPrice", "ItemFees"} else row["amount_type"]
    names = (row["transaction"], kind, row["amount_description"])
    return " ".join(filter(None, names))


def _named(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows with a label: the product's name where no other has it, else with its SKU."""
    given = list(rows)
    names = Counter(row["product"] for row in given)
    for row in given:
        unique = row["product"] and names[row["product"]] == 1
        yield {**row, "label": row["product"] if unique else f"{row['sku']} {row['product'] or ''}"}


def _words(name: str) -> str:
    """Return one of Amazon's names in lower case with blanks."""
    return name.replace("_", " ").capitalize() if name.isupper() else name
