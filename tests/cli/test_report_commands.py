"""The commands for single reports, called as a user calls them, against the sandbox's server."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pyarrow import parquet

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.cli import main
from tap_mws_reports.config import sandbox_mode
from tap_mws_reports.sandbox import Amazon
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES, tap_config
from tap_mws_reports.sandbox.server import served

LISTINGS = {
    "mws": "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "sp_api": "GET_MERCHANT_LISTINGS_ALL_DATA",
}
SCHEDULED = {
    "mws": ("_GET_ORDERS_DATA_", "_4_HOURS_"),
    "sp_api": ("GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING", "PT4H"),
}


@pytest.fixture
def clock() -> VirtualClock:
    """The time of the server and of the commands: waiting costs none."""
    return VirtualClock(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def address(clock, monkeypatch) -> Iterator[str]:
    monkeypatch.setattr(sandbox_mode, "SystemClock", lambda: clock)
    with served(Amazon(clock.now(), 1, LATENCY_PROFILES["fast"]), clock) as address:
        yield address


@pytest.fixture
def config(api, address, clock, tmp_path) -> str:
    path = tmp_path / "config.json"
    settings = tap_config(address, clock.now(), "NA", api)
    path.write_text(json.dumps({**settings, "reports": [LISTINGS[api]]}))
    return str(path)


@pytest.fixture
def run(config, capfdbinary):
    """Return what runs a command; it returns the exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, bytes, str]:
        code = main([*arguments, "--config", config])
        written = capfdbinary.readouterr()
        return code, written.out, written.err.decode()

    return call


@pytest.fixture
def made(run, api) -> str:
    """The id of a report request."""
    code, out, _ = run("request", LISTINGS[api], "--json")
    assert code == 0
    (request,) = json.loads(out)
    assert request["report_type"] == LISTINGS[api]
    assert request["processing_status"] == "SUBMITTED"
    return request["report_request_id"]


def test_a_request_is_listed(run, made, api) -> None:
    code, out, _ = run("list", "--json")
    assert code == 0
    (request,) = json.loads(out)
    assert (request["report_request_id"], request["report_type"]) == (made, LISTINGS[api])
    _, by_id, _ = run("list", "--id", made, "--json")
    assert [each["report_request_id"] for each in json.loads(by_id)] == [made]


def test_a_table_shows_what_json_has(run, made, api) -> None:
    _, out, _ = run("list")
    head, rule, row = out.decode().splitlines()
    assert head.split()[:4] == ["ID", "Report", "type", "Status"]
    assert set(rule) == {"─"}
    assert row.split()[:3] == [made, LISTINGS[api], "SUBMITTED"]
    # MWS does not say which marketplaces a request is for.
    assert head.rstrip().endswith("Marketplaces") == (api == "sp_api")
    assert row.rstrip().endswith("ATVPDKIKX0DER (US)") == (api == "sp_api")


def test_a_document_is_downloaded_when_it_is_finished(run, made, tmp_path) -> None:
    code, _, err = run("get", made, "-o", str(tmp_path / "early.tsv"))
    assert code == 1
    assert "SUBMITTED: it has no document yet" in err
    code, _, err = run("get", made, "--wait", "-o", str(tmp_path / "listings.tsv"))
    assert code == 0
    assert f"{(tmp_path / 'listings.tsv').stat().st_size:,} bytes, MD5 " in err
    _, out, _ = run("list", "reports", "--json")
    (report,) = json.loads(out)
    # A report's own id leads to the document, too.
    code, _, err = run("get", report["report_id"], "-o", str(tmp_path / "again.tsv"))
    assert code == 0
    assert (tmp_path / "again.tsv").read_bytes() == (tmp_path / "listings.tsv").read_bytes()


def test_rows_are_the_same_in_every_format(run, made) -> None:
    _, lines, err = run("get", made, "--wait", "--rows")
    rows = [json.loads(line) for line in lines.splitlines()]
    assert "type: _GET_MERCHANT_LISTINGS_ALL_DATA_" in err
    _, text, _ = run("get", made, "--rows", "--format", "csv")
    cells = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    _, packed, _ = run("get", made, "--rows", "--format", "parquet")
    typed = parquet.read_table(io.BytesIO(packed))
    assert len(rows) == len(cells) == typed.num_rows > 0
    assert list(rows[0]) == list(cells[0]) == typed.column_names
    for row, texts, values in zip(rows, cells, typed.to_pylist(), strict=True):
        assert row["seller_sku"] == texts["seller_sku"] == values["seller_sku"]
        assert float(texts["price"]) == float(values["price"]) == row["price"]


def test_only_waiting_requests_are_cancelled(run, made) -> None:
    code, out, _ = run("cancel", made, "--json")
    assert code == 0
    assert [each["processing_status"] for each in json.loads(out)] == ["CANCELLED"]
    code, _, err = run("get", made, "-o", "never")
    assert code == 1
    assert "is CANCELLED: it has no document" in err


def test_a_finished_request_is_not_cancelled(run, made) -> None:
    run("get", made, "--wait")
    code, out, err = run("cancel", made, "--json")
    assert code == 1
    assert [each["processing_status"] for each in json.loads(out)] == ["DONE"]
    assert f"1 of 1 requests were not cancelled: {made}" in err


def test_a_schedule_is_set_listed_and_removed(run, api) -> None:
    name, period = SCHEDULED[api]
    code, _, err = run("schedule", "set", name, period)
    assert code == 0, err
    _, out, _ = run("schedule", "list", "--type", name, "--json")
    (found,) = json.loads(out)
    assert (found["report_type"], found["schedule"]) == (name, "_4_HOURS_")
    if api == "sp_api":
        _, out, _ = run("schedule", "list", "--id", found["schedule_id"], "--json")
        assert json.loads(out) == [found]
    code, _, err = run("schedule", "remove", name)
    assert (code, err) == (0, f"{name} is not scheduled any more.\n")
    _, out, err = run("schedule", "list", "--type", name)
    assert (out, err) == (b"", "Amazon has no schedules.\n")


@pytest.mark.api("mws")
def test_mws_counts_and_acknowledges(run, made) -> None:
    run("get", made, "--wait")
    _, out, _ = run("counts", "--json")
    assert json.loads(out) == [{"report_requests": 1, "reports": 1, "report_schedules": 0}]
    _, out, _ = run("list", "reports", "--not-acknowledged", "--json")
    (report,) = json.loads(out)
    for flags, is_acknowledged in (((), True), (("--undo",), False)):
        _, out, _ = run("acknowledge", report["report_id"], *flags, "--json")
        assert [each["acknowledged"] for each in json.loads(out)] == [is_acknowledged]


@pytest.mark.api("sp_api")
@pytest.mark.parametrize(
    "command", [("counts",), ("acknowledge", "1"), ("list", "reports", "--acknowledged")]
)
def test_operations_that_sp_api_lacks_are_refused(run, command) -> None:
    code, _, err = run(*command)
    assert code == 1
    assert "SP-API" in err
    assert "help:" in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("request", "GET_NO SUCH"), 2, "is not the name of a report type"),
        (("request", "GET_MERCHANT_LISTINGS_ALL_DATA", "--from", "soon"), 2, "is not a date"),
        (
            (
                "request",
                "GET_MERCHANT_LISTINGS_ALL_DATA",
                "--from",
                "2026-11-02",
                "--to",
                "2026-11-01",
            ),
            2,
            "--to is not after --from",
        ),
        (("request", "GET_MERCHANT_LISTINGS_ALL_DATA", "--option", "x"), 2, "has no `=`"),
        (("request", "GET_MERCHANT_LISTINGS_ALL_DATA", "--marketplace", "XX"), 2, "XX"),
        (("request", "GET_MERCHANT_LISTING_ALL_DATA"), 1, "did you mean"),
        (("schedule", "set", "GET_MERCHANT_LISTING_ALL_DATA", "never"), 1, "did you mean"),
        (("list", "--seller", "A9"), 2, "the configuration has no seller A9"),
        (("get", "12345"), 1, "12345"),
        (("get", "12345", "-o", "never"), 1, "12345"),
    ],
)
def test_errors_are_explained(run, arguments, code, message) -> None:
    found, out, err = run(*arguments)
    assert (found, out) == (code, b"")
    assert message in err


@pytest.mark.usefixtures("made")
def test_a_truncated_list_says_so(run, clock) -> None:
    clock.sleep(3600)
    run("request", "GET_MERCHANT_LISTINGS_ALL_DATA")
    _, out, err = run("list", "--limit", "1", "--json")
    assert len(json.loads(out)) == 1
    assert err == "Only the newest 1 are shown; --limit 0 shows all.\n"
    _, out, err = run("list", "--limit", "0", "--json")
    assert (len(json.loads(out)), err) == (2, "")
