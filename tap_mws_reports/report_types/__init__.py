"""What is known of each report type: one TOML file per type in `entries`, and its loader."""

from __future__ import annotations

from tap_mws_reports.report_types.catalog import all_known, load
from tap_mws_reports.report_types.kinds import Kind, json_schema
from tap_mws_reports.report_types.report_type import ColumnSpec, Identity, ReportType

ALL_KNOWN = all_known()

__all__ = [
    "ALL_KNOWN",
    "ColumnSpec",
    "Identity",
    "Kind",
    "ReportType",
    "all_known",
    "json_schema",
    "load",
]
