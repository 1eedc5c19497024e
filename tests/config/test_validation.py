from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tap_mws_reports.config.validation import (
    application_share,
    find_problems,
    raise_for_problems,
    report_settings,
)
from tap_mws_reports.errors import SettingsError

GOOD: dict[str, Any] = {
    "api": "mws",
    "seller_id": "A2EXAMPLESELLER",
    "marketplace_ids": ["US"],
    "aws_access_key_id": "AKIAEXAMPLE",
    "aws_secret_access_key": "canary-secret",
    "lwa_client_id": "amzn1.application-oa2-client.example",
    "lwa_client_secret": "canary-client-secret",
    "refresh_token": "Atzr|canary",
    "endpoint_url": "http://127.0.0.1:8080",
    "reports": ["_GET_MERCHANT_LISTINGS_ALL_DATA_"],
}


def test_good_settings_have_no_problem() -> None:
    assert find_problems(GOOD) == []


def test_an_error_for_the_other_services_credentials_says_how_to_choose_it() -> None:
    change = {"aws_access_key_id": None, "aws_secret_access_key": None}
    problems = find_problems({**GOOD, **change})
    assert [each.setting for each in problems] == list(change)
    assert all("set `api: sp_api`" in each.fix for each in problems)
    (problem,) = find_problems({**GOOD, **change, "refresh_token": None, "seller_id": None})[:1]
    assert "api" not in problem.fix


def test_an_unknown_service_needs_no_credentials() -> None:
    names = ("aws_access_key_id", "aws_secret_access_key", "refresh_token")
    problems = find_problems({**GOOD, **dict.fromkeys(names), "api": "sp-api"})
    assert [each.setting for each in problems] == ["api"]


def test_the_sandbox_in_the_process_needs_nothing() -> None:
    assert find_problems({"sandbox": True}) == []


@pytest.mark.parametrize(
    ("change", "setting", "message"),
    [
        ({"seller_id": None}, "seller_id", "missing"),
        ({"seller_id": " "}, "seller_id", "missing"),
        ({"aws_access_key_id": None}, "aws_access_key_id", "missing"),
        ({"aws_secret_access_key": ""}, "aws_secret_access_key", "missing"),
        ({"marketplace_ids": []}, "marketplace_ids", "missing"),
        ({"marketplace_ids": ["XX"]}, "marketplace_ids", "no marketplace 'XX'"),
        ({"marketplace_ids": ["US", "DE"]}, "marketplace_ids", "several regions"),
        ({"marketplace_ids": "US"}, "marketplace_ids", "right format"),
        ({"api": "sp_api", "refresh_token": " "}, "refresh_token", "missing"),
        ({"api": "sp_api", "acknowledge": True}, "acknowledge", "leave it out"),
        ({"api": "sp_api", "marketplace_ids": ["CN"]}, "marketplace_ids", "NA, EU, FE"),
        (
            {"api": "sp_api", "reports": ["_GET_CONVERGED_FLAT_FILE_ORDER_REPORT_DATA_"]},
            "reports[0]",
            "SP-API does not have",
        ),
        ({"api": "soap"}, "api", "right format"),
        ({"start_date": "yesterday"}, "start_date", "not a date"),
        ({"end_date": "2026-13-01"}, "end_date", "not a date"),
        *(
            ({"application_share": share}, "application_share", "not a part of a whole")
            for share in ("1/0", "a quarter", "5/4", 0, -0.5, 2, "")
        ),
        (
            {"start_date": "2026-02-01", "end_date": "2026-01-01"},
            "end_date",
            "not after start_date",
        ),
        ({"endpoint_url": "127.0.0.1:80"}, "endpoint_url", "not an address"),
        ({"endpoint_url": "http://user@host/path?x"}, "endpoint_url", "more than scheme and host"),
        ({"notification_queue_url": "reports"}, "notification_queue_url", "address of a queue"),
        ({"notification_queue_url": "https://h/1/q.fifo"}, "notification_queue_url", "FIFO"),
        ({"new_columns": "maybe"}, "new_columns", "right format"),
        ({"exclude_columns": ["Buyer-Email"]}, "exclude_columns[0]", "did you mean `buyer_email`?"),
        ({"exclude_columns": ["a.b.c"]}, "exclude_columns[0]", "matches no column"),
        ({"exclude_columns": [""]}, "exclude_columns[0]", "matches no column"),
        ({"exclude_columns": "buyer*"}, "exclude_columns", "right format"),
        ({"declare_columns": "few"}, "declare_columns", "right format"),
        ({"retry_failed_days": -1}, "retry_failed_days", "right format"),
        ({"keep_snapshots": "yes"}, "keep_snapshots", "right format"),
        ({"reports": ["orders please"]}, "reports[0]", "not the name of a report type"),
        ({"reports": [{"window_days": 3}]}, "reports[0]", "right format"),
        (
            {"reports": [{"type": "_GET_X_", "window_days": 0}]},
            "reports[0].window_days",
            "right format: 0 is less than 1",
        ),
        (
            {"reports": [{"type": "_GET_X_", "marketplace_ids": ["JP"]}]},
            "marketplace_ids",
            "several regions",
        ),
        (
            {"reports": [{"type": "_GET_X_", "columns": {"price": "float"}}]},
            "reports[0].columns.price",
            "not a kind",
        ),
        ({"reports": ["_GET_X_", "GET_X"]}, "reports[1]", "twice"),
        ({"sellerid": "A2"}, "sellerid", "did you mean `seller_id`?"),
    ],
)
def test_a_wrong_setting_is_named_with_its_fix(
    change: dict[str, Any], setting: str, message: str
) -> None:
    problems = find_problems({**GOOD, **change})
    assert [problem.setting for problem in problems] == [setting]
    assert message in str(problems[0])
    assert problems[0].fix


@pytest.mark.parametrize(("start", "count"), [("2026-03-09", 0), ("2026-03-11", 1), (None, 0)])
def test_a_start_in_the_future_is_an_error(start, count) -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    problems = find_problems({**GOOD, "start_date": start}, now)
    assert [str(each) for each in problems] == count * [
        "start_date: 2026-03-11 is in the future; give a date before 2026-03-10, "
        "or leave it out for the last 30 days"
    ]


def test_every_problem_is_in_one_message() -> None:
    problems = find_problems({"endpoint_url": "nowhere", "reports": ["?"], "start_date": "soon"})
    with pytest.raises(SettingsError) as caught:
        raise_for_problems(problems)
    for name in ("seller_id", "lwa_client_id", "marketplace_ids", "start_date", "reports[0]"):
        assert f"- {name}:" in str(caught.value)
    assert caught.value.exit_code == 2


def test_no_message_contains_a_secret() -> None:
    wrong = {**GOOD, "aws_secret_access_key": 4711, "mws_auth_token": ["canary-token"]}
    text = " ".join(str(problem) for problem in find_problems(wrong))
    assert "aws_secret_access_key" in text
    assert "4711" not in text
    assert "canary" not in text


def test_the_short_form_of_a_report_is_the_long_form_with_defaults() -> None:
    short, long = report_settings({"reports": ["_GET_X_", {"type": "_GET_X_"}]})
    assert short == long


def test_marketplaces_of_a_report_may_be_country_codes() -> None:
    (setting,) = report_settings({"reports": [{"type": "_GET_X_", "marketplace_ids": ["UK"]}]})
    assert setting.marketplace_ids == ("A1F83G8C2ARO7P",)


@pytest.mark.parametrize(
    ("given", "share"),
    [({}, 1), ({"application_share": "1/4"}, 0.25), ({"application_share": 0.5}, 0.5)],
)
def test_the_share_of_an_application_is_a_fraction_or_a_number(given, share) -> None:
    assert application_share(given) == share
