"""`declare_columns: seen`: a schema as wide as the documents read so far."""

from __future__ import annotations

import json

import pytest

from tests.streams.test_batches import batch_config, read

pytestmark = pytest.mark.api(slow="mws", reason="documents are read the same over both services")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
STREAM = "flat_file_all_orders_data_by_last_update"
SEEN = {"declare_columns": "seen"}
FIRST = b"amazon-order-id\tquantity\n1\t2\n"
SECOND = b"amazon-order-id\titem-price\tgift-note\n2\t1.50\tyes\n"


def schemas(lines: list[bytes]) -> list[dict]:
    messages = [json.loads(line) for line in lines]
    return [each["schema"]["properties"] for each in messages if each["type"] == "SCHEMA"]


def undeclared(lines: list[bytes]) -> set[str]:
    """Return the columns that records have and no schema before them."""
    declared: set[str] = set()
    found: set[str] = set()
    for message in map(json.loads, lines):
        if message["type"] == "SCHEMA":
            declared = set(message["schema"]["properties"])
        if message["type"] == "RECORD":
            found |= message["record"].keys() - declared
    return found


@pytest.mark.parametrize("one_by_one", [False, True])
@pytest.mark.parametrize(
    "deselected", [(), ("buyer_company_name",)], ids=["no catalog", "a catalog"]
)
def test_the_schema_grows_with_the_documents(written, one_by_one, deselected) -> None:
    settings = {"one_by_one": one_by_one, "deselected": deselected}
    lines = written(ORDERS, [FIRST, SECOND, FIRST], **settings, **SEEN)
    known = schemas(written(ORDERS, [FIRST], **settings))[0]
    first, second, third = schemas(lines)

    assert {name for name in first if not name.startswith("_")} == {"amazon_order_id"}
    assert {"_seller_id", "_data_end", "_line", "_unparsed", "_extra"} <= first.keys()
    assert second.keys() - first.keys() == {"quantity"}
    assert third.keys() - second.keys() == {"item_price", "gift_note"}
    assert len(known) > 100
    # Kinds are those of the entry, as they are in a schema of all known columns.
    assert all(known[name] == schema for name, schema in third.items() if name != "gift_note")
    assert undeclared(lines) == set()


def test_deselected_columns_are_not_declared_and_announce_nothing(written) -> None:
    lines = written(ORDERS, [FIRST], deselected=["quantity"], **SEEN)
    (schema,) = schemas(lines)
    assert "quantity" not in schema
    assert not any(b'"RECORD"' in line and b'"quantity"' in line for line in lines)


@pytest.mark.parametrize("policy", ["ignore", "fail"])
def test_known_columns_are_never_new(written, policy) -> None:
    lines = written(ORDERS, [FIRST], new_columns=policy, **SEEN)
    assert "quantity" in schemas(lines)[-1]
    assert b'"quantity":2' in b"".join(lines)


def test_batch_files_have_what_the_schema_has(written, tmp_path) -> None:
    for form in ("jsonl", "parquet"):
        config = batch_config(tmp_path / form, form, "none")
        lines = written(ORDERS, [FIRST, SECOND], batch_config=config, **SEEN)
        kinds = [json.loads(line)["type"] for line in lines]
        assert kinds.index("SCHEMA", 1) < kinds.index("BATCH")
        files = [json.loads(line)["manifest"] for line in lines if b'"BATCH"' in line]
        rows = [row for each in files for file in each for row in read(file)]
        assert {name for row in rows for name in row} == set(schemas(lines)[-1])


def test_later_runs_begin_with_the_columns_seen(harness) -> None:
    first = harness.run(ORDERS, **SEEN)
    harness.clock.sleep(24 * 3600)
    second = harness.run(ORDERS, state=first.state, **SEEN)

    assert second.records(STREAM)
    widest = first.schemas(STREAM)[-1]["schema"]["properties"]
    (only,) = second.schemas(STREAM)
    assert only["schema"]["properties"] == widest
    seen = first.bookmark(STREAM)["seen_columns"]
    assert "purchase_date" in seen
    assert set(seen) < set(widest)


def test_the_catalog_lists_all_known_columns(harness) -> None:
    seen, known = harness.tap(ORDERS, **SEEN), harness.tap(ORDERS)
    assert seen.catalog_dict == known.catalog_dict


def test_the_setting_can_change_between_runs(harness) -> None:
    narrow = harness.run(ORDERS, **SEEN)
    harness.clock.sleep(24 * 3600)
    wide = harness.run(ORDERS, state=narrow.state)
    harness.clock.sleep(24 * 3600)
    again = harness.run(ORDERS, state=wide.state, **SEEN)

    assert len(wide.schemas(STREAM)) == 1
    assert len(wide.schemas(STREAM)[0]["schema"]["properties"]) > 100
    assert again.records(STREAM)
    assert again.schemas(STREAM) == [narrow.schemas(STREAM)[-1]]


def test_a_run_with_all_known_columns_can_continue_with_those_seen(harness) -> None:
    wide = harness.run(ORDERS)
    harness.clock.sleep(24 * 3600)
    narrow = harness.run(ORDERS, state=wide.state, **SEEN)
    assert narrow.records(STREAM)
    lines = [json.dumps(each).encode() for each in narrow.messages if each.get("stream") == STREAM]
    assert undeclared(lines) == set()


def test_a_killed_run_declares_unsaved_columns_again(harness, pytestconfig) -> None:
    step = 1 if pytestconfig.getoption("--every-kill") else 3
    whole = harness.run(ORDERS, **SEEN)
    states = [each["value"] for each in whole.messages if each["type"] == "STATE"]
    for state in states[::step]:
        output = harness.run(ORDERS, state=state, **SEEN)
        messages = [each for each in output.messages if each.get("stream") == STREAM]
        lines = [json.dumps(each).encode() for each in messages]
        assert undeclared(lines) == set()


def test_stream_maps_see_new_columns(harness) -> None:
    maps = {STREAM: {"city": "ship_city.upper()"}}
    output = harness.run(ORDERS, stream_maps=maps, **SEEN)
    assert all(each["city"] == each["ship_city"].upper() for each in output.records(STREAM))
    assert "city" in output.schemas(STREAM)[-1]["schema"]["properties"]
