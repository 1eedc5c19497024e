"""What one partition of a row stream asks for, and for which marketplaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tap_mws_reports.configuration import ReportSetting
from tap_mws_reports.documents import Habits
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.retrieval.windows import WindowRule

LONGEST_WINDOW = timedelta(days=30)
"""For a range type whose limit Amazon does not tell."""


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of ``reports`` for a seller's marketplaces: a partition of a row stream."""

    setting: ReportSetting
    seller_id: str
    marketplace_ids: tuple[str, ...]
    habits: Habits

    def window_rule(self, report_type: ReportType) -> WindowRule:
        """Return how windows of a report type are cut, where the settings do not say otherwise."""
        longest = _days(report_type.max_days) or LONGEST_WINDOW
        lookback = self.setting.lookback_days
        if lookback is None:
            lookback = report_type.lookback_days_default
        return WindowRule(
            longest=min(longest, _days(self.setting.window_days) or longest),
            cooldown=timedelta(minutes=report_type.cooldown_minutes or 0),
            lookback=timedelta(days=lookback),
            oldest=_days(report_type.lookback_limit_days),
        )


def _days(days: int | None) -> timedelta | None:
    return timedelta(days=days) if days else None
