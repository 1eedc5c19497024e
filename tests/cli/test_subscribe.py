"""`mws-reports subscribe` against the sandbox's server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.cli import main
from tap_mws_reports.sandbox import Amazon, account_settings
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tap_mws_reports.sandbox.server import served

QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/reports"


@pytest.fixture
def amazon() -> Amazon:
    return Amazon(SystemClock().now())


@pytest.fixture
def address(amazon, monkeypatch) -> Iterator[str]:
    monkeypatch.setattr(
        "tap_mws_reports.sandbox.notification_outbox.send_notification", lambda _letter: None
    )
    with served(amazon, SystemClock()) as address:
        yield address


@pytest.fixture
def config(tmp_path, address):
    def write(**changes: object) -> str:
        settings = {
            **account_settings("EU"),
            "marketplace_ids": ["DE", "UK"],
            "endpoint_url": address,
            "notification_queue_url": QUEUE,
        }
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**settings, **changes}))
        return str(path)

    return write


def test_every_marketplace_is_subscribed_and_a_repetition_changes_nothing(
    config, amazon, capsys
) -> None:
    assert main(["subscribe", "--config", config()]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Germany: registered, subscribed",
        "United Kingdom: registered, subscribed",
    ]
    outbox = amazon.accounts["EU"].outbox
    ids = {destination.marketplace_id for destination in outbox.subscriptions}
    assert ids == set(SELLERS["EU"].marketplace_ids[:2])
    assert main(["subscribe", "--config", config()]) == 0
    assert "Germany: already registered, already subscribed" in capsys.readouterr().out


def test_a_test_message_is_sent_on_demand(config, capsys) -> None:
    assert main(["subscribe", "--config", config(marketplace_ids=["DE"]), "--test"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Germany: registered, subscribed",
        "Germany: sent a test notification to the queue",
    ]


def test_a_subscription_is_removed(config, amazon, capsys) -> None:
    main(["subscribe", "--config", config()])
    assert main(["subscribe", "--config", config(), "--unsubscribe"]) == 0
    assert "United Kingdom: unsubscribed, deregistered" in capsys.readouterr().out
    assert not amazon.accounts["EU"].outbox.destinations
    assert main(["subscribe", "--config", config(), "--unsubscribe"]) == 0
    assert "Germany: was not subscribed, was not registered" in capsys.readouterr().out


def test_mexico_is_skipped(config, capsys) -> None:
    settings = {**account_settings("NA"), "marketplace_ids": ["MX", "US"]}
    assert main(["subscribe", "--config", config(**settings)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Mexico: Amazon sends no notifications for it; its reports are polled",
        "United States: registered, subscribed",
    ]


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"notification_queue_url": None}, 2, "names no queue"),
        ({"notification_queue_url": f"{QUEUE}.fifo"}, 2, "FIFO queue"),
        ({"marketplace_ids": ["FR"]}, 0, ""),
        ({"marketplace_ids": ["ES"]}, 1, "437568002678"),
        ({"aws_secret_access_key": "wrong"}, 3, "SignatureDoesNotMatch"),
        ({"endpoint_url": None}, 2, "switched MWS off"),
    ],
)
def test_errors_are_explained(config, capsys, changes, code, message) -> None:
    assert main(["subscribe", "--config", config(**changes)]) == code
    assert message in capsys.readouterr().err


def test_the_help_mentions_the_permission(capsys) -> None:
    assert main(["subscribe", "--help"]) == 0
    assert "sqs:GetQueueAttributes" in " ".join(capsys.readouterr().out.split())
