"""Notifications of SP-API in a queue: the real command, a server, the real tap."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.api.sqs import QueueMessage, SqsQueue
from tap_mws_reports.cli import main
from tap_mws_reports.sandbox import Amazon, account_settings, tap_config
from tap_mws_reports.sandbox.sandbox_config import LatencyProfile
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tap_mws_reports.sandbox.server import served
from tap_mws_reports.tap import TapMwsReports

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
STREAM = "flat_file_all_orders_data_by_last_update"
NA, EU = SELLERS["NA"].seller_id, SELLERS["EU"].seller_id
AT_ONCE = LatencyProfile("at once", (0, 0, 0), (0, 0, 0))


class HastyClock(SystemClock):
    """The machine's clock, but for waits, which are over at once."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = timedelta()

    def now(self) -> datetime:
        return super().now() + self._skipped

    def sleep(self, seconds: float) -> None:
        self._skipped += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch) -> HastyClock:
    """The time of the command and of Amazon."""
    clock = HastyClock()
    monkeypatch.setattr("tap_mws_reports.cli.subscribe.SystemClock", lambda: clock)
    return clock


@pytest.fixture
def amazon(clock) -> Amazon:
    return Amazon(clock.now(), pace=AT_ONCE)


@pytest.fixture
def address(amazon, clock, sqs_address, monkeypatch) -> Iterator[str]:
    """A sandbox behind a port, which reaches queues by their ARN alone."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", sqs_address)
    with served(amazon, clock) as address:
        yield address


@pytest.fixture
def config(address, queue_url):
    settings = tap_config(address, SystemClock().now(), api="sp_api")
    return {**settings, "reports": [ORDERS], "notification_queue_url": queue_url}


@pytest.fixture
def subscribe(config, tmp_path, capsys):
    """Run the command with changed settings; gives the exit code, what it said, and its errors."""

    def run(*options: str, **changes: object) -> tuple[int, list[str], str]:
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**config, **changes}))
        code = main(["subscribe", "--config", str(path), *options])
        message = capsys.readouterr()
        return code, message.out.splitlines(), message.err

    return run


@pytest.fixture
def two_sellers():
    regions = [account_settings(region, "sp_api") for region in ("NA", "EU")]
    names = ("seller_id", "marketplace_ids", "refresh_token")
    return [{name: region[name] for name in names} for region in regions]


def test_a_seller_has_one_subscription_for_all_marketplaces(subscribe, amazon) -> None:
    marketplaces = ["US", "CA", "MX"]
    assert subscribe(marketplace_ids=marketplaces)[:2] == (0, [f"{NA}: registered, subscribed"])
    assert len(amazon.accounts["NA"].outbox.listeners) == 1
    again = subscribe(marketplace_ids=marketplaces)[:2]
    assert again == (0, [f"{NA}: already registered, already subscribed"])


def test_sellers_share_a_queue_until_none_needs_it(subscribe, two_sellers, amazon) -> None:
    assert subscribe(sellers=two_sellers)[:2] == (
        0,
        [f"{NA}: registered, subscribed", f"{EU}: already registered, subscribed"],
    )
    code, _, error = subscribe("--unsubscribe")
    assert code == 1
    assert "unsubscribe all sellers" in error
    assert subscribe("--unsubscribe", sellers=two_sellers)[:2] == (
        0,
        [f"{NA}: was not subscribed, deregistered", f"{EU}: unsubscribed, was not registered"],
    )
    assert not any(account.outbox.listeners for account in amazon.accounts.values())


def test_a_test_message_is_impossible_and_the_subscription_stays(subscribe) -> None:
    code, message, error = subscribe("--test")
    assert (code, message) == (1, [f"{NA}: registered, subscribed"])
    assert "SP-API sends no test notifications" in error


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"notification_queue_url": "https://example.com/123456789012/q"},
            2,
            "not a queue of Amazon",
        ),
        ({"notification_queue_url": "arn:aws:sqs:us-east-1:123456789012:q"}, 2, "give the URL"),
        ({"lwa_client_secret": "wrong"}, 3, "lwa_client_secret"),
        ({"refresh_token": "Atzr|wrong"}, 3, "refresh_token"),
    ],
)
def test_errors_are_explained(subscribe, changes, code, message) -> None:
    told, _, error = subscribe(**changes)
    assert told == code
    assert message in error


@pytest.fixture
def taken(monkeypatch) -> list[QueueMessage]:
    """The messages that are deleted from any queue."""
    taken: list[QueueMessage] = []
    delete = SqsQueue.delete

    def noted(queue: SqsQueue, messages: Sequence[QueueMessage]) -> None:
        taken.extend(messages)
        delete(queue, messages)

    monkeypatch.setattr(SqsQueue, "delete", noted)
    return taken


@pytest.mark.parametrize("as_amazon_writes_it", [True, False])
def test_a_run_gets_its_reports_from_the_queue(
    subscribe, config, queue_url, left_in, taken, tmp_path, as_amazon_writes_it
) -> None:
    """The sandbox finds the queue by its ARN, whatever the address it was made of."""
    url = queue_url
    if as_amazon_writes_it:
        url = f"https://sqs.us-east-1.amazonaws.com{urlsplit(queue_url).path}"
    assert subscribe(notification_queue_url=url)[0] == 0
    with (tmp_path / "messages").open("w") as file, redirect_stdout(file):
        TapMwsReports(config=config).sync_to_the_end()
    lines = (tmp_path / "messages").read_text().splitlines()
    streams = [json.loads(line).get("stream") for line in lines]
    assert streams.count(STREAM) > 100
    assert len(taken) == 2  # sixty days, in windows of thirty
    assert left_in(queue_url) == 0
