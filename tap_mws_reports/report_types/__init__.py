"""Facts about each report type: one TOML file per type, and its loader."""

from __future__ import annotations

from tap_mws_reports.report_types.catalog import all_known, load, use_directory
from tap_mws_reports.report_types.kinds import (
    PRECISION,
    SCALE,
    Decimals,
    Kind,
    json_schema,
    kind_of,
)
from tap_mws_reports.report_types.report_type import (
    ColumnSpec,
    Identity,
    Option,
    ReportType,
    WindowAlignment,
)
from tap_mws_reports.report_types.toml_table import BadEntry

__all__ = [
    "PRECISION",
    "SCALE",
    "BadEntry",
    "ColumnSpec",
    "Decimals",
    "Identity",
    "Kind",
    "Option",
    "ReportType",
    "WindowAlignment",
    "all_known",
    "json_schema",
    "kind_of",
    "load",
    "use_directory",
]
