"""`exclude_columns`: what it names is written nowhere, known or not, by no path."""

from __future__ import annotations

import json
import logging
import re

import pytest

from tap_mws_reports.errors import SettingsError
from tap_mws_reports.streams.column_filter import ColumnFilter
from tests.streams.test_batches import batch_config, path_of, read

pytestmark = pytest.mark.api(slow="mws", reason="columns are excluded the same over both services")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
EXTRACTED = re.compile(rb',"time_extracted":"[^"]+"')
SECRET = "PRIVATE"
# Known and unknown columns, a cell that does not fit its kind, a header with dates.
DOCUMENT = (
    "amazon-order-id\tquantity\tship-city\tbuyer-fax-number\tBuyer Age (5/1/2020 to 5/31/2020)"
    "\tgift-note\titem-price\n"
    f"1\t{SECRET}\t{SECRET}\t{SECRET}\t{SECRET}\tyes\tcheap\n"
    f"2\t2\tLyon\t\t\tno\t1.50\t{SECRET}\n"
).encode()
PATTERNS = ["quantity", "buyer*", "*.ship_*", "_extra"]
STREAM_MAPS = {STREAM: {"leak": "record.get('buyer_fax_number') or record.get('quantity')"}}


@pytest.mark.parametrize(
    ("pattern", "column", "excluded"),
    [
        ("buyer_email", "buyer_email", True),
        ("buyer_email", "buyer_email_2", False),
        ("buyer*", "buyer_fax_number", True),
        ("buyer*", "the_buyer", False),
        ("*name", "recipient_name", True),
        ("ship_address_[12]", "ship_address_3", False),
        ("orders.buyer*", "buyer_email", True),
        ("returns.buyer*", "buyer_email", False),
        ("*.buyer*", "buyer_email", True),
        ("ord?rs.*", "sku", True),
    ],
)
def test_patterns(pattern: str, column: str, excluded: bool) -> None:
    assert ColumnFilter([pattern], "orders").excludes(column) is excluded
    assert not ColumnFilter([], "orders").excludes(column)


@pytest.mark.parametrize("one_by_one", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"new_columns": "ignore"},
        {"declare_columns": "seen"},
        {"stream_maps": STREAM_MAPS},
        {"flattening_enabled": True, "flattening_max_depth": 1},
    ],
)
def test_excluded_columns_are_not_written(written, one_by_one, settings) -> None:
    # Without the setting all of it is written: the test would notice.
    assert SECRET.encode() in b"".join(written(ORDERS, [DOCUMENT]))
    lines = written(ORDERS, [DOCUMENT], one_by_one=one_by_one, exclude_columns=PATTERNS, **settings)

    text = b"".join(lines)
    assert SECRET.encode() not in text
    assert not re.findall(rb'"(?:quantity|buyer\w*|ship_\w+|_extra)"', text)
    records = [each["record"] for each in map(json.loads, lines) if each["type"] == "RECORD"]
    assert [each["amazon_order_id"] for each in records] == ["1", "2"]
    if "stream_maps" in settings:
        assert all(each.get("leak") is None for each in records)
    else:
        assert json.loads(records[0]["_unparsed"]) == {"item_price": "cheap"}


def test_both_paths_write_the_same(written) -> None:
    fast, slow = (
        written(ORDERS, [DOCUMENT], one_by_one=one_by_one, exclude_columns=PATTERNS)
        for one_by_one in (False, True)
    )
    assert [EXTRACTED.sub(b"", each) for each in fast] == [
        EXTRACTED.sub(b"", each) for each in slow
    ]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_batch_files_lack_excluded_columns(written, tmp_path, form) -> None:
    lines = written(
        ORDERS,
        [DOCUMENT],
        exclude_columns=PATTERNS,
        batch_config=batch_config(tmp_path, form, "none"),
    )
    manifests = [m["manifest"] for m in map(json.loads, lines) if m["type"] == "BATCH"]
    rows = [row for files in manifests for file in files for row in read(file)]
    assert len(rows) == 2
    assert not any(SECRET in str(row) for row in rows)
    assert "gift_note" in rows[0]
    assert not {"quantity", "ship_city", "buyer_fax_number", "buyer_age_dates"} & rows[0].keys()
    assert all(SECRET.encode() not in path_of(f).read_bytes() for m in manifests for f in m)


def test_the_dates_of_a_header_can_be_excluded(written) -> None:
    for one_by_one in (False, True):
        lines = written(
            ORDERS, [DOCUMENT], one_by_one=one_by_one, exclude_columns=["buyer_age_dates"]
        )
        assert b'"buyer_age"' in b"".join(lines)
        assert b"buyer_age_dates" not in b"".join(lines)


def test_an_old_catalog_does_not_restore_excluded_columns(harness) -> None:
    catalog = harness.tap(ORDERS).catalog_dict
    output = harness.sync(harness.tap(ORDERS, catalog=catalog, exclude_columns=["ship_*"]))

    (schema,) = output.schemas(STREAM)
    assert not [name for name in schema["schema"]["properties"] if name.startswith("ship_")]
    assert output.records(STREAM)
    assert not any("ship_city" in record for record in output.records(STREAM))


def test_an_old_state_does_not_restore_excluded_columns(harness) -> None:
    state = {"bookmarks": {STREAM: {"columns": ["buyer_fax_number", "gift_note"]}}}
    output = harness.run(ORDERS, state=state, exclude_columns=["buyer_fax*"])
    properties = output.schemas(STREAM)[0]["schema"]["properties"]
    assert "gift_note" in properties
    assert "buyer_fax_number" not in properties


def test_discovery_lacks_excluded_columns(harness) -> None:
    catalog = harness.tap(ORDERS, exclude_columns=["ship_*", "reports.acknowledged*"]).catalog_dict
    entries = {each["tap_stream_id"]: each for each in catalog["streams"]}
    assert "acknowledged" not in entries["reports"]["schema"]["properties"]
    assert "ship_city" not in json.dumps(entries[STREAM])
    assert "ship_city" in json.dumps(harness.tap(ORDERS).catalog_dict)


@pytest.mark.api(reason="each service has its own lists")
def test_lifecycle_streams_exclude_columns_for_one_tap_only(harness) -> None:
    excluded = ["report_requests.completed_date", "re*.processing_status", "schedule"]
    output = harness.run(ORDERS, exclude_columns=excluded)
    properties = output.schemas("report_requests")[0]["schema"]["properties"]
    assert not {"completed_date", "processing_status"} & properties.keys()
    requests = output.records("report_requests")
    assert requests
    assert all(set(each) == set(properties) for each in requests)
    again = harness.run(ORDERS)
    assert "completed_date" in again.records("report_requests")[0]


@pytest.mark.parametrize(
    ("patterns", "columns", "stream"),
    [
        (["amazon*"], "`amazon_order_id`", STREAM),
        (["reports.available_date"], "`available_date`", "reports"),
        (["report_schedules.*_ids"], "`marketplace_ids`", "report_schedules"),
        ([f"{STREAM}._*_id"], "`_seller_id`, `_report_id`", STREAM),
    ],
)
def test_required_columns_cannot_be_excluded(harness, patterns, columns, stream) -> None:
    with pytest.raises(SettingsError) as raised:
        harness.tap(ORDERS, exclude_columns=patterns)
    assert f"{columns} of the stream `{stream}`" in raised.value.what
    assert raised.value.exit_code == 2


def test_a_pattern_for_an_unknown_stream_is_named(harness, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        harness.tap(ORDERS, exclude_columns=["orders.buyer*", "report*.schedule"])
    (warning,) = [each.message for each in caplog.records if "exclude_columns" in each.message]
    assert "orders.buyer*" in warning


def warnings_of(caplog) -> list[str]:
    return [each.message for each in caplog.records if "exclude_columns" in each.message]


def test_new_columns_beside_deselected_ones_are_named_once(written, caplog) -> None:
    wider = DOCUMENT.replace(b"gift-note", b"gift-note-2")
    written(ORDERS, [DOCUMENT, DOCUMENT, wider], deselected=["buyer_company_name"])
    first, second = warnings_of(caplog)
    assert "buyer_fax_number, buyer_age, buyer_age_dates, gift_note." in first
    assert 'for example ["buyer_fax_number"]' in first
    assert "gift_note_2." in second
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {
            "deselected": ["buyer_company_name"],
            "exclude_columns": ["buyer_fax*", "buyer_age*", "gift*"],
        },
        {"deselected": ["ship_city"], "new_columns": "ignore"},
    ],
    ids=["nothing deselected", "all excluded", "ignored"],
)
def test_without_extra_columns_a_selection_gives_no_warning(written, caplog, settings) -> None:
    written(ORDERS, [DOCUMENT], **settings)
    assert warnings_of(caplog) == []


def test_columns_of_earlier_runs_are_named(harness, caplog) -> None:
    catalog = harness.tap(ORDERS).catalog_dict
    for entry in catalog["streams"]:
        for each in entry["metadata"]:
            if each["breadcrumb"][-1:] == ["buyer_company_name"]:
                each["metadata"]["selected"] = False
    state = {"bookmarks": {STREAM: {"columns": ["buyer_fax_number"]}}}
    harness.tap(ORDERS, state=state, catalog=catalog)
    (warning,) = warnings_of(caplog)
    assert "buyer_fax_number" in warning
