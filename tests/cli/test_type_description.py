from __future__ import annotations

from dataclasses import replace

from tap_mws_reports.cli.type_details import describe_type
from tap_mws_reports.report_types import ColumnSpec, Identity, Kind, ReportType
from tap_mws_reports.report_types.report_type import Option

DAY = ReportType(
    *("_GET_TRAFFIC_", None, "traffic_by_day", "range", "By day"),
    identity=Identity("row", ("day",), "There is one object for each day."),
    columns=(ColumnSpec("Day ", Kind.DATE, "day", ("Tag", "date")),),
    list_path="byDate",
)
PRODUCT = ReportType(
    *("_GET_TRAFFIC_", None, "traffic_by_product", "range", "By product", Identity("document")),
)
TRAFFIC = ReportType(
    *("_GET_TRAFFIC_", "GET_TRAFFIC", "traffic", "range", "Visits", Identity("document")),
    parts=(DAY, PRODUCT),
    services=("sp_api",),
    options=(Option("size", ("small", "large"), required=True, meaning="how much of it"),),
    source=("https://example.com/traffic",),
)


def test_everything_is_described() -> None:
    assert (
        describe_type(TRAFFIC, 100)
        == """\
Visits
  in MWS            no such type
  in SP-API         GET_TRAFFIC
  kind              range: has a start and an end date, and is requested in windows
  requested         requested by the tap
  format            tab-separated text
  longest window    none is stated
  cooldown          none is stated
  late changes      a run does not go back to ask again, unless `lookback_days` says otherwise
  oldest start      none is stated
  kept by Amazon    none is stated
  marketplaces      all
  role over SP-API  Amazon's pages name none
  restricted        no

options:
  size  small or large; required; how much of it

stream traffic_by_day:
  list         byDate
  key          _seller_id, day
  kind of key  row: the columns identify a row
  because      There is one object for each day.
  columns      1 known column

columns:
  day  date; `Day`; 2 other spellings

stream traffic_by_product:
  key          _seller_id, _report_id, _row_number
  kind of key  document: rows are distinguished by the report they came in and their number in it
  columns      text, named after the header of the document

in `reports`:
  {"type": "GET_TRAFFIC", "options": {"size": "small"}}

sources:
  https://example.com/traffic"""
    )


def test_a_document_kept_as_a_file_has_no_columns() -> None:
    form = replace(PRODUCT, format="pdf")
    assert "  columns      none: the document is kept as a file\n" in describe_type(form, 100)
