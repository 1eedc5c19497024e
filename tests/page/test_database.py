"""What `mws-reports page` says of a database that it cannot read."""

from __future__ import annotations

import duckdb
import pytest

from tap_mws_reports.cli import main
from tap_mws_reports.page import open_database

ROWS = "(_seller_id text, _report_id text, _report_type text, _row_number int, "
ROWS += "_data_start timestamp, _data_end timestamp)"


@pytest.fixture
def database(tmp_path):
    def make(*statements: str) -> str:
        path = str(tmp_path / "shop.duckdb")
        with duckdb.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return make


@pytest.mark.parametrize(
    ("statements", "options", "says"),
    [
        ([], [], "no table has the columns of a report's rows"),
        (["create table t (x int)"], ["--schema", "a"], "no table in a schema `a`"),
        (
            [f"create table t {ROWS}", "create schema b", f"create table b.t {ROWS}"],
            [],
            "2 schemas have tables of this tap: b, main",
        ),
        ([f"create table t {ROWS}"], ["--log", "/nowhere/tap.jsonl"], "cannot be read"),
    ],
    ids=["no-rows", "no-schema", "two-schemas", "no-log"],
)
def test_an_unsuitable_database_is_explained(database, capsys, statements, options, says) -> None:
    assert main(["page", database(*statements), *options]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("shop.duckdb", None, "there is no such file"),
        ("shop.duckdb", b"no database at all, but text", "it is not a DuckDB file"),
        ("config.json", b'{"sandbox": true}', "it is not a DuckDB file"),
    ],
)
def test_a_file_that_is_not_a_database_is_explained(tmp_path, capsys, name, content, says) -> None:
    path = tmp_path / name
    if content:
        path.write_bytes(content)
    assert main(["page", str(path)]) == 2
    error = capsys.readouterr().err
    assert f"{name} cannot be read: {says}" in error
    assert "help: give the path of a DuckDB file" in error


def test_an_unreachable_server_is_explained(tmp_path, capsys) -> None:
    address = f"postgresql://reader:hidden@/shop?host={tmp_path}"
    assert main(["page", address]) == 2
    error = capsys.readouterr().err
    assert "the PostgreSQL database cannot be read" in error
    assert "hidden" not in error


def test_one_schema_is_found_and_another_can_be_chosen(database) -> None:
    path = database("create schema b", f"create table b.t {ROWS}", "create table main.u (x int)")
    with open_database(path) as opened:
        assert (opened.schema, opened.row_tables) == ("b", ["t"])
    with open_database(path, "main") as opened:
        assert (opened.schema, opened.row_tables) == ("main", [])


def test_a_schema_can_have_the_name_of_its_database(database) -> None:
    path = database("create schema shop", f"create table shop.shop.t {ROWS}")
    with open_database(path) as opened:
        assert opened.rows(f"select count(*) as n from {opened.table('t')}") == [{"n": 0}]


def test_the_page_goes_to_stdout(database, capsys, tmp_path) -> None:
    assert main(["page", database(f"create table t {ROWS}"), "-o", "-"]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")
    assert main(["page", str(tmp_path / "shop.duckdb"), "-o", str(tmp_path / "no" / "p.html")]) == 2
