"""A column keeps its kind, whatever settings, state, catalog and entry say of it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import Decimals, Kind, json_schema
from tap_mws_reports.streams.declared_kinds import changed_schemas, chosen_kinds, other_kinds

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
HEADER = "amazon-order-id\tpurchase-date\tquantity\titem-price\tshelf"
ROW = "1\t2020-01-05T10:00:00-07:00\t007\t12345678901234567.123456789\t0012"

TEXT, INTEGER, NUMBER, MOMENT = map(
    json_schema, (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.TIMESTAMP)
)
EXACT = json_schema(Kind.DECIMAL, "exact")
LOSSY = {key: EXACT[key] for key in ("type", "format")}
"""What is left of it where the SDK read it from a catalog."""


@pytest.mark.parametrize(
    ("declared", "chosen", "learnt", "decimals", "changed"),
    [
        (INTEGER, None, (), "number", None),
        ({**TEXT, "maxLength": 5}, None, (), "number", None),
        ({"type": "integer", "description": "how many"}, None, (), "number", None),
        ({"anyOf": [TEXT, INTEGER]}, None, (), "exact", None),
        ({"type": ["string", "integer"]}, None, (), "exact", None),
        # The settings win over all others, and the state over the catalog.
        (TEXT, Kind.INTEGER, (), "number", INTEGER),
        (TEXT, Kind.INTEGER, ("x",), "number", INTEGER),
        (INTEGER, Kind.TEXT, (), "number", TEXT),
        (INTEGER, None, ("x",), "number", TEXT),
        (MOMENT, None, ("x",), "number", TEXT),
        (TEXT, None, ("x",), "number", None),
        ({"anyOf": [TEXT, INTEGER]}, None, ("x",), "number", TEXT),
        # Decimals are declared as the settings say, also where a catalog is older.
        (NUMBER, None, (), "exact", EXACT),
        (LOSSY, None, (), "exact", EXACT),
        (EXACT, None, (), "exact", None),
        (EXACT, None, (), "number", NUMBER),
        (LOSSY, None, (), "number", NUMBER),
        ({"type": "number", "format": "singer.decimal"}, None, (), "number", None),
        ({**NUMBER, "description": "money"}, None, (), "exact", {**EXACT, "description": "money"}),
        (TEXT, Kind.DECIMAL, (), "exact", EXACT),
    ],
)
def test_the_schema_of_a_column(
    declared: dict[str, Any],
    chosen: Kind | None,
    learnt: tuple[str, ...],
    decimals: Decimals,
    changed: dict[str, Any] | None,
) -> None:
    kinds = {"x": chosen} if chosen else {}

    found = changed_schemas({"x": declared}, kinds, learnt, decimals)

    assert found == ({"x": changed} if changed else {})


def test_chosen_columns_are_declared_where_a_catalog_lacks_them() -> None:
    assert changed_schemas({}, {"x": Kind.INTEGER}, ("gone",), "number") == {"x": INTEGER}


def test_columns_that_change_their_kind_are_named() -> None:
    declared = {"b": INTEGER, "a": MOMENT, "price": NUMBER, "same": TEXT}
    changed = {"b": TEXT, "a": TEXT, "price": EXACT, "new": TEXT}

    assert other_kinds(declared, changed) == ["a", "b"]


def test_kept_files_are_not_learned_columns() -> None:
    assert changed_schemas({"file_size": INTEGER}, {}, ("file_size",), "number") == {}


def test_columns_are_chosen_by_name_or_header() -> None:
    known = report_types.load(ORDERS).with_kinds(
        {"item-price": Kind.TEXT, "quantity": Kind.DECIMAL, "Shelf Life": Kind.INTEGER}
    )

    assert chosen_kinds(known, ["item-price", "quantity", "Shelf Life"]) == {
        "item_price": Kind.TEXT,
        "quantity": Kind.DECIMAL,
        "shelf_life": Kind.INTEGER,
    }


@pytest.fixture
def loaded(written):
    """Return the SCHEMA and the RECORD of a document, which both paths write alike."""

    def load(**given: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        body = f"{HEADER}\n{ROW}\n".encode()
        found = []
        for one_by_one in (False, True):
            lines = written(ORDERS, [body], one_by_one=one_by_one, **copy.deepcopy(given))
            messages = [json.loads(line, parse_float=str, parse_int=int) for line in lines]
            schema = [each for each in messages if each["type"] == "SCHEMA"][-1]["schema"]
            (record,) = (each["record"] for each in messages if each["type"] == "RECORD")
            state = [each["value"] for each in messages if each["type"] == "STATE"][-1]
            found.append((schema["properties"], record, state["bookmarks"][STREAM]))
        assert found[0] == found[1]
        return found[0]

    return load


def catalog_with(make: Any, **schemas: dict[str, Any]) -> dict[str, Any]:
    """Return a catalog of an earlier discovery in which columns have other schemas."""
    properties = {"amazon_order_id": TEXT, "_line": INTEGER, "_seller_id": TEXT, **make, **schemas}
    schema = {"type": "object", "properties": properties}
    entry = {"tap_stream_id": STREAM, "stream": STREAM, "schema": schema}
    metadata = [{"breadcrumb": [], "metadata": {"selected": True, "inclusion": "available"}}]
    keys = ["_seller_id", "amazon_order_id", "_line"]
    return {"streams": [{**entry, "key_properties": keys, "metadata": metadata}]}


def with_columns(**kinds: str) -> list[dict[str, Any]]:
    return [{"type": ORDERS, "columns": kinds}]


def learnt(*names: str) -> dict[str, Any]:
    return {"bookmarks": {STREAM: {"columns": [*names]}}}


@pytest.mark.api("mws", reason="the log is the same whichever service is asked")
def test_the_log_names_columns_whose_kind_differs_from_the_entry(harness, caplog) -> None:
    with caplog.at_level("INFO"):
        harness.tap(ORDERS, state=learnt("quantity"))
        harness.tap({"type": ORDERS, "columns": {"quantity": "integer"}})

    (expected,) = [each for each in caplog.messages if "override the kind of these columns" in each]
    assert (
        expected
        == f"The settings or the state override the kind of these columns of {STREAM}: quantity"
    )


def test_without_catalog_and_settings_the_entry_decides(loaded) -> None:
    schema, record, state = loaded()

    assert (schema["quantity"], record["quantity"]) == (INTEGER, 7)
    assert (schema["shelf"], record["shelf"]) == (TEXT, "0012")
    assert state["columns"] == ["shelf"]


def test_a_column_that_a_catalog_declares_as_text_is_written_as_text(loaded) -> None:
    catalog = catalog_with({}, quantity=TEXT, purchase_date=TEXT, item_price=TEXT)
    schema, record, _ = loaded(catalog=catalog)

    assert (schema["quantity"], record["quantity"]) == (TEXT, "007")
    assert record["purchase_date"] == "2020-01-05T10:00:00-07:00"
    assert record["item_price"] == "12345678901234567.123456789"
    assert record["_offsets"] is record["_unparsed"] is None


def test_a_column_that_a_catalog_declares_as_a_number_is_one(loaded) -> None:
    schema, record, _ = loaded(catalog=catalog_with({}, shelf=INTEGER))

    assert (schema["shelf"], record["shelf"]) == (INTEGER, 12)


def test_the_settings_win_over_a_stale_catalog(loaded) -> None:
    catalog = catalog_with({}, quantity=TEXT, item_price=NUMBER)
    columns = with_columns(quantity="decimal", item_price="text", shelf="integer")
    schema, record, state = loaded(catalog=catalog, reports=columns)

    assert (schema["quantity"], record["quantity"]) == (NUMBER, 7)
    assert (schema["item_price"], record["item_price"]) == (TEXT, ROW.split("\t")[3])
    assert (schema["shelf"], record["shelf"]) == (INTEGER, 12)
    assert "columns" not in state


def test_the_settings_win_over_the_state(loaded) -> None:
    schema, record, _ = loaded(state=learnt("quantity"), reports=with_columns(quantity="integer"))

    assert (schema["quantity"], record["quantity"]) == (INTEGER, 7)


@pytest.mark.parametrize("catalog", [None, catalog_with({}, quantity=INTEGER)])
@pytest.mark.parametrize("policy", ["add", "ignore"])
def test_a_column_learned_as_text_stays_text_with_an_entry(loaded, catalog, policy) -> None:
    schema, record, state = loaded(state=learnt("quantity"), catalog=catalog, new_columns=policy)

    assert (schema["quantity"], record["quantity"]) == (TEXT, "007")
    assert "quantity" in state["columns"]


def test_a_known_column_missing_in_a_catalog_is_not_learned_as_text(loaded) -> None:
    schema, record, state = loaded(catalog=catalog_with({}), decimals="exact")

    assert (schema["quantity"], record["quantity"]) == (INTEGER, 7)
    assert (schema["item_price"], record["item_price"]) == (EXACT, ROW.split("\t")[3])
    assert state["columns"] == ["shelf"]
    again, record, _ = loaded(catalog=catalog_with({}), state=learnt(*state["columns"]))
    assert (again["quantity"], record["quantity"]) == (INTEGER, 7)


def test_offsets_are_declared_where_an_older_catalog_lacks_them(loaded) -> None:
    schema, record, _ = loaded(catalog=catalog_with({}, purchase_date=MOMENT))

    assert schema["_offsets"] == TEXT
    assert record["purchase_date"] == "2020-01-05T17:00:00+00:00"
    assert json.loads(record["_offsets"]) == {"purchase_date": "-07:00"}


def test_offsets_are_neither_declared_nor_written_where_timestamps_keep_them(loaded) -> None:
    schema, record, _ = loaded(timestamps="offset")

    assert record["purchase_date"] == "2020-01-05T10:00:00-07:00"
    assert "_offsets" not in schema.keys() | record.keys()
    assert record["_data_start"] == "2020-01-01T00:00:00+00:00"


@pytest.mark.api("mws", reason="a catalog is the same whichever service is asked")
def test_precision_and_scale_survive_a_catalog(harness) -> None:
    discovered = json.loads(json.dumps(harness.tap(ORDERS, decimals="exact").catalog_dict))
    (entry,) = (each for each in discovered["streams"] if each["stream"] == STREAM)
    assert entry["schema"]["properties"]["item_price"] == LOSSY, (
        "the SDK keeps them; say so in docs"
    )

    for catalog in (None, discovered):
        output = harness.run(ORDERS, decimals="exact", catalog=catalog)
        for message in output.schemas(STREAM):
            assert message["schema"]["properties"]["item_price"] == EXACT
        prices = [row["item_price"] for row in output.records(STREAM)]
        assert {type(price) for price in prices} == {str, type(None)}


@pytest.mark.parametrize("catalog", [None, catalog_with({}, item_price=NUMBER)])
def test_exact_decimals_are_text_digit_by_digit(loaded, catalog) -> None:
    schema, record, _ = loaded(decimals="exact", catalog=catalog)

    assert schema["item_price"] == EXACT
    assert record["item_price"] == "12345678901234567.123456789"
    plain, record, _ = loaded()
    assert plain["item_price"] == NUMBER
    assert record["item_price"] == "12345678901234567.123456789", "parsed with `parse_float=str`"
