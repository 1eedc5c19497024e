"""One run for several sellers, whose ids of reports are the same."""

from __future__ import annotations

import copy
import json
from collections import Counter
from datetime import timedelta

import pytest

from tap_mws_reports.errors import CredentialsError, Incomplete, SettingsError, StateError
from tap_mws_reports.sandbox.http import Request, Response

pytestmark = pytest.mark.api(slow="mws", reason="sellers are told apart above the services")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
UNSHIPPED = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SETTLEMENT = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
STREAM = "flat_file_all_orders_data_by_last_update"
WEEKLY = {"type": ORDERS, "window_days": 7}
DAILY = {"type": ORDERS, "window_days": 1}
END = {"end_date": "2020-06-08T00:00:00Z"}  # eight weeks
SHORT = {"start_date": "2020-05-20T00:00:00Z", **END}
"""More days than a burst has requests, and so many ids that some of two sellers are equal."""

NA = {"seller_id": "A1SANDBOXNA"}
EU = {"seller_id": "A2SANDBOXEU", "marketplace_ids": ["UK"]}
FE = {"seller_id": "A3SANDBOXFE"}
BOTH = {"sellers": [NA, EU]}
WRONG = {"aws_secret_access_key": "canary-secret", "lwa_client_secret": "canary-secret"}
REFUSED = {"mws": "AccessDenied", "sp_api": "revoke"}
HOSTS = {
    "mws": {"A1SANDBOXNA": "mws.amazonservices.com", "A2SANDBOXEU": "mws-eu.amazonservices.com"},
    "sp_api": {
        "A1SANDBOXNA": "sellingpartnerapi-na.amazon.com",
        "A2SANDBOXEU": "sellingpartnerapi-eu.amazon.com",
    },
}


def partitions(output, stream: str = STREAM) -> dict[str, dict]:
    return {each["context"]["seller_id"]: each for each in output.bookmark(stream)["partitions"]}


def rows_of(output, seller_id: str) -> list[dict]:
    return [row for row in output.records(STREAM) if row["_seller_id"] == seller_id]


def plain(records: list[dict]) -> list[str]:
    return sorted(json.dumps(record, sort_keys=True) for record in records)


def _refusal(word: str, api: str) -> Response:
    if api == "mws":
        body = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>Revoked</Message>"
        return Response(401, body + b"</Error></ErrorResponse>", {})
    if word == "login":
        words = "User may have revoked or didn't grant the permission."
        return Response(
            400, json.dumps({"error": "invalid_grant", "error_description": words}).encode()
        )
    error = {"code": "Unauthorized", "message": "Access to requested resource is denied."}
    return Response(403, json.dumps({"errors": [error]}).encode())


@pytest.fixture
def refuse(harness):
    """Let Amazon answer a seller's calls as if its authorisation were revoked."""

    def refuse(seller_id: str, *operations: str) -> None:
        handle, amazon = harness.amazon.handle, harness.amazon
        over = not operations

        def revoked(request: Request, now) -> Response:
            nonlocal over
            word = amazon.word(request)
            if amazon.seller_id(request) != seller_id or word == "document":
                return handle(request, now)
            over |= word in operations
            # The consent that is gone is noticed by the next access token at the latest.
            if over and (word in operations or not operations or word == "login"):
                return _refusal(word, harness.api)
            return handle(request, now)

        amazon.handle = revoked

    return refuse


def test_several_sellers_have_the_rows_that_each_would_have_alone(make_harness) -> None:
    reports = (DAILY, LISTINGS, SETTLEMENT)
    together = make_harness().run(*reports, **SHORT, **BOTH)
    streams = (STREAM, "merchant_listings_all_data", "v2_settlement_report_data_flat_file_v2")
    for seller in (NA, EU):
        alone = make_harness().run(*reports, **SHORT, **seller)
        for stream in streams:
            theirs = [
                row for row in together.records(stream) if row["_seller_id"] == seller["seller_id"]
            ]
            assert theirs
            assert plain(theirs) == plain(alone.records(stream))


def test_rows_of_sellers_with_equal_ids_do_not_replace_each_other(harness) -> None:
    output = harness.run(DAILY, **SHORT, **BOTH)
    for stream in (STREAM, "report_requests", "reports"):
        keys = output.keys(stream)
        assert len(set(keys)) == len(keys) > 0
    ids = [
        {row["_report_id"] for row in rows_of(output, seller["seller_id"])} for seller in (NA, EU)
    ]
    assert ids[0] & ids[1]


def test_a_run_takes_as_long_as_that_of_the_slowest_seller(make_harness) -> None:
    took = {}
    for name, sellers in {"both": [NA, EU], "na": [NA], "eu": [EU]}.items():
        harness = make_harness(pace="steady")
        began = harness.clock.now()
        harness.run(DAILY, **SHORT, sellers=sellers)
        took[name] = harness.clock.now() - began
        assert harness.amazon.refused == []
    assert took["both"] - max(took["na"], took["eu"]) < timedelta(seconds=1)


@pytest.mark.api(reason="each service has its own hosts")
def test_each_seller_is_called_at_its_own_host(harness) -> None:
    hosts = Counter()
    handle = harness.amazon.handle

    def listening(request: Request, now) -> Response:
        if harness.amazon.word(request) not in {"login", "document"}:
            hosts[harness.amazon.seller_id(request), request.host] += 1
        return handle(request, now)

    harness.amazon.handle = listening
    harness.run(WEEKLY, **END, **BOTH)
    assert set(hosts) == set(HOSTS[harness.api].items())


def test_a_second_run_requests_nothing(harness) -> None:
    first = harness.run(WEEKLY, **END, **BOTH)
    harness.amazon.calls.clear()
    again = harness.run(WEEKLY, **END, **BOTH, state=first.state)
    assert "request" not in harness.amazon.calls
    assert not again.records(STREAM)
    assert not again.records("reports")


def test_the_state_of_one_seller_is_used_among_several(harness) -> None:
    alone = harness.run(WEEKLY, **END, **NA)
    harness.amazon.calls.clear()
    joined = harness.run(WEEKLY, **END, **BOTH, state=alone.state)
    assert harness.amazon.calls.count("request") == 8
    assert {row["_seller_id"] for row in joined.records(STREAM)} == {"A2SANDBOXEU"}
    assert {row["seller_id"] for row in joined.records("reports")} >= {"A2SANDBOXEU"}
    old = {row["report_id"] for row in alone.records("reports")}
    new = [row for row in joined.records("reports") if row["seller_id"] == "A1SANDBOXNA"]
    assert old.isdisjoint(row["report_id"] for row in new)


def test_a_seller_can_be_removed_and_added_again(harness) -> None:
    first = harness.run(WEEKLY, **END, **BOTH)
    without = harness.run(WEEKLY, **END, sellers=[NA, FE], state=first.state)
    assert partitions(without)["A2SANDBOXEU"] == partitions(first)["A2SANDBOXEU"]
    assert (
        partitions(without, "reports")["A2SANDBOXEU"] == partitions(first, "reports")["A2SANDBOXEU"]
    )
    harness.amazon.calls.clear()
    back = harness.run(WEEKLY, **END, **BOTH, state=without.state)
    assert not back.records(STREAM)
    assert "request" not in harness.amazon.calls


def test_a_stream_whose_only_seller_was_removed_keeps_its_state(harness) -> None:
    british = {**WEEKLY, "marketplace_ids": ["UK"]}
    first = harness.run(british, LISTINGS, **END, **BOTH)
    assert set(partitions(first)) == {"A2SANDBOXEU"}
    again = harness.run(british, LISTINGS, **END, sellers=[NA, FE], state=first.state)
    assert not again.failures
    assert partitions(again) == partitions(first)


def test_the_state_of_unknown_sellers_is_refused(harness) -> None:
    first = harness.run(WEEKLY, **END, **NA)
    with pytest.raises(StateError, match="of seller A1SANDBOXNA, .* sellers A2SANDBOXEU, A3SANDB"):
        harness.tap(WEEKLY, **END, sellers=[EU, FE], state=first.state)


@pytest.mark.api(reason="each service refuses in its own way")
@pytest.mark.parametrize("operations", [(), ("request",), ("poll",), ("download",), ("list",)])
def test_one_rejected_seller_stops_no_other(harness, refuse, operations) -> None:
    if harness.api == "sp_api" and operations == ("poll",):
        operations = ("poll", "list")  # which shows all open reports at once
    refuse("A2SANDBOXEU", *operations)
    output = harness.run(WEEKLY, LISTINGS, **END, **BOTH)
    assert {row["_seller_id"] for row in output.records(STREAM)} == {"A1SANDBOXNA"}
    assert len({row["_report_id"] for row in rows_of(output, "A1SANDBOXNA")}) == 8
    # One for the seller, one for each of its reports.
    assert len(output.failures) == 1 + 8 + 1
    assert all("A2SANDBOXEU" in each for each in output.failures)
    assert all(REFUSED[harness.api] in each for each in output.failures)
    lost = partitions(output)["A2SANDBOXEU"]
    assert not lost.get("failed_windows")
    assert "done" not in lost


@pytest.mark.api(reason="each service refuses in its own way")
def test_a_failing_list_stops_no_other_seller(harness) -> None:
    handle = harness.amazon.handle

    def failing(request: Request, now) -> Response:
        listing = harness.amazon.word(request) == "list"
        if listing and harness.amazon.seller_id(request) == "A2SANDBOXEU":
            return Response(500, b"", {})
        return handle(request, now)

    harness.amazon.handle = failing
    output = harness.run(WEEKLY, **END, **BOTH)
    assert len({row["_report_id"] for row in rows_of(output, "A1SANDBOXNA")}) == 8
    assert all("A2SANDBOXEU" in each for each in output.failures)


def test_a_seller_that_is_accepted_again_has_all_its_rows(make_harness, harness, refuse) -> None:
    handle = harness.amazon.handle
    refuse("A2SANDBOXEU", "download")
    first = harness.run(WEEKLY, **END, **BOTH)
    requested = harness.amazon.calls.count("request")
    harness.amazon.handle = handle
    again = harness.run(WEEKLY, **END, **BOTH, state=first.state)
    assert harness.amazon.calls.count("request") == requested
    assert not again.failures
    whole = make_harness().run(WEEKLY, **END, **EU)
    assert {*again.keys(STREAM)} == {*whole.keys(STREAM)}


@pytest.mark.api(reason="each service refuses in its own way")
def test_the_last_rejected_seller_ends_the_run(harness) -> None:
    tap = harness.tap(WEEKLY, **END, sellers=[{**NA, **WRONG}, {**EU, **WRONG}])
    with pytest.raises(CredentialsError) as caught:
        harness.sync(tap)
    assert caught.value.exit_code == 3
    assert "canary" not in caught.value.render()
    assert harness.written[-1]["type"] == "STATE"


def test_a_lost_seller_ends_the_run_with_exit_code_1(harness) -> None:
    tap = harness.tap(WEEKLY, **END, sellers=[NA, {**EU, **WRONG}])
    with pytest.raises(Incomplete) as caught:
        tap.sync_to_the_end()
    assert caught.value.exit_code == 1
    expected = {"mws": "SignatureDoesNotMatch", "sp_api": "invalid_client"}
    assert expected[harness.api] in caught.value.render()
    assert "canary" not in caught.value.render()


@pytest.mark.api(reason="each service has its own secrets")
def test_no_secret_of_the_list_is_logged(harness, caplog) -> None:
    caplog.set_level("DEBUG")
    harness.run(WEEKLY, **END, sellers=[NA, {**EU, **WRONG, "mws_auth_token": "canary-token"}])
    assert "A2SANDBOXEU" in caplog.text
    assert "canary" not in caplog.text
    assert "sandbox-secret" not in caplog.text


@pytest.mark.api(reason="each service has its own lists")
def test_each_seller_has_its_schedules(harness, refuse) -> None:
    for seller_id, schedule in {"A1SANDBOXNA": "_1_DAY_", "A2SANDBOXEU": "_4_HOURS_"}.items():
        service = harness.tap(**BOTH).run.sellers[seller_id].service
        service.manage_schedule(UNSHIPPED, schedule)
    first = harness.run(**BOTH)
    assert {(row["seller_id"], row["schedule"]) for row in first.records("report_schedules")} == {
        ("A1SANDBOXNA", "_1_DAY_"),
        ("A2SANDBOXEU", "_4_HOURS_"),
    }
    handle = harness.amazon.handle
    refuse("A2SANDBOXEU")
    second = harness.run(**BOTH, state=first.state)
    assert not second.records("report_schedules")
    harness.amazon.handle = handle
    third = harness.run(**BOTH, state=second.state)
    assert not third.records("report_schedules")


@pytest.mark.api(reason="each service has its own lists")
def test_a_listing_state_of_unknown_sellers_is_read_again(harness) -> None:
    first = harness.run(**NA)
    old = copy.deepcopy(first.state)
    for name in ("report_requests", "reports"):
        (partition,) = old["bookmarks"][name].pop("partitions")
        del partition["context"]
        old["bookmarks"][name].update(partition)
    assert not harness.run(**NA, state=old).records("reports")
    again = harness.run(**BOTH, state=old)
    assert {row["seller_id"] for row in again.records("reports")} == {"A1SANDBOXNA", "A2SANDBOXEU"}


def test_report_entries_are_for_the_sellers_of_their_marketplaces(harness) -> None:
    tap = harness.tap({**WEEKLY, "marketplace_ids": ["US", "DE"]}, **END, sellers=[NA, EU, FE])
    demanded = {(each.seller_id, each.marketplace_ids) for each in tap.partition_requests()}
    assert demanded == {("A1SANDBOXNA", ("ATVPDKIKX0DER",))}


def test_a_list_of_one_seller_equals_no_list(make_harness) -> None:
    alone = make_harness().run(WEEKLY, **END, **NA)
    listed = make_harness().run(WEEKLY, **END, sellers=[NA])
    for messages in (alone.messages, listed.messages):
        for message in messages:
            message.pop("time_extracted", None)
    assert alone.messages == listed.messages


@pytest.mark.api("mws", reason="Amazon has switched off no host of SP-API")
def test_a_switched_off_host_ends_the_run(harness) -> None:
    sellers = [
        {"seller_id": "A1", "endpoint_url": "http://127.0.0.1:1"},
        {"seller_id": "A2"},
    ]
    credentials = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    tap = harness.tap(sandbox=False, marketplace_ids=["US"], sellers=sellers, **credentials)
    with pytest.raises(SettingsError, match="switched MWS off"):
        list(tap.run.sellers.call_all(lambda seller: seller.service))
