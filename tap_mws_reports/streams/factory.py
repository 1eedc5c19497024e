"""Create the row streams of the settings: one per report type, or per list in a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from singer_sdk import Tap

from tap_mws_reports import report_types
from tap_mws_reports.config import validation
from tap_mws_reports.config.sellers import SellerConfig
from tap_mws_reports.config.validation import ReportSetting
from tap_mws_reports.documents import MarketplaceFormat
from tap_mws_reports.streams.partition_config import PartitionConfig, option_groups
from tap_mws_reports.streams.report_rows import ReportRows
from tap_mws_reports.streams.sync_context import SyncContext


def make_row_streams(
    tap: Tap, run: SyncContext, owners: Sequence[SellerConfig]
) -> Iterator[ReportRows]:
    """Yield the row streams of a tap.

    Entries of ``reports`` for the same report type fill one stream.

    Args:
        tap: the tap with the settings.
        run: the context of the run.
        owners: the configured sellers.
    """
    by_stream: dict[str, list[ReportSetting]] = {}
    for setting in validation.report_settings(tap.config):
        stream = report_types.load(setting.report_type).stream
        by_stream.setdefault(stream, []).append(setting)
    for settings in by_stream.values():
        first = settings[0]
        report_type = report_types.load(first.report_type).with_kinds(first.columns)
        sources = tuple(
            PartitionConfig(part, owner.seller_id, ids, _marketplace_format(ids), group)
            for setting in settings
            for owner in owners
            for ids in owner.partitions(setting, report_type)
            for group, part in enumerate(option_groups(setting, report_type), start=1)
        )
        lists = frozenset(part.list_path for part in report_type.parts)
        summed = frozenset(
            part.stream for part in report_type.parts if part.identity.kind == "document"
        )
        for part in report_type.streams:
            yield ReportRows(tap, run, part, sources, lists, first.columns, summed)


def _marketplace_format(marketplace_ids: Sequence[str]) -> MarketplaceFormat:
    if not marketplace_ids:
        return MarketplaceFormat()
    marketplace = validation.marketplace(marketplace_ids[0])
    return MarketplaceFormat(
        code_page=marketplace.code_page,
        time_zone=marketplace.time_zone,
        date_order=marketplace.date_order,
        decimal_mark=marketplace.decimal_mark,
    )
