"""The settings of a backfill of many short windows, for runs that are killed and stopped."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from benchmarks.virtual_run import REPORT_TYPES, START, deselect_lifecycle
from tap_mws_reports.sandbox.sandbox_config import tap_config
from tap_mws_reports.tap import TapMwsReports

SETTLEMENTS = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"


def write_settings(directory: Path, url: str, windows: int) -> None:
    """Write ``config.json`` and ``catalog.json``: row streams alone, so many days of each type.

    The days are long past, so that no order changes between two runs.
    """
    first = START.replace(hour=0, minute=0, second=0) - timedelta(days=85)
    config = {
        **tap_config(url, START),
        "start_date": first.isoformat(),
        "end_date": (first + timedelta(days=windows)).isoformat(),
        "reports": [{"type": name, "window_days": 1} for name in REPORT_TYPES] + [SETTLEMENTS],
    }
    catalog = deselect_lifecycle(TapMwsReports(config=config).catalog_dict)
    (directory / "config.json").write_text(json.dumps(config))
    (directory / "catalog.json").write_text(json.dumps(catalog))
