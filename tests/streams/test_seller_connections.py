from __future__ import annotations

import pytest

from tap_mws_reports.errors import (
    ApplicationRefused,
    CredentialsError,
    HostUnreachable,
    RequestRefused,
    ServiceUnavailable,
    SettingsError,
    StateError,
    TapError,
    TargetGone,
)
from tap_mws_reports.streams.seller_connections import SellerConnection, SellerConnections

HERE, THERE = "https://here.example", "https://there.example"


@pytest.fixture
def failed() -> list[TapError]:
    return []


@pytest.fixture
def sellers(failed) -> SellerConnections:
    addresses = {"A1": HERE, "A2": HERE, "A3": THERE}
    every = [SellerConnection(name, address, lambda: None) for name, address in addresses.items()]
    return SellerConnections(every, failed.append)


def requested(sellers: SellerConnections, errors: dict[str, TapError]) -> list[str]:
    def ask(seller: SellerConnection) -> str:
        if error := errors.get(seller.seller_id):
            raise error
        return seller.address

    return [seller_id for seller_id, _ in sellers.call_all(ask)]


def test_a_rejected_seller_is_left_out_from_then_on(sellers, failed) -> None:
    refused = CredentialsError("refused", where="seller A2")
    assert requested(sellers, {"A2": refused}) == ["A1", "A3"]
    assert requested(sellers, {}) == ["A1", "A3"]
    assert failed == [refused]
    assert sellers.failure("A2") is refused
    assert sellers.failure("A1") is None
    assert sellers.ids == ("A1", "A2", "A3")


def test_a_call_has_one_result_or_none(sellers) -> None:
    def refuse(_seller: SellerConnection) -> str:
        raise CredentialsError("refused")

    assert sellers.call("A2", lambda seller: seller.address) == HERE
    assert sellers.call("A2", refuse) is None
    assert sellers.call("A2", lambda seller: seller.address) is None


def test_an_unreachable_host_fails_for_all_its_sellers(sellers, failed) -> None:
    assert requested(sellers, {"A1": HostUnreachable("no answer")}) == ["A3"]
    assert len(failed) == 1


def test_a_permanently_exhausted_quota_concerns_one_seller(sellers) -> None:
    used_up = HostUnreachable("throttled for hours", amazon_code="RequestThrottled")
    assert requested(sellers, {"A1": used_up}) == ["A2", "A3"]


@pytest.mark.parametrize("error", [ServiceUnavailable("500"), RequestRefused("400")])
def test_a_permanently_failing_call_concerns_one_seller(sellers, error) -> None:
    assert requested(sellers, {"A1": error}) == ["A2", "A3"]


def test_a_rejected_application_concerns_all_its_sellers(failed) -> None:
    applications = {"A1": ("id", "old"), "A2": ("id", "new"), "A3": ("id", "old"), "A4": None}
    sellers = SellerConnections(
        [SellerConnection(name, HERE, lambda: None, each) for name, each in applications.items()],
        failed.append,
    )
    assert requested(sellers, {"A1": ApplicationRefused("expired")}) == ["A2", "A4"]
    assert len(failed) == 1
    assert "old" not in repr(sellers["A1"])


def test_an_error_of_the_last_seller_ends_the_run(sellers) -> None:
    last = CredentialsError("refused, too")
    errors = {"A1": HostUnreachable("no answer"), "A3": last}
    with pytest.raises(CredentialsError) as caught:
        requested(sellers, errors)
    assert caught.value is last


@pytest.mark.parametrize("error", [SettingsError("wrong"), StateError("wrong"), TargetGone("")])
def test_an_error_that_concerns_no_single_seller_ends_the_run(sellers, error) -> None:
    with pytest.raises(type(error)):
        requested(sellers, {"A1": error})
