from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.cli import main
from tap_mws_reports.config import sandbox_mode
from tap_mws_reports.report_types import all_known

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SETTLEMENT = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
STREAM = "flat_file_all_orders_data_by_last_update"
CONFIG = {
    "api": "mws",
    "sandbox": True,
    "start_date": "2020-01-01T00:00:00Z",
    "end_date": "2020-04-30T00:00:00Z",
    "reports": [{"type": ORDERS, "window_days": 1}, LISTINGS, SETTLEMENT],
}
TENS = -(-len({each.sp_api_name for each in all_known() if each.sp_api_name}) // 10)
CREDENTIALS = {
    "seller_id": "A2EXAMPLE",
    "aws_access_key_id": "key",
    "aws_secret_access_key": "secret",
    "marketplace_ids": ["US"],
}
NA = {"seller_id": "A1SANDBOXNA"}
EU = {"seller_id": "A2SANDBOXEU"}
PARTITION = {
    "context": {"seller_id": "A1SANDBOXNA", "marketplace_ids": "ATVPDKIKX0DER"},
    "done": [["2020-01-01T00:00:00+00:00", "2020-04-20T00:00:00+00:00"]],
    "latencies": [60.0],
}


@pytest.fixture(autouse=True)
def in_may(monkeypatch):
    """Let it be soon after the windows: Amazon gives none that are years old."""
    may = VirtualClock(datetime(2020, 5, 1, tzinfo=UTC))
    monkeypatch.setattr(sandbox_mode, "SystemClock", lambda: may)


@pytest.fixture
def written(tmp_path):
    def write(name: str, content: object) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return write


@pytest.fixture
def unreachable(monkeypatch):
    """Fail on any call to Amazon."""
    monkeypatch.setattr("requests.Session.send", None)


@pytest.mark.usefixtures("unreachable")
def test_a_plan_is_written_as_text(written, capsys) -> None:
    assert main(["plan", "--config", written("config.json", CONFIG)]) == 0
    out = capsys.readouterr().out
    assert f"{ORDERS}                  120 to request".replace(" ", "") in out.replace(" ", "")
    assert f"{LISTINGS} 1 to take".replace(" ", "") in out.replace(" ", "")
    assert "documents that Amazon generates" in out
    assert "121 reports, at least 2 h by quota; finish about " in out
    assert f"latency of {ORDERS}, {LISTINGS} is not known yet; 5 min are assumed" in out


@pytest.mark.usefixtures("unreachable")
def test_a_plan_names_marketplaces_that_differ(written, capsys) -> None:
    listings = [{"type": LISTINGS, "marketplace_ids": [each]} for each in ("US", "CA")]
    config = {**CONFIG, "marketplace_ids": ["US", "CA"], "reports": listings}
    assert main(["plan", "--config", written("config.json", config)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{LISTINGS}  ATVPDKIKX0DER (US)   1 to take")
    assert lines[1].startswith(f"{LISTINGS}  A2EUQ1WTGCTBG2 (CA)  1 to take")


@pytest.mark.usefixtures("unreachable")
def test_a_plan_is_written_as_json(written, capsys) -> None:
    state = {"bookmarks": {STREAM: {"partitions": [PARTITION]}}}
    arguments = ["plan", "--config", written("config.json", CONFIG), "--json"]
    assert main([*arguments, "--state", written("state.json", state)]) == 0
    told = json.loads(capsys.readouterr().out)
    orders = told["streams"][0]
    assert orders["stream"] == STREAM
    assert orders["marketplaces"] == "ATVPDKIKX0DER (US)"
    assert orders["windows"] == 10 + 1, "ten days that are left, and those of late changes"
    assert (orders["reread"], orders["lookback_days"]) == (1, 1)
    assert told["reports"] == told["requests"] == 12
    assert (told["at_least_s"], told["expected_s"]) == (60, 300)
    assert told["types_without_latency"] == [LISTINGS]


@pytest.mark.usefixtures("unreachable")
@pytest.mark.parametrize(
    ("changes", "calls", "seconds", "expected"),
    [
        ({}, 3, 0, "take 3 calls to list, without a wait for quotas."),
        ({"api": "sp_api"}, 3, 0, "take 3 calls to list, without a wait for quotas."),
        (
            {"api": "sp_api", "reports": []},
            3 * TENS,
            # 13 calls each: 3 waits of each of the first two, and 10 of the third.
            721,
            f"report_requests, report_schedules and reports take {3 * TENS} calls to list, "
            "after the rows: at least 12 min by the quota of getReports and getReportSchedules.",
        ),
        ({"api": "sp_api", "except": ["report_requests", "report_schedules"]}, 1, 0, "reports tak"),
        ({"except": ["report_requests", "report_schedules", "reports"]}, 0, 0, ""),
    ],
)
def test_the_lists_of_the_lifecycle_streams_are_counted(
    written, capsys, changes, calls, seconds, expected
) -> None:
    config = written("config.json", {**CONFIG, **changes})
    assert main(["plan", "--config", config]) == 0
    assert expected in capsys.readouterr().out
    assert main(["plan", "--config", config, "--json"]) == 0
    lists = json.loads(capsys.readouterr().out)["lists"]
    assert (lists["calls"], lists["at_least_s"]) == (calls, seconds)
    assert sum(each["calls"] for each in lists["streams"]) == calls


@pytest.mark.usefixtures("unreachable")
def test_a_state_is_read_in_each_of_its_formats(written, capsys) -> None:
    state = {"bookmarks": {STREAM: {"partitions": [PARTITION]}}}
    message = json.dumps({"type": "STATE", "value": state})
    for text in (json.dumps(state), message, f"{json.dumps(CONFIG)}\n{message}\n"):
        arguments = ["plan", "--config", written("config.json", CONFIG), "--json"]
        assert main([*arguments, "--state", written("state.json", text)]) == 0
        captured = capsys.readouterr()
        assert json.loads(captured.out)["reports"] == 12
        assert ("has 2 lines; the last state, in line 2" in captured.err) is (text.count("\n") > 1)


@pytest.mark.usefixtures("unreachable")
def test_the_cost_of_a_lookback_is_shown(written, capsys) -> None:
    state = written("state.json", {"bookmarks": {STREAM: {"partitions": [PARTITION]}}})
    assert main(["plan", "--config", written("config.json", CONFIG), "--state", state]) == 0
    told = capsys.readouterr().out
    assert "11 to request, 1 of them by the lookback of 1 days" in told


@pytest.mark.usefixtures("unreachable")
def test_a_withdrawn_type_is_named(written, capsys) -> None:
    old = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_"
    config = written("config.json", {**CONFIG, "reports": [old, LISTINGS]})
    notice = f"{old}: Amazon will withdraw it on 2026-11-11; use {SETTLEMENT.strip('_')}"
    assert main(["plan", "--config", config]) == 0
    assert capsys.readouterr().out.count(f"{notice}.\n") == 1
    assert main(["plan", "--config", config, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notices"] == [notice]


@pytest.mark.usefixtures("unreachable")
def test_a_real_seller_needs_no_connection(written, capsys) -> None:
    first = written("first.json", {**CONFIG, "sandbox": False})
    second = written("second.json", {**CREDENTIALS, "reports": [LISTINGS]})
    assert main(["plan", "--config", first, "--config", second]) == 0
    assert capsys.readouterr().out.count("1 report, at least ") == 1


@pytest.mark.usefixtures("unreachable")
def test_streams_that_are_not_selected_are_not_planned(written, capsys) -> None:
    stream = {
        "tap_stream_id": STREAM,
        "schema": {"properties": {}},
        "metadata": [{"breadcrumb": [], "metadata": {"selected": False}}],
    }
    arguments = ["plan", "--config", written("config.json", CONFIG)]
    assert main([*arguments, "--catalog", written("catalog.json", {"streams": [stream]})]) == 0
    out = capsys.readouterr().out
    assert "No reports to retrieve." in out
    assert ORDERS not in out


@pytest.mark.parametrize(
    ("config", "state", "expected"),
    [
        pytest.param("{", None, "is not JSON", id="broken settings"),
        pytest.param(
            {**CONFIG, "sandbox": False}, None, "seller_id: it is missing", id="no seller"
        ),
        pytest.param({**CONFIG, "order": "oldest"}, None, "order", id="wrong setting"),
        pytest.param(CONFIG, "[]", "holds no JSON object", id="state of no form"),
        pytest.param(CONFIG, CONFIG, "is a configuration, not a state", id="settings as state"),
        pytest.param(
            CONFIG,
            {"bookmarks": {"charges": {"replication_key_value": "2020-01-01"}}},
            "a bookmark of `charges`, which is not a stream of this tap",
            id="state of another tap",
        ),
        pytest.param(
            CONFIG, {"bookmarks": []}, "`bookmarks` is not a JSON object", id="other state"
        ),
    ],
)
def test_wrong_files_are_explained(written, capsys, config, state, expected) -> None:
    arguments = ["plan", "--config", written("config.json", config)]
    if state is not None:
        arguments += ["--state", written("state.json", state)]
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert expected in captured.err
    assert not captured.out


def test_missing_files_are_explained(capsys) -> None:
    assert main(["plan", "--config", "nowhere.json"]) == 2
    assert "nowhere.json cannot be read" in capsys.readouterr().err


def test_a_plan_of_several_sellers_lists_each_one(written, capsys) -> None:
    """Quotas are each seller's own: two are done as soon as one is."""
    ends = {}
    for name, sellers in {"one": [NA], "both": [NA, EU]}.items():
        path = written(f"{name}.json", {**CONFIG, "sellers": sellers})
        assert main(["plan", "--json", "--config", path]) == 0
        ends[name] = json.loads(capsys.readouterr().out)
        assert main(["plan", "--config", path]) == 0
        ends[name, "words"] = capsys.readouterr().out.splitlines()
    one, both = ends["one"], ends["both"]
    assert both["requests"] == 2 * one["requests"]
    assert both["at_least_s"] == one["at_least_s"]
    assert both["finish"] == one["finish"]
    assert {share["seller_id"] for share in both["streams"]} == {"A1SANDBOXNA", "A2SANDBOXEU"}
    assert ends["one", "words"][0].startswith(ORDERS)
    assert [line.split()[0] for line in ends["both", "words"][:6]] == [
        *["A1SANDBOXNA"] * 3,
        *["A2SANDBOXEU"] * 3,
    ]


SALES = "_GET_SALES_AND_TRAFFIC_REPORT_"
MANY = {
    **CONFIG,
    "api": "sp_api",
    "reports": [{"type": ORDERS, "window_days": 30}, SALES],
    "sellers": [NA, EU, {"seller_id": "A3SANDBOXFE"}],
}


@pytest.mark.usefixtures("unreachable")
def test_a_plan_of_shards_has_the_settings_of_each_process(written, capsys) -> None:
    arguments = ["plan", "--config", written("config.json", MANY), "--shards", "4", "--json"]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    *shards, application = told["shards"]
    without = {"except": [SALES]}
    # No two of the three sellers are in one of the four shards, and one shard has none.
    assert [each["settings"] for each in shards] == [
        {"shard": "1/4", **without},
        {"shard": "2/4", **without},
        {"shard": "3/4", **without},
    ]
    assert [each["name"] for each in shards] == [f"shard-{index}-of-4" for index in (1, 2, 3)]
    assert [(each["sellers"], each["reports"], each["calls"]) for each in shards] == [
        (1, 4, 12)
    ] * 3
    assert application["settings"] == {"only": [SALES]}
    assert (application["sellers"], application["reports"]) == (3, 12)
    assert application["at_least_s"] >= 2 * 15 * 60
    assert sum(each["reports"] for each in told["shards"]) == told["reports"]
    assert all(each["expected_s"] <= told["expected_s"] for each in told["shards"])


@pytest.mark.usefixtures("unreachable")
@pytest.mark.parametrize("number", range(4))
def test_the_settings_of_a_shard_give_its_part_of_the_plan(written, capsys, number: int) -> None:
    config = written("config.json", MANY)
    assert main(["plan", "--config", config, "--shards", "4", "--json"]) == 0
    shard = json.loads(capsys.readouterr().out)["shards"][number]
    own = written("own.json", shard["settings"])
    assert main(["plan", "--config", config, "--config", own, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [told[name] for name in ("reports", "requests", "expected_s")] == [
        shard[name] for name in ("reports", "requests", "expected_s")
    ]


@pytest.mark.usefixtures("unreachable")
def test_a_plan_of_shards_is_written_as_text(written, capsys) -> None:
    assert main(["plan", "--config", written("config.json", MANY), "--shards", "1"]) == 0
    *_, shard, application = capsys.readouterr().out.splitlines()
    assert shard.startswith("shard-0-of-1: 3 sellers, 12 reports, about 36 calls in ")
    assert application.startswith("application-limits: 3 sellers, 12 reports, about 36 calls in ")


@pytest.mark.usefixtures("unreachable")
@pytest.mark.parametrize("count", ["0", "10001", "x"])
def test_an_invalid_number_of_shards_is_refused(written, capsys, count: str) -> None:
    assert main(["plan", "--config", written("config.json", MANY), "--shards", count]) == 2
    assert "--shards" in capsys.readouterr().err


def test_a_shard_is_not_divided_again(written, capsys) -> None:
    config = written("config.json", {**MANY, "shard": "0/4"})
    assert main(["plan", "--config", config, "--shards", "2"]) == 2
    assert "setting `shard`" in capsys.readouterr().err
