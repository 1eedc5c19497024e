from __future__ import annotations

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.sp_api.sp_api_types import SpApiType, SpApiTypes

ORDERS = SpApiType("_GET_ORDERS_", "GET_ORDERS_GENERAL")
TAX = SpApiType("_GET_ORDERS_", "GET_ORDERS_TAX", personal=True)


def test_names_both_ways() -> None:
    types = SpApiTypes([ORDERS, ORDERS])
    assert types.named("_GET_ORDERS_") == types.called("GET_ORDERS_GENERAL") == ORDERS
    assert types.queried_names([]) == ["GET_ORDERS_GENERAL"]


def test_unknown_names_are_derived_from_their_spelling() -> None:
    types = SpApiTypes([])
    assert types.named("_GET_A_B_") == types.called("GET_A_B") == SpApiType("_GET_A_B_", "GET_A_B")
    assert types.queried_names(["_GET_A_", "GET_A", "_B_"]) == ["GET_A", "B"]


def test_two_names_for_one_stream() -> None:
    with pytest.raises(errors.SettingsError, match="GET_ORDERS_GENERAL and GET_ORDERS_TAX"):
        SpApiTypes([ORDERS, TAX])
