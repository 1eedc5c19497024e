from __future__ import annotations

import json

import pytest

from tap_mws_reports.cli import main

WINDOW = {"start": "2026-02-01T00:00:00+00:00", "end": "2026-02-08T00:00:00+00:00"}
STATE = {
    "bookmarks": {
        "orders_data": {
            "partitions": [
                {
                    "context": {"seller_id": "A1", "marketplace_ids": "ATVPDKIKX0DER"},
                    "replication_key_value": "2026-02-01T00:00:00+00:00",
                    "done": [["2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"]],
                    "open_requests": [
                        {**WINDOW, "report_request_id": "5", "submitted": WINDOW["end"]}
                    ],
                    "failed_windows": [
                        {**WINDOW, "reason": "cancelled", "failed_since": "2026-02-08"},
                        {"reason": "refused", "report_id": "8"},
                        {"reason": "throttled"},
                    ],
                    "given_up": [{**WINDOW, "reason": "refused", "since": "2026-01-02"}],
                },
                {"context": {"seller_id": "A2", "marketplace_ids": "X", "group": "2"}},
            ]
        },
        "reports": {
            "partitions": [
                {
                    "context": {"seller_id": "A1"},
                    "replication_key_value": "2026-02-08T00:00:00+00:00",
                }
            ]
        },
    }
}


@pytest.fixture
def written(tmp_path):
    def write(name: str, content: object) -> str:
        path = tmp_path / name
        path.write_text(json.dumps(content))
        return str(path)

    return write


def test_a_state_is_shown_as_text(written, capsys) -> None:
    assert main(["state", "show", written("state.json", STATE)]) == 0
    window = f"{WINDOW['start']} to {WINDOW['end']}"
    assert capsys.readouterr().out.splitlines() == [
        "seller A1",
        "  orders_data ATVPDKIKX0DER (US): done until 2026-02-01T00:00:00+00:00, 1 open, 3 failed, "
        "1 given up",
        f"    open    {window}  request 5",
        f"    failed  {window}  cancelled",
        "    failed  report 8  refused",
        "    failed  snapshot  throttled",
        f"    given up since 2026-01-02  {window}  refused",
        "  reports: done until 2026-02-08T00:00:00+00:00",
        "seller A2",
        "  orders_data X group 2: nothing done",
    ]


def test_a_state_is_shown_as_json(written, capsys) -> None:
    assert main(["state", "show", "--json", written("state.json", {"singer_state": STATE})]) == 0
    orders, reports, other = json.loads(capsys.readouterr().out)["partitions"]
    assert orders["done_until"] == "2026-02-01T00:00:00+00:00"
    assert [each["report_request_id"] for each in orders["open_requests"]] == ["5"]
    assert len(orders["failed_windows"]) == 3
    assert (reports["stream"], reports["failed_windows"]) == ("reports", [])
    assert (other["done_until"], other["group"]) == (None, "2")


def test_an_empty_state_is_reported_as_empty(written, capsys) -> None:
    assert main(["state", "show", written("state.json", {})]) == 0
    assert capsys.readouterr().out == "The state is empty.\n"


def test_a_state_is_split_and_merged(written, tmp_path, capsys) -> None:
    path = written("state.json", STATE)
    assert main(["state", "split", path, "--shards", "3", "--output", str(tmp_path / "new")]) == 0
    parts = sorted(map(str, (tmp_path / "new").iterdir()))
    assert [part.rpartition("/")[2] for part in parts] == [
        f"shard-{index}-of-3.json" for index in range(3)
    ]
    capsys.readouterr()
    assert main(["state", "merge", *parts]) == 0
    assert json.loads(capsys.readouterr().out) == STATE


def test_a_split_overwrites_nothing(written, tmp_path, capsys) -> None:
    path = written("state.json", STATE)
    there = tmp_path / "shard-1-of-2.json"
    there.write_text("{}")
    assert main(["state", "split", path, "--shards", "2", "--output", str(tmp_path)]) == 2
    assert f"{there} exists" in capsys.readouterr().err
    assert not (tmp_path / "shard-0-of-2.json").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"bookmarks": {"orders_data": {"partitions": [{}]}}}, "broken at orders_data.partitions"),
        ({"bookmarks": {"reports": {"partitions": [{"context": {}}]}}}, "broken at reports"),
        ({"bookmarks": []}, "`bookmarks` is not a JSON object"),
    ],
)
@pytest.mark.parametrize("action", [["show"], ["merge"], ["split", "--shards", "2"]])
def test_an_invalid_state_is_refused(written, capsys, content, message, action) -> None:
    assert main(["state", *action, written("state.json", content)]) == 2
    assert message in capsys.readouterr().err


def test_a_seller_in_two_states_is_refused(written, capsys) -> None:
    other = json.loads(json.dumps(STATE))
    other["bookmarks"]["orders_data"]["partitions"][0]["done"] = []
    paths = [written("a.json", STATE), written("b.json", other)]
    assert main(["state", "merge", *paths]) == 2
    assert "both have seller A1 in orders_data" in capsys.readouterr().err
