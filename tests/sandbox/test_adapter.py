from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.sandbox import adapter
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize("region", SELLERS)
def test_all_hosts_of_sp_api_are_served_in_process(region) -> None:
    clock, session = VirtualClock(NOW), requests.Session()
    session.mount("https://", adapter(clock))
    member = SELLERS[region]
    form = {
        "grant_type": "refresh_token",
        "client_id": APPLICATION.client_id,
        "client_secret": APPLICATION.client_secret,
        "refresh_token": member.refresh_token,
    }
    token = session.post("https://api.amazon.com/auth/o2/token", data=form).json()
    headers = {"x-amz-access-token": token["access_token"]}
    reports = f"https://sellingpartnerapi-{region.lower()}.amazon.com/reports/2021-06-30"
    wanted = {
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "marketplaceIds": member.marketplace_ids[:1],
    }
    made = session.post(f"{reports}/reports", json=wanted, headers=headers).json()
    clock.sleep(60)
    report = session.get(f"{reports}/reports/{made['reportId']}", headers=headers).json()
    document_id = report["reportDocumentId"]
    told = session.get(f"{reports}/documents/{document_id}", headers=headers).json()
    assert told["url"].startswith("https://tortuga-prod-")
    assert session.get(told["url"]).text.lstrip("\ufeff").startswith("item-name\t")
