"""The page as a file: offline, escaped, with every figure and the tables of the reports."""

from __future__ import annotations

import json
import re

import duckdb
import pytest
from lxml import html

from tap_mws_reports.cli import main
from tap_mws_reports.page import charts
from tests.page.conftest import REPORTS

SPAN = {"start_date": "2020-05-20T00:00:00Z", "end_date": "2020-06-01T00:00:00Z"}
pytestmark = pytest.mark.api("sp_api", reason="the page is the same over both services")


@pytest.fixture
def undrawn(monkeypatch) -> None:
    """Leave out drawing, which takes seconds, where a test is about words."""
    monkeypatch.setattr(charts, "draw", lambda _spec: "<svg></svg>")


@pytest.fixture
def page(whole_run, load, tmp_path):
    """Make the page of a run after a change of its database; returns its text."""

    def make(*changes: str) -> str:
        path = load(whole_run(*REPORTS, **SPAN))
        with duckdb.connect(path) as database:
            for change in changes:
                database.execute(change)
        assert main(["page", path, "-o", str(tmp_path / "page.html")]) == 0
        return (tmp_path / "page.html").read_text("utf-8")

    return make


def test_the_page_has_every_figure_and_no_external_resource(page) -> None:
    text = page()
    document = html.fromstring(text)
    titles = [each.text_content() for each in document.findall(".//h2")]
    assert titles == [
        "What the last run did",
        "Quota used",
        "Orders by day",
        "Revenue by day (USD)",
        "Units by marketplace",
        "Best sellers (USD)",
        "Returned units by reason",
        "Stock at Amazon",
        "Latest settlement (USD)",
        "Tables",
    ]
    assert len(document.findall(".//svg")) == 9  # seven figures, and the timeline in two widths
    assert not document.xpath("//script | //link | //img | //iframe | //@href | //@src")
    addresses = set(re.findall(r"https?://[^\"' )]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"url\(|@import", text)
    assert len(text) < 400_000


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("logged", [False, True])
def test_the_page_says_which_calls_are_counted(whole_run, load, tmp_path, logged) -> None:
    path, log = load(whole_run(*REPORTS, **SPAN)), tmp_path / "tap.jsonl"
    summary = {"report_event": "summary", "streams": {}, "report_requests": 9, "calls": 1234}
    log.write_text(json.dumps({"ts": 1590000000, "extra": summary}))
    options = ["--log", str(log)] if logged else []
    assert main(["page", path, "-o", str(tmp_path / "page.html"), *options]) == 0
    text = " ".join((tmp_path / "page.html").read_text("utf-8").split())
    assert (
        "The run made 1,234 calls in all; those that are not in the table are polls" in text
    ) == (logged)
    assert ("the number of all calls is in the run's log, which --log reads" in text) != logged


@pytest.mark.usefixtures("undrawn")
def test_names_of_products_are_escaped(page) -> None:
    name = "<script>alert(1)</script> & Söhne"
    text = page(f"update flat_file_all_orders_data_by_last_update set product_name = '{name}'")
    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.usefixtures("undrawn")
def test_unparsed_cells_are_counted_by_column(page) -> None:
    cells = '{"quantity": "two", "item_price": "?"}'
    table = "flat_file_all_orders_data_by_last_update"
    text = page(f"update {table} set _unparsed = '{cells}' where _row_number <= 3")
    document = html.fromstring(text)
    (tile,) = [each for each in document.findall(".//li") if "unparsed" in each.text_content()]
    assert tile.find("b").text == "6"
    assert "quantity, item_price" in text


@pytest.mark.usefixtures("undrawn")
def test_a_second_currency_is_named_and_not_added(page) -> None:
    table = "flat_file_all_orders_data_by_last_update"
    text = page(f"update {table} set currency = 'CAD' where _row_number = 1")
    assert "other currencies are left out: CAD" in text


@pytest.mark.usefixtures("undrawn")
def test_missing_tables_of_figures_are_named(page) -> None:
    text = page("drop table fba_fulfillment_customer_returns_data")
    assert "Not shown: no table fba_fulfillment_customer_returns_data." in text
