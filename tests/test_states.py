"""Broken, old, foreign and future states as whole files, with what a run and its plan do of each.

A state is gone on from, or refused with exit code 2 and a hint: never is it passed over in silence.
"""

from __future__ import annotations

import gzip
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import cli
from tap_mws_reports.cli import tap_command

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
MWS_ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
CONTEXT = {"seller_id": "A1SANDBOXNA", "marketplace_ids": "ATVPDKIKX0DER"}
SETTINGS = {
    "sandbox": True,
    "start_date": "2020-05-20",
    "end_date": "2020-06-10",
    "marketplace_ids": ["US"],
    "reports": [ORDERS],
}
START, READ = "2020-05-20T00:00:00+00:00", "2020-06-01T00:00:00+00:00"
END = "2020-06-10T00:00:00+00:00"
WHOLE = ("2020-05-20 to 2020-06-10",)
"""Nothing counts as read."""
REST = ("2020-05-31 to 2020-06-10",)
"""Read until the first of June: from there, with the day that is read again."""
ASKED = ("2020-06-01 to 2020-06-10",)
"""A window that the state has as open or failed is requested as it is."""
OPEN = {"report_request_id": "5", "start": READ, "end": END, "submitted": "2020-06-12T09:00:00Z"}
HINT = "tart without a state"


@dataclass(frozen=True)
class State:
    """A state file, and what comes of it."""

    name: str
    content: str | bytes
    windows: tuple[str, ...] = ()
    """The windows that are still requested."""
    message: str = ""
    """A part of the error with which it is refused, or of a warning."""


def partition(**values: Any) -> dict[str, Any]:
    """A partition that is read until the first of June; None leaves a key out."""
    whole = {
        "context": CONTEXT,
        "done": [[START, READ]],
        "replication_key": "_data_end",
        "replication_key_value": READ,
        **values,
    }
    return {name: value for name, value in whole.items() if value is not None}


def state(*partitions: Any, **stream: Any) -> dict[str, Any]:
    return {"bookmarks": {STREAM: {"partitions": list(partitions), **stream}}}


def with_(**values: Any) -> str:
    """A state whose partition has these values."""
    return json.dumps(state(partition(**values)))


def done(*windows: Any) -> str:
    return with_(done=list(windows))


def bookmark(**values: Any) -> str:
    return json.dumps({"bookmarks": {STREAM: values}})


def requests_list(value: Any) -> str:
    """A state whose bookmark of `report_requests` is something else."""
    return json.dumps({"bookmarks": {**json.loads(GOOD)["bookmarks"], "report_requests": value}})


GOOD = with_()
READ_STATE = state(partition())

FILES = [
    State("as the tap wrote it", GOOD, REST),
    State("byte order mark", b"\xef\xbb\xbf" + GOOD.encode(), REST),
    State("line ends of Windows", json.dumps(READ_STATE, indent=1).replace("\n", "\r\n"), REST),
    State("50 MB of blanks", GOOD + " " * 50_000_000, REST),
    State("empty object", "{}", WHOLE),
    State("no bookmarks", '{"bookmarks": {}}', WHOLE),
    State("empty file", "", message="s.json is empty"),
    State("blank file", " \n", message="s.json is empty"),
    State("null", "null", message="no JSON object, but null"),
    State("boolean", "true", message="no JSON object, but a boolean"),
    State("number", "5", message="no JSON object, but a number"),
    State("text", '"state"', message="no JSON object, but a text"),
    State("list", f"[{GOOD}]", message="no JSON object, but a list"),
    State("truncated", GOOD[:-20], message="not JSON: Unterminated string"),
    State("truncated after a comma", GOOD[: GOOD.index(",") + 1], message="not JSON"),
    State("two in one line", GOOD + GOOD, message="not JSON: Extra data"),
    State("trailing comma", GOOD[:-1] + ",}", message="not JSON"),
    State("YAML", "bookmarks:\n  orders: {}\n", message="is YAML, not JSON"),
    State("UTF-16", GOOD.encode("utf-16"), message="is in UTF-16"),
    State("UTF-16 without its mark", GOOD.encode("utf-16-le"), message="is in UTF-16"),
    State("UTF-16, big end first", GOOD.encode("utf-16-be"), message="is in UTF-16"),
    State("Latin-1", GOOD.encode()[:-1] + b', "\xe9": 1}', message="is not UTF-8 text"),
    State("gzip", gzip.compress(GOOD.encode(), mtime=0), message="is not UTF-8 text"),
    State("zero bytes", b"\0" * 4096, message="not JSON"),
    State(
        "control character", with_(note="a").replace('"a"', '"\x01"'), message="control character"
    ),
    State("half a character", with_(note="\ud800"), message="an unpaired surrogate"),
    State("character outside the plane", with_(note="\U0001f4e6"), REST),
    State("not a number", with_(latencies=[float("nan")]), message="holds NaN"),
    State("infinity", with_(latencies=[float("inf")]), message="holds Infinity"),
    State(
        "beyond every float", with_(latencies=[5]).replace("[5]", "[1e400]"), message="holds 1e400"
    ),
    State(
        "5,000 digits",
        with_(latencies=[5]).replace("[5]", "[" + "9" * 5000 + "]"),
        message="digits",
    ),
    State("bookmarks twice", GOOD[:-1] + ', "bookmarks": {}}', message="has `bookmarks` twice"),
    State(
        "key of a partition twice",
        GOOD.replace('"done"', '"done": [], "done"'),
        message="`done` twice",
    ),
    State("deep lists", "[" * 100_000, message="more than 64 levels"),
    State("deep objects", '{"bookmarks":' * 100_000, message="more than 64 levels"),
    State(
        "deep within a bookmark",
        bookmark(partitions=[]).replace("[]", "[" * 900 + "]" * 900),
        message="64 levels",
    ),
]

WRAPPED = [
    State("STATE message", json.dumps({"type": "STATE", "value": READ_STATE}), REST),
    State("`meltano state get`", json.dumps({"singer_state": READ_STATE}), REST),
    State("with the stream in work", json.dumps({**READ_STATE, "currently_syncing": STREAM}), REST),
    State("currently syncing a number", json.dumps({**READ_STATE, "currently_syncing": 5}), REST),
    State(
        "states of a target", f'{{"bookmarks": {{}}}}\n{GOOD}\n', REST, "the last state, in line 2"
    ),
    State("last line cut", f'{GOOD}\n{{"bookma', message="not JSON: Extra data"),
    State(
        "STATE in STATE",
        json.dumps({"type": "STATE", "value": {"type": "STATE", "value": {}}}),
        message="has the key `type`",
    ),
    State("STATE of no object", '{"type": "STATE", "value": "x"}', message="is not a JSON object"),
    State("message in lower case", '{"type": "state", "value": {}}', message="of the type state"),
    State("value without a type", json.dumps({"value": READ_STATE}), message="has the key `value`"),
    State(
        "Meltano's payload",
        json.dumps({"completed": {"singer_state": READ_STATE}}),
        message="has the key `completed`",
    ),
    State(
        "Meltano's state as text",
        json.dumps({"singer_state": GOOD}),
        message="has the key `singer_state`",
    ),
    State(
        "Meltano's state twice",
        json.dumps({"singer_state": {"singer_state": READ_STATE}}),
        message="has the key `singer_state`",
    ),
    State(
        "Meltano's state beside another",
        json.dumps({"singer_state": {}, **READ_STATE}),
        message="has the key `singer_state`",
    ),
]

FOREIGN = [
    State(
        "SP-API tap of another maker",
        '{"bookmarks": {"orders": {"LastUpdateDate": "2020-06-01"}}}',
        message="a bookmark of `orders`, which is not a stream",
    ),
    State(
        "Airbyte's old state",
        json.dumps({ORDERS: {"dataEndTime": "2020-06-01"}}),
        message="is not a state of this tap",
    ),
    State(
        "Airbyte's list of streams",
        '[{"type": "STREAM", "stream": {"stream_state": {}}}]',
        message="but a list",
    ),
    State(
        "Airbyte's message",
        '{"type": "STATE", "state": {"type": "STREAM"}}',
        message="is not a JSON object",
    ),
    State(
        "cursor of Airbyte",
        bookmark(dataEndTime="2020-06-01"),
        message="`dataEndTime` is not a key that this tap writes",
    ),
    State(
        "bookmark of singer-python",
        bookmark(last_record="2020-06-01"),
        message="`last_record` is not a key",
    ),
    State(
        "start of the SDK alone",
        bookmark(starting_replication_value=READ),
        message="not a key that this tap writes",
    ),
    State("flat dates", json.dumps({STREAM: READ}), message=f"has the key `{STREAM}`"),
    State(
        "dates as bookmarks",
        json.dumps({"bookmarks": {STREAM: READ}}),
        message="is not a JSON object",
    ),
    State(
        "date of the SDK",
        bookmark(replication_key="x", replication_key_value=READ),
        REST,
        "is only a date",
    ),
    State("date of a partition of the SDK", json.dumps(state(partition(done=None))), REST),
    State(
        "date before the start",
        bookmark(replication_key_value="2020-01-01"),
        WHOLE,
        "is only a date",
    ),
    State(
        "date that is null",
        bookmark(replication_key_value=None),
        message="None is not of type 'string'",
    ),
    State("date that is empty", bookmark(replication_key_value=""), message="'' is not a 'moment'"),
    State(
        "date as a number",
        bookmark(replication_key_value=20200601),
        message="20200601 is not of type",
    ),
    State(
        "stream in capitals",
        json.dumps({"bookmarks": {STREAM.upper(): {"partitions": [partition()]}}}),
        WHOLE,
        "starts without a bookmark",
    ),
    State(
        "stream named after its type",
        json.dumps({"bookmarks": {ORDERS: {"partitions": [partition()]}}}),
        WHOLE,
        "starts without a bookmark",
    ),
    State(
        "stream named by MWS",
        json.dumps({"bookmarks": {MWS_ORDERS: {"partitions": [partition()]}}}),
        WHOLE,
        "starts without a bookmark",
    ),
    State(
        "stream misspelt",
        json.dumps({"bookmarks": {f"{STREAM}s": {"partitions": [partition()]}}}),
        WHOLE,
        "starts without a bookmark",
    ),
    State(
        "date of a misspelt stream",
        json.dumps({"bookmarks": {f"{STREAM}s": {"replication_key_value": READ}}}),
        message=f"did you mean `{STREAM}`?",
    ),
]

SELLERS = [
    State(
        "other seller",
        with_(context={**CONTEXT, "seller_id": "A9OTHER"}),
        message="The state is of seller A9OTHER",
    ),
    State(
        "other seller beside",
        json.dumps(state(partition(context={**CONTEXT, "seller_id": "A9"}), partition())),
        REST,
        "their state is kept",
    ),
    State(
        "other marketplaces",
        with_(context={**CONTEXT, "marketplace_ids": "A2EUQ1WTGCTBG2"}),
        WHOLE,
        "has no bookmark of seller A1SANDBOXNA for the marketplaces ATVPDKIKX0DER (US)",
    ),
    State(
        "other region",
        with_(context={**CONTEXT, "marketplace_ids": "A1PA6795UKMFR9"}),
        WHOLE,
        "has no bookmark of seller",
    ),
    State(
        "country in place of the id",
        with_(context={**CONTEXT, "marketplace_ids": "US"}),
        WHOLE,
        "has no bookmark of seller",
    ),
    State(
        "group of an option",
        with_(context={**CONTEXT, "group": "2"}),
        WHOLE,
        "has no bookmark of seller",
    ),
    State(
        "marketplaces as a list",
        with_(context={**CONTEXT, "marketplace_ids": ["ATVPDKIKX0DER"]}),
        message="is not of type 'string'",
    ),
    State("no context", with_(context=None), message="'context' is a required property"),
    State(
        "partition twice",
        json.dumps(state(partition(done=[]), partition())),
        message="is there 2 times",
    ),
]

WINDOWS = [
    State("overlapping", done([START, "2020-05-28"], ["2020-05-25", READ]), REST),
    State("touching, the later first", done(["2020-05-27", READ], [START, "2020-05-27"]), REST),
    State(
        "gap",
        done([START, "2020-05-25"], ["2020-05-28", READ]),
        ("2020-05-25 to 2020-05-28", *REST),
    ),
    State("of no length", done([READ, READ]), WHOLE),
    State(
        "other time zones", done(["2020-05-20T02:00:00+02:00", "2020-05-31T17:00:00-07:00"]), REST
    ),
    State("without a zone", done(["2020-05-20T00:00:00", "2020-06-01T00:00:00"]), REST),
    State("basic format", done(["20200520", "20200601T000000Z"]), REST),
    State("from year 1", done(["0001-01-01T00:00:00Z", READ]), REST),
    State("reversed", done([READ, START]), message="ends before it starts"),
    State("until next year", done([START, "2021-06-05"]), message="which is in the future"),
    State(
        "until year 9999", done([START, "9999-12-31T23:59:59Z"]), message="which is in the future"
    ),
    State(
        "after year 9999", done([START, "9999-12-31T23:59:59-12:00"]), message="is not a 'moment'"
    ),
    State("before year 1", done(["0001-01-01T00:00:00+14:00", READ]), message="is not a 'moment'"),
    State("thirtieth of February", done([START, "2020-02-30"]), message="is not a 'moment'"),
    State(
        "zone by its name",
        done([START, "2020-06-01T00:00:00[Europe/Berlin]"]),
        message="is not a 'moment'",
    ),
    State("now", done([START, "now"]), message="is not a 'moment'"),
    State("time of day", done([START, "10:00"]), message="is not a 'moment'"),
    State(
        "seconds of the epoch", done([1589932800, 1590969600]), message="is not of type 'string'"
    ),
    State(
        "window as an object", done({"start": START, "end": READ}), message="is not of type 'array'"
    ),
    State("window with three dates", done([START, READ, READ]), message="is too long"),
]

REQUESTS = [
    State("request that Amazon has not", with_(open_requests=[OPEN]), ASKED),
    State(
        "request that is past Amazon's keeping",
        with_(open_requests=[{**OPEN, "submitted": "2020-01-01"}]),
        ASKED,
    ),
    State("request by its older name", with_(open=[OPEN]), ASKED),
    State("request by both names", with_(open=[OPEN], open_requests=[]), ASKED),
    State(
        "failed window", with_(failed_windows=[{"start": READ, "end": END, "reason": "x"}]), ASKED
    ),
    State(
        "id as a number",
        with_(open_requests=[{**OPEN, "report_request_id": 5}]),
        message="5 is not of type 'string'",
    ),
    State(
        "id that is empty",
        with_(open_requests=[{**OPEN, "report_request_id": ""}]),
        message="'' does not match",
    ),
    State(
        "id that is a path",
        with_(open_requests=[{**OPEN, "report_request_id": "../x?y=1"}]),
        message="does not match",
    ),
    State(
        "id with a line end",
        with_(open_requests=[{**OPEN, "report_request_id": "5\r\nHost: x"}]),
        message="does not match",
    ),
    State(
        "request without an end",
        with_(open_requests=[{k: v for k, v in OPEN.items() if k != "end"}]),
        message="'end' is a dependency of 'start'",
    ),
    State(
        "request without a start",
        with_(open_requests=[{k: v for k, v in OPEN.items() if k != "start"}]),
        message="'start' is a dependency of 'end'",
    ),
    State(
        "request of a reversed window",
        with_(open_requests=[{**OPEN, "start": END, "end": READ}]),
        message="ends before it starts",
    ),
    State(
        "request of a future window",
        with_(open_requests=[{**OPEN, "start": "2030-01-01", "end": "2030-02-01"}]),
        message="in the future",
    ),
    State(
        "request made in the future",
        with_(open_requests=[{**OPEN, "submitted": "2021-01-01"}]),
        message="in the future",
    ),
    State(
        "failed window without an end",
        with_(failed_windows=[{"start": READ, "reason": "x"}]),
        message="'end' is a dependency of 'start'",
    ),
    State(
        "failed window in the future",
        with_(failed_windows=[{"start": READ, "end": "2030-01-01", "reason": "x"}]),
        message="in the future",
    ),
    State(
        "given up until the future",
        with_(
            given_up=[{"start": READ, "end": "2030-01-01", "reason": "x", "since": "2020-06-10"}]
        ),
        message="in the future",
    ),
]

VALUES = [
    State(
        "fields of a later release", json.dumps(state(partition(shiny={"a": 1}), version=9)), REST
    ),
    State(
        "top of a later release",
        json.dumps({**READ_STATE, "version": 2}),
        message="has the key `version`",
    ),
    State(
        "columns that are gone", json.dumps(state(partition(), sent_columns=["gone", "gone"])), REST
    ),
    State("latency below zero", with_(latencies=[-5]), message="-5 is less than the minimum"),
    State("latency of an age", with_(latencies=[10**30]), message="is greater than the maximum"),
    State("rows below zero", with_(row_counts=[-1]), message="-1 is less than the minimum"),
    State(
        "grant beyond the calendar",
        with_(last_granted=10**30),
        message="is greater than the maximum",
    ),
    State(
        "ledger beyond the calendar",
        json.dumps(state(partition(), request_ledgers=[{"application": "0", "granted": [10**30]}])),
        message="is greater than the maximum",
    ),
    State(
        "ledger with a boolean",
        json.dumps(state(partition(), request_ledgers=[{"application": "0", "granted": [True]}])),
        message="True is not of type 'integer'",
    ),
    State(
        "partitions that are null", bookmark(partitions=None), message="None is not of type 'array'"
    ),
    State("partitions as an object", bookmark(partitions={}), message="is not of type 'array'"),
    State(
        "bookmarks that are null", '{"bookmarks": null}', message="`bookmarks` is not a JSON object"
    ),
    State("long value", bookmark(partitions="x" * 10_000), message="is not of type 'array'"),
]

LISTS = [
    State("list by a date", requests_list({"replication_key_value": "2020-06-01"}), REST),
    State("list that is not an object", requests_list([]), message="is not a JSON object"),
    State(
        "list with no date",
        requests_list(
            {
                "partitions": [
                    {"context": {"seller_id": "A1SANDBOXNA"}, "replication_key_value": "soon"}
                ]
            }
        ),
        message="'soon' is not a 'moment'",
    ),
    State(
        "list in the future",
        requests_list(
            {
                "partitions": [
                    {"context": {"seller_id": "A1SANDBOXNA"}, "replication_key_value": "2030-01-01"}
                ]
            }
        ),
        message="in the future",
    ),
    State(
        "list with half an entry",
        requests_list(
            {"partitions": [{"context": {"seller_id": "A1SANDBOXNA"}, "unfinished": [["5"]]}]}
        ),
        message="is too short",
    ),
    State(
        "list without a context",
        requests_list({"partitions": [{}]}),
        message="'context' is a required property",
    ),
    State(
        "list of a text",
        requests_list({"partitions": [{"context": "x"}]}),
        message="is not of type 'object'",
    ),
    State(
        "list whose partitions are a number",
        requests_list({"partitions": 5}),
        message="5 is not of type 'array'",
    ),
    State(
        "list of another tap",
        requests_list({"updated_at": "2020-06-01"}),
        message="`updated_at` is not a key",
    ),
]

STATES = [*FILES, *WRAPPED, *FOREIGN, *SELLERS, *WINDOWS, *REQUESTS, *VALUES, *LISTS]


@pytest.fixture
def files(tmp_path: Path) -> Iterator[list[str]]:
    """The arguments of both commands; what they do to the log is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    (tmp_path / "c.json").write_text(json.dumps(SETTINGS))
    yield ["--config", str(tmp_path / "c.json"), "--state", str(tmp_path / "s.json")]
    root.handlers[:] = handlers
    root.setLevel(level)


def write(place: str, given: State) -> None:
    content = given.content
    Path(place).write_bytes(content.encode() if isinstance(content, str) else content)


def requested(harness: Any) -> tuple[str, ...]:
    entries = [
        entry.spec
        for account in harness.amazon.accounts.values()
        for entry in account.requests.values()
        if entry.requested
    ]
    return tuple(sorted(f"{each.start:%Y-%m-%d} to {each.end:%Y-%m-%d}" for each in entries))


@pytest.mark.api("sp_api", reason="both services have the same state")
@pytest.mark.parametrize("given", STATES, ids=lambda given: given.name)
def test_a_state_is_continued_or_rejected(make_harness, files, capfd, monkeypatch, given) -> None:
    write(files[-1], given)
    harness = make_harness(pace="steady")
    harness.connect()
    monkeypatch.setattr(sys, "argv", ["tap-mws-reports", *files])
    code = tap_command.run()
    out, err = capfd.readouterr()
    assert given.message in err
    assert "Traceback" not in err
    assert requested(harness) == given.windows
    if given.windows:
        assert code == 0
        assert err.count("error[") == 0
    else:
        assert code == 2
        assert out == ""
        assert err.count("error[TAP-10") == err.count("help: ") == 1
        assert len(err) < 1_000


@pytest.mark.api("sp_api", reason="both services have the same state")
@pytest.mark.parametrize("given", STATES, ids=lambda given: given.name)
def test_a_plan_reads_a_state_as_a_run_does(make_harness, files, capfd, given) -> None:
    write(files[-1], given)
    make_harness(pace="steady").connect()
    code = cli.main(["plan", *files, "--json"])
    out, err = capfd.readouterr()
    if given.windows:
        assert code == 0
        (stream,) = json.loads(out)["streams"]
        assert stream["windows"] + stream["adopted"] + stream["retries"] == len(given.windows)
    else:
        assert code == 2
        assert given.message in err
        assert err.count("error[TAP-10") == err.count("help: ") == 1


def test_the_table_is_long_and_names_each_state_once() -> None:
    assert len(STATES) >= 60
    assert len({each.name for each in STATES}) == len(STATES)


@pytest.mark.api("sp_api", reason="both services have the same state")
def test_thousands_of_open_requests_are_adopted(make_harness, files, capfd) -> None:
    many = [
        {**OPEN, "report_request_id": str(n), "end": READ, "start": f"2020-05-31T{n % 24:02}:00Z"}
        for n in range(2_000)
    ]
    Path(files[-1]).write_text(with_(open_requests=many))
    make_harness(pace="steady").connect()
    assert cli.main(["plan", *files, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["adopted"] == 2_000


def test_the_other_service_continues_from_a_state(make_harness, api) -> None:
    reports = {"mws": MWS_ORDERS, "sp_api": ORDERS}
    (other,) = reports.keys() - {api}
    dates = {"start_date": "2020-05-20", "end_date": "2020-06-01"}
    first = make_harness(pace="steady").run(reports[api], **dates)
    harness = make_harness(pace="steady")
    again = {**dates, "end_date": "2020-06-10", "api": other}
    harness.run(reports[other], state=first.state, **again)
    assert requested(harness) == REST
