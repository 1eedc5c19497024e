from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.sandbox import signed_tokens
from tap_mws_reports.sandbox.account_entries import RequestEntry, SandboxReportSpec
from tap_mws_reports.sandbox.signed_tokens import InvalidSignature, Page

NOW = datetime(2020, 6, 12, 9, 29, 10, 250_000, tzinfo=UTC)
WANTED = SandboxReportSpec("_GET_MERCHANT_LISTINGS_ALL_DATA_", NOW, NOW, ("ATVPDKIKX0DER",))


def entries(count: int) -> list[RequestEntry]:
    made = (
        RequestEntry(f"{50_000 + number}018425", WANTED, NOW, NOW, NOW) for number in range(count)
    )
    return sorted(made, key=lambda entry: entry.order, reverse=True)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 10])
def test_pages_have_every_entry_once(size) -> None:
    whole, seen, after = entries(6), [], None
    while True:
        page, after = signed_tokens.paginate(whole, size, after)
        seen += page
        if after is None:
            break
    assert seen == whole


def test_a_token_holds_the_filters_of_its_list() -> None:
    filters = {"types": ["a"], "since": NOW - timedelta(days=1), "size": 5}
    page = Page("getReports", "A1SANDBOXNA", filters, (NOW, 50_001))
    assert signed_tokens.read(signed_tokens.write(page), "getReports", "A1SANDBOXNA") == page


@pytest.mark.parametrize("changes", [("getReport", "A1SANDBOXNA"), ("getReports", "A2SANDBOXEU")])
def test_a_token_is_valid_for_its_own_list(changes) -> None:
    token = signed_tokens.write(Page("getReports", "A1SANDBOXNA", {}, (NOW, 1)))
    with pytest.raises(InvalidSignature):
        signed_tokens.read(token, *changes)
