"""Whole runs over SP-API, with its own faults."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tap_mws_reports.api.sp_api.operations import TOKEN_HEADER
from tap_mws_reports.errors import ApplicationRefused, CredentialsError, HostUnreachable
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sp_api import tokens
from tap_mws_reports.streams.message_writer import Interrupted

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
UNSHIPPED = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"  # has personal data
STREAM = "flat_file_all_orders_data_by_last_update"
LISTED = "merchant_listings_all_data"
SELLER = "A1SANDBOXNA"
WEEKLY = {"type": ORDERS, "window_days": 7}
DAILY = {"type": ORDERS, "window_days": 1}
END = {"end_date": "2020-06-08T00:00:00Z"}  # eight weeks
BAD = datetime(2020, 4, 27, tzinfo=UTC)  # the start of the third
ELSEWHERE = "elsewhere.example"

pytestmark = pytest.mark.api("sp_api", reason="MWS has no tokens, roles and addresses of documents")


@dataclass
class Witness:
    """What reaches each host, and what Amazon answers."""

    requests: list[Request] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def at(self, path: str) -> list[Request]:
        return [each for each in self.requests if each.path.startswith(path)]

    @property
    def hosts(self) -> Counter[str]:
        return Counter(each.host for each in self.requests)


@pytest.fixture
def reporting_clock() -> Callable[[Any], Witness]:
    def watch(harness: Any) -> Witness:
        witness, handle = Witness(), harness.amazon.handle

        def seen(request: Request, now: datetime) -> Response:
            witness.requests.append(request)
            response = handle(request, now)
            if response.headers.get("Content-Type", "").startswith("application/json"):
                witness.answers.append(json.loads(response.body))
            return response

        harness.amazon.handle = seen
        return witness

    return watch


@pytest.fixture
def whole(whole_run) -> list[tuple[Any, ...]]:
    """The keys of all rows, as an undisturbed run writes them."""
    return sorted(whole_run(WEEKLY, **END).keys(STREAM))


def stopped_at(harness: Any, call: str) -> Any:
    """Return a tap that receives a stop signal at the first call of a kind."""
    handle = harness.amazon.handle

    def stopping(request: Request, now: datetime) -> Response:
        if harness.amazon.word(request) == call:
            harness.amazon.handle = handle
            raise Interrupted
        return handle(request, now)

    harness.amazon.handle = stopping
    return harness.tap(WEEKLY, **END)


def partition(output) -> dict[str, Any]:
    return output.bookmark(STREAM)["partitions"][0]


def ids(output, stream: str = STREAM) -> set[str]:
    return {row["_report_id"] for row in output.records(stream)}


@pytest.mark.parametrize("operation", ["list", "request", "poll", "download", "schedules"])
def test_an_access_token_that_expires_early_is_renewed(make_harness, whole, operation) -> None:
    harness = make_harness(Fault(FaultKind.ACCESS_ENDED, operation))
    output = harness.run(WEEKLY, **END)
    assert not output.failures
    assert harness.amazon.refused == [403]
    assert harness.amazon.calls.count("login") == 2
    assert sorted(output.keys(STREAM)) == whole


def test_an_access_token_is_renewed_before_it_expires(make_harness) -> None:
    harness = make_harness(pace="steady")
    began = harness.clock.now()
    output = harness.run(DAILY, start_date="2020-03-20T00:00:00Z", **END)
    assert not output.failures
    hours = (harness.clock.now() - began) / timedelta(hours=1)
    assert harness.amazon.calls.count("login") >= 1 + int(hours) >= 2
    assert harness.amazon.refused == []


@contextmanager
def revoked_at(harness, word: str) -> Iterator[None]:
    """Let the seller take its consent back when a call comes: no token of it is good any more."""
    handle = harness.amazon.handle

    def revoking(request: Request, now: datetime) -> Response:
        if harness.amazon.word(request) == word:
            harness.strike(
                Fault(FaultKind.ACCESS_ENDED, times=9),
                Fault(FaultKind.ACCESS_REVOKED, SELLER, times=9),
            )
        return handle(request, now)

    harness.amazon.handle = revoking
    yield
    harness.amazon.handle = handle
    harness.strike()


@pytest.mark.parametrize("word", ["login", "request", "list", "download"])
def test_a_revoked_authorisation_ends_the_run(harness, whole, word) -> None:
    tap = harness.tap(WEEKLY, **END)
    with revoked_at(harness, word), pytest.raises(CredentialsError) as raised:
        harness.sync(tap)
    assert raised.value.exit_code == 3
    expected = raised.value.render()
    assert "invalid_grant" in expected
    assert "revoked" in expected
    assert "refresh_token" in expected
    assert SELLER in expected
    state = harness.written[-1]["value"]
    requested = harness.amazon.calls.count("request")
    output = harness.run(WEEKLY, **END, state=state)
    assert sorted(output.keys(STREAM)) == whole
    assert harness.amazon.calls.count("request") == max(requested, 8) + (word == "request")


def test_a_seller_of_another_region_is_an_error(harness) -> None:
    tap = harness.tap(WEEKLY, **END, seller_id=SELLER, marketplace_ids=["DE"])
    with pytest.raises(CredentialsError) as raised:
        harness.sync(tap)
    expected = raised.value.render()
    assert "region" in expected
    assert "sellingpartnerapi-eu.amazon.com" in expected
    assert "marketplace_ids" in expected


def test_the_connection_check_finds_a_seller_of_another_region(harness) -> None:
    settings = {**END, "seller_id": SELLER, "marketplace_ids": ["DE"]}
    tap = harness.tap(WEEKLY, LISTINGS, UNSHIPPED, **settings)
    harness.connect()
    with pytest.raises(CredentialsError, match="denied") as raised:
        tap.check_connection()
    assert "region" in raised.value.hint


def test_the_connection_check_names_a_denied_type(make_harness, caplog) -> None:
    harness = make_harness(Fault(FaultKind.ROLE_MISSING, LISTINGS, times=99))
    tap = harness.tap(WEEKLY, LISTINGS, **END)
    harness.connect()
    tap.check_connection()
    assert "GET_MERCHANT_LISTINGS_ALL_DATA cannot be listed" in caplog.text
    assert harness.amazon.calls.count("list") == 3


@pytest.mark.parametrize(
    ("report_type", "named"),
    [
        (UNSHIPPED, "the role Direct to Consumer Shipping (Restricted)"),
        (LISTINGS, "one of the roles Direct to Consumer Shipping (Restricted), Inventory and"),
    ],
)
def test_a_missing_role_is_named_and_stops_no_other_stream(
    make_harness, whole, report_type, named
) -> None:
    harness = make_harness(Fault(FaultKind.ROLE_MISSING, report_type, times=99))
    output = harness.run(report_type, WEEKLY, **END)
    (expected,) = output.failures
    assert f"the application lacks {named}" in expected
    assert report_type.strip("_") in expected
    assert sorted(output.keys(STREAM)) == whole
    harness.strike()
    again = harness.run(report_type, WEEKLY, **END, state=output.state)
    assert not again.failures
    # The list at the start has told it, so the first run did not ask for the report.
    assert harness.amazon.calls.count("request") == 8 + 1


def test_a_denial_is_logged_once_and_not_for_each_window(make_harness, caplog) -> None:
    harness = make_harness(Fault(FaultKind.ROLE_MISSING, ORDERS, times=99))
    tap = harness.tap(WEEKLY, LISTINGS, **END)
    output = harness.sync(tap)
    assert len(output.failures) == 8
    assert len({*output.failures}) == 1
    told = [each for each in caplog.records if "the application lacks" in each.getMessage()]
    assert [each.levelname for each in told] == ["WARNING", "ERROR"]
    assert output.records(LISTED)
    assert harness.amazon.calls.count("request") == 1


def test_an_expired_client_secret_concerns_all_sellers(harness) -> None:
    handle = harness.amazon.handle
    details = "The LWA secret token you provided has expired."
    error = {"code": "Unauthorized", "message": "Access to requested resource is denied."}

    def expired(request: Request, now: datetime) -> Response:
        if harness.amazon.word(request) in {"login", "document"}:
            return handle(request, now)
        return Response(403, json.dumps({"errors": [{**error, "details": details}]}).encode())

    harness.amazon.handle = expired
    sellers = [{"seller_id": SELLER}, {"seller_id": "A2SANDBOXEU", "marketplace_ids": ["UK"]}]
    tap = harness.tap(WEEKLY, **END, sellers=sellers)
    with pytest.raises(ApplicationRefused) as caught:
        harness.sync(tap)
    assert caught.value.exit_code == 3
    assert "rotate the client secret" in caught.value.render()


def test_the_run_waits_for_an_exhausted_quota(make_harness, whole) -> None:
    harness = make_harness(Fault(FaultKind.THROTTLE, "request", times=2))
    began = harness.clock.now()
    output = harness.run(WEEKLY, **END)
    assert not output.failures
    assert harness.amazon.throttled == ["request"] * 2
    assert harness.clock.now() - began > timedelta(minutes=2)
    assert sorted(output.keys(STREAM)) == whole


def test_a_hidden_quota_of_one_type_delays_no_other(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.THROTTLE, LISTINGS, times=2), pace="steady")
    began = harness.clock.now()
    output = harness.run(LISTINGS, WEEKLY, **END)
    assert not output.failures
    assert output.records(LISTED)
    assert harness.amazon.throttled == ["request"] * 2
    calls = zip(harness.amazon.calls, harness.amazon.moments, strict=True)
    downloads = sorted(moment - began for name, moment in calls if name == "download")
    assert downloads[7] < timedelta(minutes=10)
    assert len(downloads) == 9


@pytest.mark.parametrize("times", [1, 2])
def test_an_expired_url_is_requested_again(make_harness, whole, times) -> None:
    harness = make_harness(Fault(FaultKind.URL_ENDED, ORDERS, times, BAD))
    output = harness.run(WEEKLY, **END)
    assert not output.failures
    assert harness.amazon.calls.count("download") == 8 + times
    assert harness.amazon.calls.count("request") == 8
    assert sorted(output.keys(STREAM)) == whole


@pytest.mark.parametrize("kind", [FaultKind.GZIP_UNTRUE, FaultKind.GZIP_UNTOLD])
def test_a_wrong_compression_algorithm_is_tolerated(make_harness, whole, kind) -> None:
    output = make_harness(Fault(kind, ORDERS, times=9)).run(WEEKLY, **END)
    assert not output.failures
    assert sorted(output.keys(STREAM)) == whole


def test_no_redirect_of_a_call_is_followed(make_harness, reporting_clock) -> None:
    harness = make_harness(Fault(FaultKind.REDIRECT, "getReports", times=9))
    witness = reporting_clock(harness)
    tap = harness.tap(WEEKLY, **END)
    with pytest.raises(HostUnreachable, match="not followed") as raised:
        harness.sync(tap)
    assert raised.value.exit_code == 1
    assert ELSEWHERE not in witness.hosts


def test_no_redirect_of_a_document_is_followed(make_harness, reporting_clock, whole) -> None:
    harness = make_harness(Fault(FaultKind.REDIRECT, ORDERS, 9, BAD))
    witness = reporting_clock(harness)
    output = harness.run(WEEKLY, **END)
    (expected,) = output.failures
    assert "not followed" in expected
    assert len(ids(output)) == 7
    assert ELSEWHERE not in witness.hosts
    harness.strike()
    again = harness.run(WEEKLY, **END, state=output.state)
    assert {*output.keys(STREAM), *again.keys(STREAM)} == set(whole)


@pytest.mark.parametrize("kind", [FaultKind.REDIRECT, FaultKind.URL_ENDED])
@pytest.mark.parametrize("is_adopted", [False, True])
def test_a_report_whose_document_cannot_be_reached_is_not_requested_again(
    make_harness, whole, kind, is_adopted
) -> None:
    harness = make_harness(Fault(kind, ORDERS, 9, BAD), pace="steady")
    if is_adopted:
        with pytest.raises(Interrupted):
            harness.sync(stopped_at(harness, "download"))
        states = [each["value"] for each in harness.written if each["type"] == "STATE"]
        output = harness.run(WEEKLY, **END, state=states[-1])
    else:
        output = harness.run(WEEKLY, **END)
    (failed_window,) = partition(output)["failed_windows"]
    assert "3 addresses" in failed_window["reason"]
    # Two of three attempts of the next run fail, too.
    harness.strike(Fault(kind, ORDERS, 2, BAD))
    again = harness.run(WEEKLY, **END, state=output.state)
    assert not again.failures
    assert not partition(again).get("failed_windows")
    assert harness.amazon.calls.count("request") == 8
    assert {*output.keys(STREAM), *again.keys(STREAM)} == set(whole)


def test_tokens_are_sent_only_to_the_host_of_the_calls(harness, reporting_clock) -> None:
    witness = reporting_clock(harness)
    harness.run(WEEKLY, UNSHIPPED, **END)
    calls = "sellingpartnerapi-na.amazon.com"
    with_token = {each.host for each in witness.requests if TOKEN_HEADER in each.headers}
    assert with_token == {calls}
    assert len(witness.hosts) == 3
    given = [answer["access_token"] for answer in witness.answers if "access_token" in answer]
    given += [a["restrictedDataToken"] for a in witness.answers if "restrictedDataToken" in a]
    assert len(given) == 2
    for request in witness.requests:
        if request.host != calls:
            assert not any(token in repr(request) for token in given)


def test_a_restricted_document_is_opened_with_its_own_token(harness, reporting_clock) -> None:
    witness = reporting_clock(harness)
    output = harness.run(UNSHIPPED, WEEKLY, LISTINGS, **END)
    assert not output.failures
    assert output.records("flat_file_actionable_order_data")
    restricted = {}
    for request in witness.requests:
        token = tokens.read(request.headers.get(TOKEN_HEADER, ""))
        if token is not None and token.resources:
            restricted[f"{request.method} {request.path}"] = token.resources
    ((opened, resources),) = restricted.items()
    assert resources == (opened,)
    made = harness.amazon.accounts["NA"].requests[
        ids(output, "flat_file_actionable_order_data").pop()
    ]
    assert urlsplit(opened).path.endswith(f"/documents/{made.report.document_id}")
    assert harness.amazon.calls.count("createRestrictedDataToken") == 1


def test_the_reason_of_a_failed_report_is_in_the_failed_window(make_harness, whole) -> None:
    harness = make_harness(Fault(FaultKind.FATAL, ORDERS, 1, BAD))
    output = harness.run(WEEKLY, **END)
    (failed_window,) = partition(output)["failed_windows"]
    assert "FATAL: The requested data could not be put together." in failed_window["reason"]
    assert failed_window["start"] == "2020-04-27T00:00:00+00:00"
    assert len(output.failures) == 1
    again = harness.run(WEEKLY, **END, state=output.state)
    assert not again.failures
    assert not partition(again).get("failed_windows")
    assert {*output.keys(STREAM), *again.keys(STREAM)} == set(whole)


def test_cancelled_without_a_document_means_no_data(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.NO_DATA, ORDERS, 1, BAD))
    output = harness.run(WEEKLY, **END)
    assert not output.failures
    assert not partition(output).get("failed_windows")
    assert len(ids(output)) == 7
    statuses = Counter(row["processing_status"] for row in output.records("report_requests"))
    assert statuses["DONE_NO_DATA"] >= 1
    assert "CANCELLED" not in statuses
    harness.run(WEEKLY, **END, state=output.state)
    assert harness.amazon.calls.count("request") == 8
