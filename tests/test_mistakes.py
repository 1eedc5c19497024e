"""Mistakes that users make, each with the exact message that it gets before any call to Amazon."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.cli import main, tap_command
from tap_mws_reports.config import sandbox_mode
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.tap import TapMwsReports

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
TERMS = "GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT"
GOOD: dict[str, Any] = {
    "seller_id": "A2EXAMPLESELLER",
    "marketplace_ids": ["US"],
    "lwa_client_id": "amzn1.application-oa2-client.canary",
    "lwa_client_secret": "amzn1.oa2-cs.v1.canary",
    "refresh_token": "Atzr|canary",
    "reports": [LISTINGS],
}
PARTITION = {
    "context": {"seller_id": "A2EXAMPLESELLER", "marketplace_ids": "ATVPDKIKX0DER"},
    "done": [["2026-01-01T00:00:00+00:00", "2027-03-01T00:00:00+00:00"]],
}
STREAM = "flat_file_all_orders_data_by_last_update"


@dataclass(frozen=True)
class Mistake:
    """One mistake, and what is said of it."""

    name: str
    message: str
    """A line of the error, without its beginning; or a line of the plan."""
    change: dict[str, Any] = field(default_factory=dict)
    """Settings that differ from `GOOD`; None leaves one out."""
    config: str | bytes | None = None
    """The content of the configuration file, in place of the settings."""
    state: str | None = None
    catalog: str | None = None
    code: int = 2


SETTINGS = [
    Mistake(
        "wrong region",
        (
            "marketplace_ids: the marketplaces lie in several regions (EU: "
            "A1PA6795UKMFR9 (DE); NA: ATVPDKIKX0DER (US)); give each region an entry in "
            "`sellers`: it has its own account"
        ),
        change={"marketplace_ids": ["US", "DE"]},
    ),
    Mistake(
        "bad marketplace",
        (
            "marketplace_ids: Amazon has no marketplace 'USA'; use a marketplace id or one "
            "of AE, AU, BE, BR, CA, CN, DE, EG, ES, FR, GB, IE, IN, IT, JP, MX, NL, PL, SA, "
            "SE, SG, TR, US, ZA"
        ),
        change={"marketplace_ids": ["USA"]},
    ),
    Mistake(
        "future start date",
        (
            "start_date: 2026-04-01 is in the future; give a date before 2026-03-10, or "
            "leave it out for the last 30 days"
        ),
        change={"start_date": "2026-04-01"},
    ),
    Mistake(
        "end before start",
        (
            "end_date: it is not after start_date, which is 2026-02-01; give a later date, "
            "or leave it out for now"
        ),
        change={"start_date": "2026-02-01", "end_date": "2026-01-01"},
    ),
    Mistake(
        "no date",
        (
            "start_date: 'last month' is not a date; give an ISO 8601 date, such as "
            "`2026-01-31` or `2026-01-31T00:00:00Z`"
        ),
        change={"start_date": "last month"},
    ),
    Mistake(
        "start older than the limit",
        (
            "GET_SALES_AND_TRAFFIC_REPORT      25 to request; 2024-03-11 to 2026-03-09; the "
            "start is moved from 2020-01-01: Amazon gives no more than the last 730 days"
        ),
        change={
            "start_date": "2020-01-01",
            "reports": ["GET_V2_SELLER_PERFORMANCE_REPORT", "GET_SALES_AND_TRAFFIC_REPORT"],
        },
        code=0,
    ),
    Mistake(
        "window too long",
        (
            "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL  2 to request; 2026-02-01 "
            "to 2026-03-10 11:58; window_days is shortened from 90 to 30, the longest window"
        ),
        change={"start_date": "2026-02-01", "reports": [{"type": ORDERS, "window_days": 90}]},
        code=0,
    ),
    Mistake(
        "window too short",
        (
            "reports[0].window_days: a window of 3 days holds no whole WEEK "
            "(`reportPeriod`), and Amazon refuses parts; give at least 7, or leave it out"
        ),
        change={
            "reports": [{"type": TERMS, "options": {"reportPeriod": "WEEK"}, "window_days": 3}]
        },
    ),
    Mistake(
        "no window",
        (
            "reports[0].window_days: the value does not have the right format: 0 is less "
            'than 1; write it as in `{"window_days": 7}`'
        ),
        change={"reports": [{"type": ORDERS, "window_days": 0}]},
    ),
    Mistake(
        "wrong option value",
        (
            "reports[0].options.reportPeriod: 'YEAR' is none of its values; use one of DAY, "
            "WEEK, MONTH, QUARTER"
        ),
        change={"reports": [{"type": TERMS, "options": {"reportPeriod": "YEAR"}}]},
    ),
    Mistake(
        "missing option",
        (
            "reports[0].options.reportPeriod: Amazon refuses the report without this option; "
            'set it, such as `"options": {"reportPeriod": "DAY"}`; the values are DAY, WEEK, '
            "MONTH, QUARTER"
        ),
        change={"reports": [TERMS]},
    ),
    Mistake(
        "misspelt option",
        (
            "GET_SALES_AND_TRAFFIC_REPORT: there is no option `asinGranularty`; did you mean "
            "`asinGranularity`?"
        ),
        change={
            "reports": [
                {"type": "GET_SALES_AND_TRAFFIC_REPORT", "options": {"asinGranularty": "SKU"}}
            ]
        },
        code=0,
    ),
    Mistake(
        "option that is not text",
        (
            "reports[0].options.reportPeriod: the value does not have the right format: 7 is "
            'not a text; write it as in `{"options": {"reportPeriod": "WEEK"}}`'
        ),
        change={"reports": [{"type": TERMS, "options": {"reportPeriod": 7}}]},
    ),
    Mistake(
        "misspelt type",
        (
            "GET_MERCHANT_LISTING_ALL_DATA: there is no entry for this report type, so its "
            "columns are text; did you mean `GET_MERCHANT_LISTINGS_ALL_DATA`?"
        ),
        change={"reports": ["GET_MERCHANT_LISTING_ALL_DATA"]},
        code=0,
    ),
    Mistake(
        "no type",
        (
            "reports[0]: `orders please` is not the name of a report type; write it as "
            "Amazon does, for example `GET_MERCHANT_LISTINGS_ALL_DATA`"
        ),
        change={"reports": ["orders please"]},
    ),
    Mistake(
        "type of the other service",
        (
            "reports[0]: SP-API does not have `_GET_CONVERGED_FLAT_FILE_ORDER_REPORT_DATA_`; "
            "Amazon withdrew it on 2024-03-31; no successor is known; `mws-reports types "
            "_GET_CONVERGED_FLAT_FILE_ORDER_REPORT_DATA_` shows what is known of it"
        ),
        change={"reports": ["_GET_CONVERGED_FLAT_FILE_ORDER_REPORT_DATA_"]},
    ),
    Mistake(
        "withdrawn type",
        (
            "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE: Amazon will withdraw it on 2026-11-11; "
            "use GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2."
        ),
        change={"reports": ["GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE"]},
        code=0,
    ),
    Mistake(
        "type twice",
        (
            "reports[1]: '_GET_MERCHANT_LISTINGS_ALL_DATA_' is listed twice; remove one of "
            "the two entries"
        ),
        change={"reports": [LISTINGS, "_GET_MERCHANT_LISTINGS_ALL_DATA_"]},
    ),
    Mistake(
        "entry without a type",
        (
            "reports[0]: the value does not have the right format: `type` is missing; write "
            'it as in `{"reports": [{"type": "GET_MERCHANT_LISTINGS_ALL_DATA"}]}`'
        ),
        change={"reports": [{"window_days": 3}]},
    ),
    Mistake(
        "misspelt key of an entry",
        (
            "reports[0]: the value does not have the right format: there is no `window_day`; "
            'did you mean `window_days`?; write it as in `{"reports": [{"type": '
            '"GET_MERCHANT_LISTINGS_ALL_DATA"}]}`'
        ),
        change={"reports": [{"type": ORDERS, "window_day": 3}]},
    ),
    Mistake(
        "reports as text",
        (
            "reports: the value does not have the right format: "
            '"GET_MERCHANT_LISTINGS_ALL_DATA" is not a list; write it as in `{"reports": '
            '["GET_MERCHANT_LISTINGS_ALL_DATA"]}`'
        ),
        change={"reports": LISTINGS},
    ),
    Mistake(
        "misspelt setting",
        "start_dat: there is no such setting; did you mean `start_date`?",
        change={"start_dat": "2026-01-01"},
    ),
    Mistake(
        "value of no choice",
        (
            'new_columns: the value does not have the right format: "adds" is none of `add`, '
            '`ignore`, `fail`; write it as in `{"new_columns": "add"}`'
        ),
        change={"new_columns": "adds"},
    ),
    Mistake(
        "number as text",
        (
            'max_wait: the value does not have the right format: "60" is not a whole number; '
            'write it as in `{"max_wait": 60}`'
        ),
        change={"max_wait": "60"},
    ),
    Mistake(
        "text as boolean",
        (
            'keep_snapshots: the value does not have the right format: "yes" is not true or '
            'false; write it as in `{"keep_snapshots": true}`'
        ),
        change={"keep_snapshots": "yes"},
    ),
    Mistake(
        "blank around the seller id",
        "seller_id: it has blanks or line ends around it; remove them",
        change={"seller_id": " A2EXAMPLESELLER"},
    ),
    Mistake(
        "line end after the secret",
        "lwa_client_secret: it has blanks or line ends around it; remove them",
        change={"lwa_client_secret": "canary\n"},
    ),
    Mistake(
        "swapped credentials",
        "lwa_client_id: it holds a refresh token (`Atzr|...`); move it to `refresh_token`",
        change={
            "lwa_client_id": "Atzr|canary",
            "refresh_token": "amzn1.application-oa2-client.canary",
        },
    ),
    Mistake(
        "access token",
        (
            "refresh_token: it holds an access token, which is valid for an hour "
            "(`Atza|...`); give the refresh token, which begins with `Atzr|`"
        ),
        change={"refresh_token": "Atza|canary"},
    ),
    Mistake(
        "application id",
        (
            "lwa_client_id: it holds the id of an application (`amzn1.sp.solution....`); "
            "give its LWA client id, which begins with `amzn1.application-oa2-client.`: "
            "Developer Console, LWA credentials, View"
        ),
        change={"lwa_client_id": "amzn1.sp.solution.canary"},
    ),
    Mistake(
        "no credentials",
        (
            "lwa_client_id: it is missing; set it, or set `sandbox: true` to try the tap "
            "without an account"
        ),
        change={"lwa_client_id": None, "lwa_client_secret": None, "refresh_token": None},
    ),
    Mistake(
        "credentials of the other service",
        "aws_access_key_id: it is missing; set `api: sp_api`, whose credentials are set",
        change={"api": "mws"},
    ),
    Mistake(
        "no seller",
        (
            "seller_id: it is missing; set it, or set `sandbox: true` to try the tap without "
            "an account"
        ),
        change={"seller_id": None},
    ),
    Mistake(
        "address without scheme",
        (
            "endpoint_url: it is not an address; give scheme and host alone, such as "
            "`http://127.0.0.1:8080`"
        ),
        change={"endpoint_url": "localhost:8080"},
    ),
    Mistake(
        "acknowledgements of SP-API",
        (
            "acknowledge: SP-API keeps no acknowledgements; leave it out: the state "
            "remembers which reports were read"
        ),
        change={"acknowledge": True},
    ),
    Mistake(
        "pattern of no column",
        (
            "exclude_columns[0]: 'Buyer Email' matches no column: names are in lower case, "
            "with underscores; did you mean `buyer_email`?"
        ),
        change={"exclude_columns": ["Buyer Email"]},
    ),
    Mistake(
        "example not filled in",
        (
            "lwa_client_secret: it still holds the text of the example, `your client secret`; "
            "put your own value there"
        ),
        change={"lwa_client_secret": "your client secret"},
    ),
    Mistake(
        "token of the example",
        (
            "refresh_token: it still holds the text of the example, `Atzr|your-token`; put your "
            "own value there"
        ),
        change={"refresh_token": "Atzr|your-token"},
    ),
    Mistake(
        "token with its scheme",
        (
            "refresh_token: it has a blank in it, which no id, secret or token has; copy it "
            "again, and nothing else"
        ),
        change={"refresh_token": "Bearer Atzr|canary"},
    ),
    Mistake(
        "marketplace as seller",
        (
            "seller_id: it holds the id of a marketplace, ATVPDKIKX0DER (US); give the seller's "
            "id: Seller Central, Account Info, Your Merchant Token"
        ),
        change={"seller_id": "ATVPDKIKX0DER"},
    ),
    Mistake(
        "e-mail address as seller",
        (
            "seller_id: it holds an e-mail address; give the seller's id: Seller Central, "
            "Account Info, Your Merchant Token"
        ),
        change={"seller_id": "me@example.com"},
    ),
    Mistake(
        "host of another region",
        (
            "endpoint_url: it is Amazon's host of EU, and `marketplace_ids` are of NA; leave it "
            "out: each region's host is known"
        ),
        change={"endpoint_url": "https://sellingpartnerapi-eu.amazon.com"},
    ),
    Mistake(
        "misspelt stream",
        "only[0]: 'report_request' is not in `reports`; did you mean `report_requests`?",
        change={"only": ["report_request"]},
    ),
    Mistake(
        "setting of another tap",
        "replication_start_date: there is no such setting; it has no effect.",
        change={"replication_start_date": "2026-01-01"},
        code=0,
    ),
    Mistake(
        "stream in place of its type",
        (
            "reports[0]: `merchant_listings_all_data` is not the name of a report type; did you "
            "mean `GET_MERCHANT_LISTINGS_ALL_DATA`?"
        ),
        change={"reports": ["merchant_listings_all_data"]},
    ),
    Mistake(
        "single quotation marks",
        "help: put names and texts into double quotation marks",
        config="{'seller_id': 'A2EXAMPLESELLER'}",
    ),
    Mistake(
        "typographic quotation marks",
        'help: replace the typographic quotation marks by `"`',
        config="{“seller_id”: “A2EXAMPLESELLER”}",
    ),
    Mistake(
        "comment",
        "help: remove the comment: JSON has none",
        config='{"seller_id": "A2EXAMPLESELLER" // ours\n}',
    ),
    Mistake(
        "words of Python",
        "help: write `null`, `true` and `false`",
        config='{"start_date": None}',
    ),
    Mistake(
        "TOML",
        'help: write it as JSON, such as `{"seller_id": "A2EXAMPLESELLER"}`',
        config='[tap]\nseller_id = "A2EXAMPLESELLER"\n',
    ),
    Mistake(
        "file of the environment",
        'help: write it as JSON, such as `{"seller_id": "A2EXAMPLESELLER"}`',
        config="TAP_MWS_REPORTS_SELLER_ID=A2EXAMPLESELLER\n",
    ),
    Mistake(
        "end cut off",
        "help: its end is missing: a brace, a bracket or a quotation mark",
        config='{"seller_id": "A2EXAMPLESELLER"',
    ),
    Mistake(
        "two objects",
        "help: put all into one object: one pair of braces",
        config='{"sandbox": true}\n{"reports": []}',
    ),
    Mistake("empty configuration", "error[TAP-101]: config.json is empty", config=""),
    Mistake(
        "YAML",
        "error[TAP-101]: config.json is YAML, not JSON",
        config="seller_id: A2EXAMPLESELLER\nreports:\n  - X\n",
    ),
    Mistake(
        "UTF-16",
        "error[TAP-101]: config.json is in UTF-16",
        config='{"sandbox": true}'.encode("utf-16"),
    ),
    Mistake(
        "trailing comma",
        (
            "error[TAP-101]: config.json is not JSON: Illegal trailing comma before end of object: "
            "line 1 column 32 (char 31)"
            if sys.version_info >= (3, 13)
            else "error[TAP-101]: config.json is not JSON: Expecting property name enclosed in "
            "double quotes: line 1 column 33 (char 32)"
        ),
        config='{"seller_id": "A2EXAMPLESELLER",}',
    ),
    Mistake(
        "configuration as state",
        (
            "error[TAP-102]: state.json is a configuration, not a state: it has the setting "
            "`seller_id`"
        ),
        state='{"seller_id": "A2EXAMPLESELLER"}',
    ),
    Mistake(
        "records as state",
        "error[TAP-102]: state.json is not a state, but a Singer message of the type RECORD",
        state='{"type": "RECORD", "stream": "reports", "record": {}}\n',
    ),
    Mistake(
        "state of another tap",
        "error[TAP-102]: The state has a bookmark of `charges`, which is not a stream of this tap.",
        state='{"bookmarks": {"charges": {"replication_key_value": "2026-01-01"}}}',
    ),
    Mistake(
        "state of another seller",
        (
            "error[TAP-102]: The state is of seller A9OTHER, the settings are of seller "
            "A2EXAMPLESELLER."
        ),
        state='{"bookmarks": {"reports": {"partitions": [{"context": {"seller_id": "A9OTHER"}}]}}}',
    ),
    Mistake("empty state", "error[TAP-101]: state.json is empty", state=""),
    Mistake(
        "state of the future",
        (
            "error[TAP-102]: The state of flat_file_all_orders_data_by_last_update holds "
            "2027-03-01T00:00:00+00:00, which is in the future."
        ),
        change={"reports": [ORDERS]},
        state=json.dumps({"bookmarks": {STREAM: {"partitions": [PARTITION]}}}),
    ),
    Mistake(
        "one seller in two regions",
        (
            "sellers: 'A2EXAMPLESELLER' is listed more than once; each region's account has an id "
            "of its own: give it in that region's entry"
        ),
        change={
            "sellers": [
                {"seller_id": "A2EXAMPLESELLER", "marketplace_ids": ["US"]},
                {"seller_id": "A2EXAMPLESELLER", "marketplace_ids": ["DE"]},
            ],
            **dict.fromkeys(("seller_id", "marketplace_ids")),
        },
    ),
    Mistake(
        "seller and marketplace swapped",
        (
            "seller_id: it holds the id of a marketplace, ATVPDKIKX0DER (US); give the seller's "
            "id: Seller Central, Account Info, Your Merchant Token"
        ),
        change={"seller_id": "ATVPDKIKX0DER", "marketplace_ids": ["A2EXAMPLESELLER"]},
    ),
    Mistake(
        "types in one text",
        (
            f"reports[0]: `{LISTINGS},{ORDERS}` is not the name of a report type; give each report "
            "type an entry of its own in the list"
        ),
        change={"reports": [f"{LISTINGS},{ORDERS}"]},
    ),
    Mistake(
        "marketplaces in one text",
        (
            "marketplace_ids: Amazon has no marketplace 'US,CA'; give each marketplace an entry of "
            "its own in the list"
        ),
        change={"marketplace_ids": ["US,CA"]},
    ),
    Mistake(
        "day before month",
        (
            "start_date: '31/01/2026' is not a date; give an ISO 8601 date, such as `2026-01-31` "
            "or `2026-01-31T00:00:00Z`"
        ),
        change={"start_date": "31/01/2026"},
    ),
    Mistake(
        "boolean as text",
        (
            'sandbox: the value does not have the right format: "true" is not true or false; write '
            'it as in `{"sandbox": true}`'
        ),
        change={"sandbox": "true"},
    ),
    Mistake(
        "text of no boolean",
        (
            'sandbox: the value does not have the right format: "maybe" is not true or false; '
            'write it as in `{"sandbox": false}`'
        ),
        change={"sandbox": "maybe"},
    ),
    Mistake(
        "path in the address",
        (
            "endpoint_url: it has more than scheme and host; give scheme and host alone, such as "
            "`http://127.0.0.1:8080`"
        ),
        change={"endpoint_url": "https://sellingpartnerapi-na.amazon.com/reports/2021-06-30"},
    ),
    Mistake(
        "ARN of a queue",
        (
            "notification_queue_url: it is not the address of a queue; give the URL of an SQS "
            "queue, `https://sqs.<region>.amazonaws.com/<account>/<name>`"
        ),
        change={"notification_queue_url": "arn:aws:sqs:us-east-1:123456789012:reports"},
    ),
    Mistake(
        "directory of types that is missing",
        (
            "report_types_directory: /nowhere/types is not a directory; give the path of a "
            "directory with TOML files, from where the tap is started"
        ),
        change={"report_types_directory": "/nowhere/types"},
    ),
    Mistake(
        "misspelt column",
        f"{ORDERS}: no column `itemprice` is known; did you mean `item_price`?",
        change={"reports": [{"type": ORDERS, "columns": {"itemprice": "text"}}]},
        code=0,
    ),
    Mistake(
        "shard counted from one",
        (
            "shard: 4 shards are numbered from 0 to 3; give index and number, such as `0/16` to "
            "`15/16`"
        ),
        change={"shard": "4/4"},
    ),
    Mistake(
        "setting of the SDK",
        (
            "settings of the SDK: 'csv' is not one of ['jsonl', 'parquet'] in "
            "config['batch_config']['encoding']['format']; see the Singer SDK's documentation"
        ),
        change={
            "batch_config": {"encoding": {"format": "csv"}, "storage": {"root": "file:///tmp"}}
        },
    ),
    Mistake(
        "expression of a stream map",
        (
            "error[TAP-101]: Failed to parse expression price * (: '(' was never closed "
            "(<unknown>, line 1)"
        ),
        change={"stream_maps": {"merchant_listings_all_data": {"total": "price * ("}}},
    ),
    Mistake(
        "comma after the last setting",
        "help: remove the comma after the last entry: JSON has none there",
        config='{"seller_id": "A2EXAMPLESELLER",\n}',
    ),
    Mistake(
        "comma after the last type",
        "help: remove the comma after the last entry: JSON has none there",
        config='{"reports": ["GET_MERCHANT_LISTINGS_ALL_DATA", ]}',
    ),
    Mistake(
        "list of configurations",
        "error[TAP-101]: config.json holds no JSON object, but a list",
        config='[{"sandbox": true}]',
    ),
    Mistake(
        "configuration as catalog",
        (
            "error[TAP-101]: catalog.json is a configuration, not a catalog: it has the setting "
            "`seller_id`"
        ),
        catalog='{"seller_id": "A2EXAMPLESELLER"}',
    ),
    Mistake(
        "state as catalog",
        "error[TAP-101]: catalog.json is not a catalog: it has no list `streams`",
        catalog='{"bookmarks": {}}',
    ),
]


def write(folder: Path, mistake: Mistake) -> list[str]:
    """Write the files of a mistake; return the arguments of `plan`."""
    settings = {name: value for name, value in (GOOD | mistake.change).items() if value is not None}
    content = json.dumps(settings) if mistake.config is None else mistake.config
    config = folder / "config.json"
    config.write_bytes(content.encode() if isinstance(content, str) else content)
    arguments = ["plan", "--config", str(config)]
    if mistake.state is not None:
        (folder / "state.json").write_text(mistake.state)
        arguments += ["--state", str(folder / "state.json")]
    if mistake.catalog is not None:
        (folder / "catalog.json").write_text(mistake.catalog)
        arguments += ["--catalog", str(folder / "catalog.json")]
    return arguments


@pytest.fixture
def at_noon(monkeypatch) -> None:
    monkeypatch.setattr(sandbox_mode, "SystemClock", lambda: VirtualClock(NOW))
    monkeypatch.setattr("requests.Session.send", None)  # Amazon cannot be reached


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("mistake", SETTINGS, ids=lambda mistake: mistake.name)
def test_a_mistake_gets_its_message(mistake: Mistake, tmp_path, capsys, caplog) -> None:
    assert main(write(tmp_path, mistake)) == mistake.code
    captured = capsys.readouterr()
    message = captured.err if mistake.code else captured.out
    message = message.replace(f"{tmp_path}/", "")
    lines = [line.strip().removeprefix("- ") for line in message.splitlines()]
    assert mistake.message in lines
    assert "canary" not in message
    assert "Traceback" not in message
    assert "Config validation failed" not in caplog.text  # the Singer SDK's
    assert captured.err.count("error[") == (1 if mistake.code else 0)


def test_the_table_is_long_and_without_duplicates() -> None:
    assert len(SETTINGS) >= 80
    assert len({each.name for each in SETTINGS}) == len(SETTINGS)


@pytest.mark.usefixtures("at_noon")
def test_the_settings_without_a_mistake_are_valid(tmp_path, capsys) -> None:
    assert main(write(tmp_path, Mistake("none", ""))) == 0
    assert "1 to take" in capsys.readouterr().out


VARIABLES: list[tuple[list[str], dict[str, str], str]] = [
    (
        [],
        {},
        "error[TAP-101]: no settings are given\n  where: --config\n   help: give "
        "`--config config.json`, which `mws-reports init` writes, or `--config=ENV`\n",
    ),
    (
        ["--config=ENV"],
        {"TAP_MWS_REPORTS_SELLERID": "A2EXAMPLESELLER", "TAP_MWS_REPORTS_LOGLEVEL": "INFO"},
        "error[TAP-101]: 1 setting is missing or wrong:\n  - TAP_MWS_REPORTS_SELLERID: no setting "
        "has this environment variable; did you mean `TAP_MWS_REPORTS_SELLER_ID`?\n",
    ),
]


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize(("arguments", "variables", "said"), VARIABLES, ids=["none", "misspelt"])
@pytest.mark.parametrize("test", [True, False], ids=["test", "run"])
def test_a_mistake_in_the_environment_is_named(
    test, arguments, variables, said, monkeypatch, capsys
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["tap-mws-reports", *arguments, *(["--test"] * test)])
    assert tap_command.run() == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(said)
    assert captured.out == ""


@pytest.mark.parametrize(("catalog", "warns"), [({"streams": []}, True), (None, False)])
def test_a_catalog_that_selects_nothing_gets_a_warning(catalog, warns, caplog) -> None:
    TapMwsReports(
        config={"sandbox": True, "reports": [LISTINGS]}, catalog=catalog
    ).sync_to_the_end()
    warning = "The catalog selects no stream of these settings: nothing is read"
    assert (warning in caplog.text) == warns


def test_a_stream_map_that_fails_on_a_row_is_a_setting(capsys) -> None:
    stream_maps = {"merchant_listings_all_data": {"total": "no_such_function(price)"}}
    config = {"sandbox": True, "reports": [LISTINGS], "stream_maps": stream_maps}
    with pytest.raises(SettingsError) as failed:
        TapMwsReports(config=config).sync_to_the_end()
    assert failed.value.where == "setting `stream_maps`"
    assert "no_such_function" in failed.value.what
    assert '"type":"STATE"' in capsys.readouterr().out


FILES = [
    (["init", "--force", "-o", "{file}"], "{file} cannot be written: Not a directory"),
    (["read", "{document}", "-o", "{file}"], "{file} cannot be written: Not a directory"),
    (
        ["state", "split", "{state}", "--shards", "2", "--output", "{file}"],
        "the directory {file} cannot be created: Not a directory",
    ),
    (
        ["types", "add", "{document}", "--output", "{file}"],
        "the directory {file} cannot be created: Not a directory",
    ),
]
INIT = {
    "--seller-id": GOOD["seller_id"],
    "--marketplaces": "US",
    "--lwa-client-id": GOOD["lwa_client_id"],
    "--lwa-client-secret": GOOD["lwa_client_secret"],
    "--refresh-token": GOOD["refresh_token"],
}


@pytest.mark.parametrize(("command", "message"), FILES, ids=["init", "read", "state", "types"])
def test_an_unwritable_path_is_named(command, message, tmp_path, capsys) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "document.txt").write_text("sku\tcolour\n1\tred\n")
    (tmp_path / "state.json").write_text('{"bookmarks": {}}')
    places = {
        "file": tmp_path / "file" / "new",
        "document": tmp_path / "document.txt",
        "state": tmp_path / "state.json",
    }
    arguments = [each.format(**places) for each in command]
    if command[0] == "init":
        arguments += [each for pair in INIT.items() for each in pair]
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert f"error[TAP-101]: {message.format(**places)}\n  where: --output\n   help: name " in error
    assert "Traceback" not in error
