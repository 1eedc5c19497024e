from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.marketplaces import (
    MARKETPLACES,
    Marketplace,
    describe,
    find,
    label,
    labels,
    mws_hosts,
)

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "marketplaces.csv"


def reference_rows() -> list[dict[str, str]]:
    if not REFERENCE.exists():
        return []
    with REFERENCE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ([], ""),
        (["ATVPDKIKX0DER"], "marketplace ATVPDKIKX0DER (US)"),
        (["A1PA6795UKMFR9", "A13V1IB3VIYZZH", "A9UNKNOWN"], "marketplaces DE, FR, A9UNKNOWN"),
    ],
)
def test_a_log_names_countries_beside_ids(ids: list[str], said: str) -> None:
    assert describe(ids) == said


@pytest.mark.rows("marketplace", MARKETPLACES.values(), ids=lambda each: each.name)
def test_every_row_is_usable(marketplace: Marketplace) -> None:
    assert codecs.lookup(marketplace.code_page)
    assert ZoneInfo(marketplace.time_zone)
    assert marketplace.decimal_mark in {".", ","}
    assert marketplace.date_order in {"MDY", "DMY", "YMD"}
    assert marketplace.region in {"NA", "EU", "FE", "CN"}
    assert len(marketplace.currency) == 3
    assert find(marketplace.marketplace_id) is marketplace
    assert marketplace.mws_host in mws_hosts()


def test_every_row_of_the_reference_is_in_the_table() -> None:
    for row in reference_rows():
        ours = MARKETPLACES[row["marketplace_id"]]
        assert (ours.name, ours.region) == (row["name"], row["region"])
        assert ours.mws_host == row["endpoint_host"]
        assert ours.country == row["country_code"]
        assert row["default_currency"] in {"", ours.currency}
        assert row["timezone"] in {"", ours.time_zone}


OFFICIAL = REFERENCE.with_name("sp-api-reports.md")
"""Has the official list of SP-API, in lines such as ``EU: IE A28R8C7NBKEWEA, ...``."""


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the reference is not here")
@pytest.mark.parametrize("region", ["NA", "EU", "FE"])
def test_every_marketplace_of_sp_api_is_in_the_table(region: str) -> None:
    lines = OFFICIAL.read_text("utf-8").splitlines()
    [line] = [each for each in lines if each.startswith(f"{region}: ")]
    listed = re.findall(r"\b([A-Z]{2}) (A[A-Z0-9]{11,13})\b", line)
    assert len(listed) >= 3
    for country, marketplace_id in listed:
        assert MARKETPLACES[marketplace_id] is find(country)
        assert find(country).region == region


@pytest.mark.parametrize(
    ("text", "marketplace_id"),
    [
        ("ATVPDKIKX0DER", "ATVPDKIKX0DER"),
        ("US", "ATVPDKIKX0DER"),
        ("GB", "A1F83G8C2ARO7P"),
        ("UK", "A1F83G8C2ARO7P"),
        ("de", "A1PA6795UKMFR9"),
        ("IE", "A28R8C7NBKEWEA"),
        ("JP", "A1VC38T7YXB528"),
        ("A3BXB0YN3XH17H", "A3BXB0YN3XH17H"),
    ],
)
def test_find(text: str, marketplace_id: str) -> None:
    assert find(text).marketplace_id == marketplace_id


@pytest.mark.parametrize("text", ["", "XX", "ATVPDKIKX0DE", "atvpdkikx0der"])
def test_find_refuses_unknown_marketplaces(text: str) -> None:
    with pytest.raises(errors.SettingsError, match="no marketplace") as caught:
        find(text)
    assert "DE" in caught.value.hint


def test_countries_are_not_found_as_pay_sandboxes() -> None:
    assert not any(find(each.country).pay_sandbox for each in MARKETPLACES.values() if each.country)


@pytest.mark.parametrize(
    ("country", "code_page", "decimal_mark", "date_order"),
    [
        ("US", "cp1252", ".", "MDY"),
        ("JP", "cp932", ".", "YMD"),
        ("CN", "gbk", ".", "YMD"),
        ("SE", "cp1252", ",", "YMD"),
        ("DE", "cp1252", ",", "DMY"),
        ("GB", "cp1252", ".", "DMY"),
        ("BR", "cp1252", ",", "DMY"),
    ],
)
def test_marketplace_format(
    country: str, code_page: str, decimal_mark: str, date_order: str
) -> None:
    found = find(country)
    assert (found.code_page, found.decimal_mark, found.date_order) == (
        code_page,
        decimal_mark,
        date_order,
    )


def test_hosts_of_single_countries_are_known_too() -> None:
    assert "mws.amazonservices.co.uk" in mws_hosts()
    assert "sellingpartnerapi-na.amazon.com" not in mws_hosts()


def test_an_id_is_shown_with_its_country() -> None:
    assert label("ATVPDKIKX0DER") == "ATVPDKIKX0DER (US)"
    assert labels(["A2EUQ1WTGCTBG2", "NEW"]) == "A2EUQ1WTGCTBG2 (CA), NEW"
    assert labels([]) == ""
