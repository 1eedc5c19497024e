"""The validated configuration of each seller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tap_mws_reports import report_types
from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.config import validation
from tap_mws_reports.config.run_part import configured_shard
from tap_mws_reports.config.sandbox_mode import with_sandbox_defaults
from tap_mws_reports.config.seller_settings import seller_settings
from tap_mws_reports.config.service_choice import chosen_service
from tap_mws_reports.config.validation import ReportSetting
from tap_mws_reports.report_types import ReportType


@dataclass(frozen=True, slots=True)
class SellerConfig:
    """One seller with its marketplaces and settings.

    ``among_others`` says that there may be several: then entries of ``reports`` may name
    marketplaces that are not this seller's.
    """

    seller_id: str
    marketplaces: tuple[Marketplace, ...]
    settings: Mapping[str, Any] = field(repr=False)
    among_others: bool = False

    @property
    def api(self) -> str:
        """The name of the service of the seller."""
        return str(self.settings["api"])

    @property
    def application(self) -> tuple[str, str] | None:
        """The id and the secret of the SP-API application, or None."""
        client_id = self.settings.get("lwa_client_id")
        secret = self.settings.get("lwa_client_secret")
        return (client_id, secret) if self.api == "sp_api" and client_id and secret else None

    @property
    def in_sandbox(self) -> bool:
        """Whether the in-process sandbox is used."""
        return bool(self.settings.get("sandbox"))

    @property
    def endpoint_url(self) -> str | None:
        """The endpoint that replaces that of Amazon, or None."""
        return None if self.in_sandbox else self.settings.get("endpoint_url")

    @property
    def report_types(self) -> tuple[ReportType, ...]:
        """The configured report types; all known ones if none is named."""
        wanted = validation.report_settings(self.settings)
        named = tuple(report_types.load(each.report_type) for each in wanted)
        return named or tuple(each for each in report_types.all_known() if not each.download_only)

    def partitions(self, setting: ReportSetting, report_type: ReportType) -> list[tuple[str, ...]]:
        """Return the sets of marketplaces that are requested together."""
        every = tuple(each.marketplace_id for each in self.marketplaces)
        ids = setting.marketplace_ids or every
        if self.among_others and setting.marketplace_ids:
            ids = tuple(each for each in ids if each in every)
            if not ids:
                return []
        return [(each,) for each in ids] if report_type.one_marketplace else [ids]


def seller_configs(config: Mapping[str, Any]) -> tuple[SellerConfig, ...]:
    """Return the sellers of validated settings that belong to the shard of this process."""
    found, shard = [], configured_shard(config)
    api = chosen_service(config)
    for account in seller_settings(config):
        settings = with_sandbox_defaults({**account.settings, "api": api})
        marketplaces = validation.configured_marketplaces(settings)
        several, seller_id = account.number is not None, str(settings.get("seller_id"))
        if shard is None or shard.has(seller_id):
            found.append(SellerConfig(seller_id, marketplaces, settings, several))
    return tuple(found)
