"""Validate seller settings: credentials, marketplaces, and support by the chosen service."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.marketplaces import Marketplace, label, labels
from tap_mws_reports.api.sp_api.endpoint import HOSTS, SANDBOX_HOSTS
from tap_mws_reports.config import settings
from tap_mws_reports.config.credential_checks import credential_problems
from tap_mws_reports.config.problems import ConfigProblem, setting_path
from tap_mws_reports.config.report_checks import unavailable_problems
from tap_mws_reports.config.seller_settings import SellerSettings, seller_settings
from tap_mws_reports.config.service_choice import CREDENTIALS, chosen_service
from tap_mws_reports.errors import SettingsError, did_you_mean

_WITHOUT_ACCOUNT = "set it, or set `sandbox: true` to try the tap without an account"
_REGIONS: Mapping[str | None, str] = {
    host: region for hosts in (HOSTS, SANDBOX_HOSTS) for region, host in hosts.items()
}
"""The region of each of Amazon's hosts."""


def seller_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Yield each problem once, however many sellers have it."""
    every = seller_settings(config)
    found = [
        *(problem for account in every for problem in _spelling_problems(account)),
        *_missing(every, chosen_service(config)),
        *(problem for account in every for problem in credential_problems(account)),
        *_twice(every),
        *(problem for account in every for problem in _address_problems(account)),
        *(problem for account in every for problem in _marketplace_problems(account)),
        *_report_problems(config.get("reports") or [], every),
    ]
    yield from dict.fromkeys(found)


def _spelling_problems(account: SellerSettings) -> Iterator[ConfigProblem]:
    for name in sorted(account.entry_keys - settings.SELLER_PROPERTIES):
        fix = did_you_mean(name, settings.SELLER_PROPERTIES)
        fix = fix or "it is only allowed at the top level"
        yield ConfigProblem(
            account.within(name), "an entry of `sellers` cannot have this setting", fix
        )


def _missing(every: Sequence[SellerSettings], api: str) -> Iterator[ConfigProblem]:
    for name, fix in _needed(api, _meant(every, api)).items():
        lacking = [account for account in every if _lacks(account, name)]
        # A setting missing everywhere is reported once; each entry needs its own seller id.
        shared = len(lacking) == len(every) and name != "seller_id"
        for account in lacking:
            yield ConfigProblem(name if shared else account.within(name), "it is missing", fix)


def _needed(api: str, meant: str | None) -> Mapping[str, str]:
    """Return the required settings of a service, each with its fix.

    The in-process sandbox has its own. ``meant`` is the service that the credentials suggest.
    """
    fix = f"set `api: {meant}`, whose credentials are set" if meant else _WITHOUT_ACCOUNT
    return {
        "seller_id": _WITHOUT_ACCOUNT,
        **dict.fromkeys(CREDENTIALS[api], fix),
        "marketplace_ids": "name at least one, such as `US`",
    }


def _meant(every: Sequence[SellerSettings], api: str) -> str | None:
    """Return the other service if all sellers have its credentials."""
    for other in CREDENTIALS.keys() - {api}:
        names = CREDENTIALS[other]
        if all(account.settings.get(name) for account in every for name in names):
            return other
    return None


def _lacks(account: SellerSettings, name: str) -> bool:
    # Each entry must name its own seller of the sandbox.
    is_to_tell = account.number is not None and name == "seller_id"
    if account.settings.get("sandbox") and not is_to_tell:
        return False
    value = account.settings.get(name)
    return not (value.strip() if isinstance(value, str) else value)


def _twice(every: Sequence[SellerSettings]) -> Iterator[ConfigProblem]:
    counts = Counter(account.settings.get("seller_id") for account in every)
    for seller_id in [each for each, count in counts.items() if each and count > 1]:
        what = f"{seller_id!r} is listed more than once"
        of_seller = [each.settings for each in every if each.settings.get("seller_id") == seller_id]
        texts = [text for each in of_seller for text in each.get("marketplace_ids") or []]
        fix = "name all marketplaces of a seller in one entry"
        if len({each.region for each in _known(texts)}) > 1:
            fix = "each region's account has an id of its own: give it in that region's entry"
        yield ConfigProblem("sellers", what, fix)


def _address_problems(account: SellerSettings) -> Iterator[ConfigProblem]:
    url = account.settings.get("endpoint_url")
    if url and not re.fullmatch(r"https?://[^/\s?#]+/?", url):
        fix = "give scheme and host alone, such as `http://127.0.0.1:8080`"
        has_path = re.match(r"https?://[^/\s?#]+[/?#]", url)
        what = "it has more than scheme and host" if has_path else "it is not an address"
        yield ConfigProblem(account.place("endpoint_url"), what, fix)
    region = _REGIONS.get(urlsplit(url or "").hostname)
    regions = [each.region for each in _known(account.settings.get("marketplace_ids") or [])]
    if region and regions and region not in regions:
        what = f"it is Amazon's host of {region}, and `marketplace_ids` are of {regions[0]}"
        fix = "leave it out: each region's host is known"
        yield ConfigProblem(account.place("endpoint_url"), what, fix)


def _marketplace_problems(account: SellerSettings) -> Iterator[ConfigProblem]:
    texts = account.settings.get("marketplace_ids") or []
    yield from _unknown(account.place("marketplace_ids"), texts)
    if account.number is None:
        # Sellers may have different marketplaces.
        texts = [*texts, *_of_reports(account.settings.get("reports") or [])]
    regions: dict[str, list[str]] = {}
    for place in sorted(_known(texts), key=lambda each: each.region):
        regions.setdefault(place.region, []).append(place.marketplace_id)
    if len(regions) > 1:
        each_region = "; ".join(f"{name}: {labels(ids)}" for name, ids in regions.items())
        what = f"the marketplaces lie in several regions ({each_region})"
        fix = "give each region an entry in `sellers`: it has its own account"
        yield ConfigProblem(account.place("marketplace_ids"), what, fix)


def _report_problems(
    reports: Sequence[Any], every: Sequence[SellerSettings]
) -> Iterator[ConfigProblem]:
    sets = [account.settings.get("marketplace_ids") or [] for account in every]
    theirs = {each.marketplace_id for texts in sets for each in _known(texts)}
    # Sellers of the sandbox have default marketplaces.
    all_told = every[0].number is not None and all(sets)
    for number, entry in enumerate(reports):
        setting, texts = setting_path(("reports", number, "marketplace_ids")), _of_reports([entry])
        yield from _unknown(setting, texts)
        named = {each.marketplace_id for each in _known(texts)}
        if named and all_told and named.isdisjoint(theirs):
            fix = "name marketplaces that are in `sellers`, too"
            yield ConfigProblem(setting, "no seller has any of these marketplaces", fix)


def _of_reports(reports: Iterable[Any]) -> list[str]:
    entries = [entry for entry in reports if isinstance(entry, Mapping)]
    return [text for entry in entries for text in entry.get("marketplace_ids") or []]


def _known(texts: Iterable[str]) -> Iterator[Marketplace]:
    for text in texts:
        try:
            yield marketplaces.find(text)
        except SettingsError:
            continue


def _unknown(setting: str, texts: Iterable[str]) -> Iterator[ConfigProblem]:
    for text in texts:
        try:
            marketplaces.find(text)
        except SettingsError as error:
            several = "give each marketplace an entry of its own in the list"
            yield ConfigProblem(setting, error.what, several if "," in text else error.hint)


def service_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Yield settings that SP-API does not support; MWS supports all."""
    if chosen_service(config) != "sp_api":
        return
    if config.get("acknowledge"):
        fix = "leave it out: the state remembers which reports were read"
        yield ConfigProblem("acknowledge", "SP-API keeps no acknowledgements", fix)
    yield from unavailable_problems(config)
    for text in config.get("marketplace_ids") or []:
        if not _is_served(text):
            place = label(marketplaces.find(text).marketplace_id)
            what = f"SP-API does not serve the marketplace {place}"
            fix = f"its regions are {', '.join(HOSTS)}"
            yield ConfigProblem("marketplace_ids", what, fix)


def _is_served(text: str) -> bool:
    try:
        return marketplaces.find(text).region in HOSTS
    except SettingsError:  # reported elsewhere
        return True
