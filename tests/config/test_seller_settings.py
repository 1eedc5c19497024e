from __future__ import annotations

import json
from typing import Any

import pytest
from singer_sdk.plugin_base import _ConfigInput

from tap_mws_reports.config.seller_settings import seller_settings
from tap_mws_reports.config.sellers import seller_configs
from tap_mws_reports.config.validation import find_problems
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.tap import TapMwsReports

SHARED: dict[str, Any] = {
    "marketplace_ids": ["US"],
    "aws_access_key_id": "AKIAEXAMPLE",
    "aws_secret_access_key": "canary-secret",
    "mws_auth_token": "canary-shared",
    "endpoint_url": "http://127.0.0.1:8080",
}
FIRST: dict[str, Any] = {"seller_id": "A1FIRST"}
SECOND: dict[str, Any] = {
    "seller_id": "A2SECOND",
    "marketplace_ids": ["DE"],
    "mws_auth_token": "canary-second",
}


@pytest.mark.parametrize("config", [{}, {"sellers": []}, {"sellers": None}])
def test_without_a_list_the_top_level_is_the_one_seller(config) -> None:
    (only,) = seller_settings({**SHARED, **FIRST, **config})
    assert only.settings == {**SHARED, **FIRST}
    assert only.place("marketplace_ids") == "marketplace_ids"


def test_an_entry_overrides_the_top_level() -> None:
    third = {"seller_id": "A3THIRD", "mws_auth_token": None}
    config = {**SHARED, "seller_id": "A9NOBODY", "sellers": [FIRST, SECOND, third]}
    settings = [account.settings for account in seller_settings(config)]
    assert [each["seller_id"] for each in settings] == ["A1FIRST", "A2SECOND", "A3THIRD"]
    assert [each["mws_auth_token"] for each in settings] == ["canary-shared", "canary-second", None]
    assert [each["marketplace_ids"] for each in settings] == [["US"], ["DE"], ["US"]]
    assert all(each["endpoint_url"] == SHARED["endpoint_url"] for each in settings)


def test_repr_hides_secrets() -> None:
    config = {**SHARED, "sellers": [FIRST, SECOND]}
    assert "canary" not in repr(seller_settings(config))
    assert "canary" not in repr(seller_configs(config))


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"sellers": [FIRST, SECOND]}, []),
        ({"sellers": [FIRST, {"marketplace_ids": ["DE"]}]}, ["sellers[1].seller_id"]),
        ({"sellers": [{}], "seller_id": "A9"}, ["sellers[0].seller_id"]),
        ({"sellers": [FIRST, {**SECOND, "seller_id": " "}]}, ["sellers[1].seller_id"]),
        ({"sellers": [FIRST, {**SECOND, "marketplace_ids": []}]}, ["sellers[1].marketplace_ids"]),
        (
            {"sellers": [FIRST, {**SECOND, "marketplace_ids": ["DE", "US"]}]},
            ["sellers[1].marketplace_ids"],
        ),
        (
            {"sellers": [FIRST, {**SECOND, "marketplace_ids": ["XX"]}]},
            ["sellers[1].marketplace_ids"],
        ),
        ({"sellers": [FIRST, FIRST]}, ["sellers"]),
        (
            {"sellers": [FIRST, SECOND], "aws_access_key_id": None},
            ["aws_access_key_id"],
        ),
        (
            {"sellers": [{**FIRST, "aws_access_key_id": "A"}, SECOND], "aws_access_key_id": None},
            ["sellers[1].aws_access_key_id"],
        ),
        ({"sellers": [FIRST, SECOND], "endpoint_url": "nowhere"}, ["endpoint_url"]),
        (
            {"sellers": [FIRST, {**SECOND, "endpoint_url": "nowhere"}]},
            ["sellers[1].endpoint_url"],
        ),
        ({"sellers": [{**FIRST, "mws_auth_tokn": "a"}]}, ["sellers[0].mws_auth_tokn"]),
        ({"sellers": [{**FIRST, "start_date": "2026-01-01"}]}, ["sellers[0].start_date"]),
        ({"sellers": [{**FIRST, "marketplace_ids": "US"}]}, ["sellers[0].marketplace_ids"]),
        ({"sellers": [FIRST, "A2"]}, ["sellers[1]"]),
        ({"sellers": "A1, A2"}, ["sellers"]),
        (
            {
                "sellers": [FIRST, SECOND],
                "reports": [{"type": "_GET_X_", "marketplace_ids": ["US", "DE"]}],
            },
            [],
        ),
        (
            {"sellers": [FIRST], "reports": [{"type": "_GET_X_", "marketplace_ids": ["DE"]}]},
            ["reports[0].marketplace_ids"],
        ),
        (
            {"sellers": [FIRST], "reports": [{"type": "_GET_X_", "marketplace_ids": ["XX"]}]},
            ["reports[0].marketplace_ids"],
        ),
        ({"sandbox": True, "sellers": [{"marketplace_ids": ["DE"]}]}, ["sellers[0].seller_id"]),
    ],
)
def test_a_wrong_setting_is_named_with_its_path(change, problems) -> None:
    found = find_problems({**SHARED, **change})
    assert [each.setting for each in found] == problems
    assert all(each.fix for each in found)
    assert "canary" not in " ".join(map(str, found))


def test_the_sandbox_knows_the_sellers_of_three_regions() -> None:
    sellers = [{"seller_id": name} for name in ("A1SANDBOXNA", "A2SANDBOXEU", "A3SANDBOXFE")]
    config = {"sandbox": True, "sellers": sellers}
    assert find_problems(config) == []
    regions = {each.seller_id: each.marketplaces[0].region for each in seller_configs(config)}
    assert regions == {"A1SANDBOXNA": "NA", "A2SANDBOXEU": "EU", "A3SANDBOXFE": "FE"}


def test_the_sandbox_finds_its_seller_by_a_marketplace() -> None:
    (owner,) = seller_configs({"sandbox": True, "marketplace_ids": ["DE"]})
    assert owner.seller_id == "A2SANDBOXEU"


def test_the_list_can_be_an_environment_variable(monkeypatch) -> None:
    monkeypatch.setenv("TAP_MWS_REPORTS_SELLERS", json.dumps([FIRST, SECOND]))
    tap = TapMwsReports(config=dict(SHARED), parse_env_config=True)
    assert tap.run.sellers.ids == ("A1FIRST", "A2SECOND")


@pytest.mark.parametrize("text", ['[{"seller_id": "canary"', "A1FIRST,A2SECOND"])
def test_an_environment_list_that_is_not_json_is_named(monkeypatch, text) -> None:
    monkeypatch.setenv("TAP_MWS_REPORTS_SELLERS", text)
    with pytest.raises(SettingsError) as caught:
        TapMwsReports.invoke(config=_ConfigInput(dict(SHARED), parse_env=True))
    assert "TAP_MWS_REPORTS_SELLERS does not have the right format" in caught.value.what
    assert "canary" not in caught.value.render()


def test_streams_are_discovered_without_credentials_but_not_from_a_malformed_list() -> None:
    tap = TapMwsReports(config={"sellers": [FIRST, {}]}, validate_config=False)
    assert "reports" in tap.streams
    with pytest.raises(SettingsError, match=r"sellers\[0\]"):
        TapMwsReports(config={"sellers": ["A1FIRST"]}, validate_config=False)
