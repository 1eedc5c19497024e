"""Amazon's marketplaces: their endpoints, and the formats of their documents.

The facts and their sources are in `marketplaces.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from tap_mws_reports import errors


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One marketplace.

    ``country`` is ISO 3166-1 alpha-2, ``region`` is NA, EU, FE or CN, ``currency`` is ISO 4217,
    ``time_zone`` is a name of the tz database, ``code_page`` is a Python codec, ``decimal_mark``
    is ``.`` or ``,`` and ``date_order`` is ``MDY``, ``DMY`` or ``YMD``.
    """

    marketplace_id: str
    name: str
    country: str
    region: str
    mws_host: str
    currency: str
    time_zone: str
    code_page: str
    decimal_mark: Literal[".", ","]
    date_order: Literal["MDY", "DMY", "YMD"]
    pay_sandbox: bool = False


@cache
def _data() -> dict[str, Any]:
    text = files("tap_mws_reports.api").joinpath("marketplaces.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


MARKETPLACES: dict[str, Marketplace] = {
    row["marketplace_id"]: Marketplace(**row) for row in _data()["marketplace"]
}

_BY_COUNTRY = {
    marketplace.country: marketplace
    for marketplace in MARKETPLACES.values()
    if not marketplace.pay_sandbox
}
_OTHER_CODES = {"UK": "GB"}


def find(text: str) -> Marketplace:
    """Return the marketplace of an id or a country code; ``UK`` is taken for ``GB``.

    Raises:
        SettingsError: there is none.
    """
    if text in MARKETPLACES:
        return MARKETPLACES[text]
    country = text.upper()
    try:
        return _BY_COUNTRY[_OTHER_CODES.get(country, country)]
    except KeyError:
        raise errors.SettingsError(
            f"Amazon has no marketplace {text!r}",
            hint=f"use a marketplace id or one of {', '.join(sorted(_BY_COUNTRY))}",
        ) from None


def label(marketplace_id: str) -> str:
    """Return an id with its country, such as ``ATVPDKIKX0DER (US)``; an unknown id as it is."""
    known = MARKETPLACES.get(marketplace_id)
    return f"{marketplace_id} ({known.country})" if known else marketplace_id


def labels(marketplace_ids: Iterable[str]) -> str:
    """Return the labels of several ids, in a line."""
    return ", ".join(map(label, marketplace_ids))


def describe(marketplace_ids: Iterable[str]) -> str:
    """Return what a line of the log says of a report's marketplaces; empty if there are none.

    One has its id and country, several have their countries, which settings take in place of ids.
    """
    ids = list(marketplace_ids)
    if len(ids) < 2:  # noqa: PLR2004 - the singular
        return f"marketplace {label(ids[0])}" if ids else ""
    known = [MARKETPLACES[each].country if each in MARKETPLACES else each for each in ids]
    return f"marketplaces {', '.join(known)}"


@cache
def mws_hosts() -> frozenset[str]:
    """Return the hosts that were Amazon MWS until 2024-03-31."""
    hosts = {marketplace.mws_host for marketplace in MARKETPLACES.values()}
    return frozenset(hosts | set(_data()["former_hosts"]))
