from __future__ import annotations

import pytest

from tap_mws_reports.config.service_choice import chosen_service, describe_choice
from tap_mws_reports.config.validation import find_problems

LWA = {"lwa_client_id": "i", "lwa_client_secret": "s", "refresh_token": "t"}
AWS = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}


@pytest.mark.parametrize(
    ("config", "service"),
    [
        ({"api": "mws", **LWA}, "mws"),
        ({"api": "sp_api", **AWS}, "sp_api"),
        (LWA, "sp_api"),
        (AWS, "mws"),
        ({"aws_access_key_id": "k"}, "mws"),
        ({**AWS, "lwa_client_id": "i"}, "mws"),
        ({**LWA, "aws_access_key_id": "k"}, "sp_api"),
        ({**LWA, **AWS}, "sp_api"),
        ({}, "sp_api"),
        ({"sandbox": True}, "sp_api"),
        ({**AWS, "sellers": [{"seller_id": "A1"}, {"seller_id": "A2"}]}, "mws"),
        ({"sellers": [{"seller_id": "A1", **AWS}, {"seller_id": "A2", **AWS}]}, "mws"),
    ],
)
def test_the_service_is_chosen_by_the_credentials(config, service) -> None:
    assert chosen_service(config) == service


def test_without_credentials_those_of_sp_api_are_required() -> None:
    names = [each.setting for each in find_problems({"seller_id": "A1", "marketplace_ids": ["US"]})]
    assert names == ["lwa_client_id", "lwa_client_secret", "refresh_token"]


def test_a_choice_is_logged_with_its_reason() -> None:
    message = "`api` is not set and no credentials are set: SP-API is used"
    assert describe_choice({"sandbox": True}) == message
    message = "`api` is not set and credentials of both services are set: SP-API is used"
    assert describe_choice({**AWS, **LWA}) == message
    assert not describe_choice(AWS)
    assert not describe_choice({"api": "mws", "sandbox": True})
