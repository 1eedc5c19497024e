"""The configuration of one partition of a row stream."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from tap_mws_reports.api import marketplaces
from tap_mws_reports.config.validation import ReportSetting
from tap_mws_reports.documents import MarketplaceFormat
from tap_mws_reports.report_types import ReportType, WindowAlignment
from tap_mws_reports.retrieval.planning.periods import Period, Periods
from tap_mws_reports.retrieval.planning.windows import END_DELAY, WindowRule
from tap_mws_reports.retrieval.state.partitions import Context, context_of

DEFAULT_MAX_WINDOW = timedelta(days=30)
"""The longest window of a range type without a documented limit."""

DATES_TIME_ZONE = "America/Los_Angeles"
"""The time zone of dates. Amazon does not document it; its staff named Pacific time, where dates
end last of all marketplaces (https://github.com/amzn/selling-partner-api-docs/issues/3107)."""


@dataclass(frozen=True, slots=True)
class PartitionConfig:
    """One entry of ``reports`` for a seller's marketplaces: a partition of a row stream."""

    setting: ReportSetting
    seller_id: str
    marketplace_ids: tuple[str, ...]
    marketplace_format: MarketplaceFormat
    group: int = 1
    """Which part of an option's values it requests, where they do not fit in one request."""

    @property
    def context(self) -> Context:
        """The context of the partition in the state."""
        return context_of(self.seller_id, self.marketplace_ids, self.group)

    def describe(self) -> str:
        """Describe the partition for logs: its seller and marketplaces."""
        return f"seller {self.seller_id}, {marketplaces.describe(self.marketplace_ids)}"

    def window_rule(self, report_type: ReportType, *, any_length: bool = False) -> WindowRule:
        """Return the window rule of a report type with the settings applied.

        Args:
            report_type: the report type.
            any_length: whether rows are the same however long the window is; then it is as long
                as Amazon allows, and `window_days` is not applied.
        """
        longest = _days(report_type.max_days) or DEFAULT_MAX_WINDOW
        window_days = self.setting.window_days
        if any_length:
            longest = _days(report_type.max_days or report_type.lookback_limit_days) or longest
            window_days = None
        lookback = self.setting.lookback_days
        if lookback is None:
            lookback = report_type.lookback_days_default
        return WindowRule(
            longest=min(longest, _days(window_days) or longest),
            cooldown=timedelta(minutes=report_type.cooldown_minutes or 0),
            lookback=timedelta(days=lookback),
            oldest=_days(report_type.lookback_limit_days),
            periods=self._periods(report_type.alignment),
            end_delay=_end_delay(report_type.alignment),
            start_offset=_hours(report_type.start_offset_hours),
            configured_window=_days(self.setting.window_days),
        )

    def _periods(self, alignment: WindowAlignment | None) -> Periods | None:
        """Return the periods of the windows, or None."""
        if alignment is None:
            return None
        period = Period(alignment.period_of(dict(self.setting.options)))
        if alignment.at == "dates":
            return Periods(period, "UTC", DATES_TIME_ZONE, alignment.max_periods)
        zone = "UTC" if alignment.at == "hours" else self.marketplace_format.time_zone
        return Periods(period, zone, most=alignment.max_periods)


def option_groups(setting: ReportSetting, report_type: ReportType) -> list[ReportSetting]:
    """Return a setting for each request that the values of its options take.

    The values of an option with `Option.max_values` are divided by blanks or commas.
    """
    limits = {each.name: each.max_values for each in report_type.options if each.max_values}
    for name, text in setting.options:
        values, most = text.replace(",", " ").split(), limits.get(name)
        if most and len(values) > most:
            others = tuple(each for each in setting.options if each[0] != name)
            return [
                replace(setting, options=tuple(sorted((*others, (name, " ".join(part))))))
                for part in (values[start : start + most] for start in range(0, len(values), most))
            ]
    return [setting]


def _days(days: int | None) -> timedelta | None:
    return timedelta(days=days) if days else None


def _end_delay(alignment: WindowAlignment | None) -> timedelta:
    return (_hours(alignment.end_delay_hours) if alignment else None) or END_DELAY


def _hours(hours: int | None) -> timedelta | None:
    return timedelta(hours=hours) if hours else None
