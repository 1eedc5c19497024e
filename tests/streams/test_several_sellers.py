"""One run for several sellers, whose ids of reports are the same."""

from __future__ import annotations

import copy
import json
from collections import Counter
from datetime import timedelta

import pytest

from tap_mws_reports.errors import CredentialsError, Incomplete, SettingsError, StateError
from tap_mws_reports.sandbox.http import Request, Response

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
def refuse(bench):
    """Let Amazon answer a seller's calls as if its authorisation were revoked."""

    def refuse(seller_id: str, *operations: str) -> None:
        handle, amazon = bench.amazon.handle, bench.amazon
        over = not operations

        def revoked(request: Request, now) -> Response:
            nonlocal over
            word = amazon.word(request)
            if amazon.seller_id(request) != seller_id or word == "document":
                return handle(request, now)
            over |= word in operations
            # The consent that is gone is noticed by the next access token at the latest.
            if over and (word in operations or not operations or word == "login"):
                return _refusal(word, bench.api)
            return handle(request, now)

        amazon.handle = revoked

    return refuse


def test_several_sellers_have_the_rows_that_each_would_have_alone(make_bench) -> None:
    reports = (DAILY, LISTINGS, SETTLEMENT)
    together = make_bench().run(*reports, **SHORT, **BOTH)
    streams = (STREAM, "merchant_listings_all_data", "v2_settlement_report_data_flat_file_v2")
    for seller in (NA, EU):
        alone = make_bench().run(*reports, **SHORT, **seller)
        for stream in streams:
            theirs = [
                row for row in together.records(stream) if row["_seller_id"] == seller["seller_id"]
            ]
            assert theirs
            assert plain(theirs) == plain(alone.records(stream))


def test_no_row_replaces_one_of_another_seller_with_equal_ids(bench) -> None:
    output = bench.run(DAILY, **SHORT, **BOTH)
    for stream in (STREAM, "report_requests", "reports"):
        keys = output.keys(stream)
        assert len(set(keys)) == len(keys) > 0
    ids = [
        {row["_report_id"] for row in rows_of(output, seller["seller_id"])} for seller in (NA, EU)
    ]
    assert ids[0] & ids[1]


def test_a_run_takes_as_long_as_that_of_the_slowest_seller(make_bench) -> None:
    took = {}
    for name, sellers in {"both": [NA, EU], "na": [NA], "eu": [EU]}.items():
        bench = make_bench(pace="steady")
        began = bench.clock.now()
        bench.run(DAILY, **SHORT, sellers=sellers)
        took[name] = bench.clock.now() - began
        assert bench.amazon.refused == []
    assert took["both"] - max(took["na"], took["eu"]) < timedelta(seconds=1)


def test_each_seller_is_asked_at_its_own_host(bench) -> None:
    hosts = Counter()
    handle = bench.amazon.handle

    def listening(request: Request, now) -> Response:
        if bench.amazon.word(request) not in {"login", "document"}:
            hosts[bench.amazon.seller_id(request), request.host] += 1
        return handle(request, now)

    bench.amazon.handle = listening
    bench.run(WEEKLY, **END, **BOTH)
    assert set(hosts) == set(HOSTS[bench.api].items())


def test_a_second_run_asks_for_nothing(bench) -> None:
    first = bench.run(WEEKLY, **END, **BOTH)
    bench.amazon.calls.clear()
    again = bench.run(WEEKLY, **END, **BOTH, state=first.state)
    assert "request" not in bench.amazon.calls
    assert not again.records(STREAM)
    assert not again.records("reports")


def test_the_state_of_one_seller_serves_the_same_among_several(bench) -> None:
    alone = bench.run(WEEKLY, **END, **NA)
    bench.amazon.calls.clear()
    joined = bench.run(WEEKLY, **END, **BOTH, state=alone.state)
    assert bench.amazon.calls.count("request") == 8
    assert {row["_seller_id"] for row in joined.records(STREAM)} == {"A2SANDBOXEU"}
    assert {row["seller_id"] for row in joined.records("reports")} >= {"A2SANDBOXEU"}
    old = {row["report_id"] for row in alone.records("reports")}
    new = [row for row in joined.records("reports") if row["seller_id"] == "A1SANDBOXNA"]
    assert old.isdisjoint(row["report_id"] for row in new)


def test_a_seller_may_go_and_come_back(bench) -> None:
    first = bench.run(WEEKLY, **END, **BOTH)
    without = bench.run(WEEKLY, **END, sellers=[NA, FE], state=first.state)
    assert partitions(without)["A2SANDBOXEU"] == partitions(first)["A2SANDBOXEU"]
    assert (
        partitions(without, "reports")["A2SANDBOXEU"] == partitions(first, "reports")["A2SANDBOXEU"]
    )
    bench.amazon.calls.clear()
    back = bench.run(WEEKLY, **END, **BOTH, state=without.state)
    assert not back.records(STREAM)
    assert "request" not in bench.amazon.calls


def test_a_stream_whose_only_seller_is_gone_is_no_strangers(bench) -> None:
    british = {**WEEKLY, "marketplace_ids": ["UK"]}
    first = bench.run(british, LISTINGS, **END, **BOTH)
    assert set(partitions(first)) == {"A2SANDBOXEU"}
    again = bench.run(british, LISTINGS, **END, sellers=[NA, FE], state=first.state)
    assert not again.failures
    assert partitions(again) == partitions(first)


def test_the_state_of_strangers_is_refused(bench) -> None:
    first = bench.run(WEEKLY, **END, **NA)
    with pytest.raises(StateError, match="of seller A1SANDBOXNA, .* sellers A2SANDBOXEU, A3SANDB"):
        bench.tap(WEEKLY, **END, sellers=[EU, FE], state=first.state)


@pytest.mark.parametrize("operations", [(), ("request",), ("look",), ("download",), ("list",)])
def test_one_seller_that_is_refused_stops_no_other(bench, refuse, operations) -> None:
    if bench.api == "sp_api" and operations == ("look",):
        operations = ("look", "list")  # which shows all open reports at once
    refuse("A2SANDBOXEU", *operations)
    output = bench.run(WEEKLY, LISTINGS, **END, **BOTH)
    assert {row["_seller_id"] for row in output.records(STREAM)} == {"A1SANDBOXNA"}
    assert len({row["_report_id"] for row in rows_of(output, "A1SANDBOXNA")}) == 8
    # One for the seller, one for each of its reports.
    assert len(output.failures) == 1 + 8 + 1
    assert all("A2SANDBOXEU" in each for each in output.failures)
    assert all(REFUSED[bench.api] in each for each in output.failures)
    lost = partitions(output)["A2SANDBOXEU"]
    assert not lost.get("failed_windows")
    assert "done" not in lost


def test_a_list_that_amazon_cannot_give_stops_no_other_seller(bench) -> None:
    handle = bench.amazon.handle

    def failing(request: Request, now) -> Response:
        listing = bench.amazon.word(request) == "list"
        if listing and bench.amazon.seller_id(request) == "A2SANDBOXEU":
            return Response(500, b"", {})
        return handle(request, now)

    bench.amazon.handle = failing
    output = bench.run(WEEKLY, **END, **BOTH)
    assert len({row["_report_id"] for row in rows_of(output, "A1SANDBOXNA")}) == 8
    assert all("A2SANDBOXEU" in each for each in output.failures)


def test_a_seller_that_is_accepted_again_has_all_its_rows(make_bench, bench, refuse) -> None:
    handle = bench.amazon.handle
    refuse("A2SANDBOXEU", "download")
    first = bench.run(WEEKLY, **END, **BOTH)
    asked = bench.amazon.calls.count("request")
    bench.amazon.handle = handle
    again = bench.run(WEEKLY, **END, **BOTH, state=first.state)
    assert bench.amazon.calls.count("request") == asked
    assert not again.failures
    whole = make_bench().run(WEEKLY, **END, **EU)
    assert {*again.keys(STREAM)} == {*whole.keys(STREAM)}


def test_the_last_who_is_refused_ends_the_run(bench) -> None:
    tap = bench.tap(WEEKLY, **END, sellers=[{**NA, **WRONG}, {**EU, **WRONG}])
    with pytest.raises(CredentialsError) as caught:
        bench.sync(tap)
    assert caught.value.exit_code == 3
    assert "canary" not in caught.value.render()
    assert bench.written[-1]["type"] == "STATE"


def test_a_lost_seller_ends_the_run_with_exit_code_1(bench) -> None:
    tap = bench.tap(WEEKLY, **END, sellers=[NA, {**EU, **WRONG}])
    with pytest.raises(Incomplete) as caught:
        tap.sync_to_the_end()
    assert caught.value.exit_code == 1
    said = {"mws": "SignatureDoesNotMatch", "sp_api": "invalid_client"}
    assert said[bench.api] in caught.value.render()
    assert "canary" not in caught.value.render()


def test_no_secret_of_the_list_is_logged(bench, caplog) -> None:
    caplog.set_level("DEBUG")
    bench.run(WEEKLY, **END, sellers=[NA, {**EU, **WRONG, "mws_auth_token": "canary-token"}])
    assert "A2SANDBOXEU" in caplog.text
    assert "canary" not in caplog.text
    assert "sandbox-secret" not in caplog.text


def test_each_seller_has_its_schedules(bench, refuse) -> None:
    for seller_id, schedule in {"A1SANDBOXNA": "_1_DAY_", "A2SANDBOXEU": "_4_HOURS_"}.items():
        service = bench.tap(**BOTH).run.sellers[seller_id].service
        service.manage_schedule(UNSHIPPED, schedule)
    first = bench.run(**BOTH)
    assert {(row["seller_id"], row["schedule"]) for row in first.records("report_schedules")} == {
        ("A1SANDBOXNA", "_1_DAY_"),
        ("A2SANDBOXEU", "_4_HOURS_"),
    }
    handle = bench.amazon.handle
    refuse("A2SANDBOXEU")
    second = bench.run(**BOTH, state=first.state)
    assert not second.records("report_schedules")
    bench.amazon.handle = handle
    third = bench.run(**BOTH, state=second.state)
    assert not third.records("report_schedules")


def test_a_listing_state_of_nobody_known_is_read_once_more(bench) -> None:
    first = bench.run(**NA)
    old = copy.deepcopy(first.state)
    for name in ("report_requests", "reports"):
        (partition,) = old["bookmarks"][name].pop("partitions")
        del partition["context"]
        old["bookmarks"][name].update(partition)
    assert not bench.run(**NA, state=old).records("reports")
    again = bench.run(**BOTH, state=old)
    assert {row["seller_id"] for row in again.records("reports")} == {"A1SANDBOXNA", "A2SANDBOXEU"}


def test_report_entries_are_for_the_sellers_of_their_marketplaces(bench) -> None:
    tap = bench.tap({**WEEKLY, "marketplace_ids": ["US", "DE"]}, **END, sellers=[NA, EU, FE])
    demanded = {(each.seller_id, each.marketplace_ids) for each in tap.partition_requests()}
    assert demanded == {("A1SANDBOXNA", ("ATVPDKIKX0DER",))}


def test_without_the_list_all_is_as_with_a_list_of_one(make_bench) -> None:
    alone = make_bench().run(WEEKLY, **END, **NA)
    listed = make_bench().run(WEEKLY, **END, sellers=[NA])
    for messages in (alone.messages, listed.messages):
        for message in messages:
            message.pop("time_extracted", None)
    assert alone.messages == listed.messages


@pytest.mark.api("mws", reason="Amazon has switched off no host of SP-API")
def test_a_host_that_cannot_be_meant_is_no_matter_of_one_seller(bench) -> None:
    sellers = [
        {"seller_id": "A1", "endpoint_url": "http://127.0.0.1:1"},
        {"seller_id": "A2"},
    ]
    credentials = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    tap = bench.tap(sandbox=False, marketplace_ids=["US"], sellers=sellers, **credentials)
    with pytest.raises(SettingsError, match="switched MWS off"):
        list(tap.run.sellers.ask_all(lambda seller: seller.service))
