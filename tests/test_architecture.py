"""Imports between packages run one way, and no module collects odds and ends."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_mws_reports.retrieval.report_job import ReportJob

PACKAGE = Path(__file__).parents[1] / "tap_mws_reports"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each package, from the bottom up, with the packages that it may import from beside itself. Every
# package imports only from those above it in this table.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "errors": set(),
    "api": {"errors"},
    "report_types": {"errors"},
    "documents": {"errors", "report_types"},
    "retrieval": {"errors", "api"},
    "config": {"errors", "api", "report_types", "retrieval"},
    "connection": {"errors", "api", "report_types", "config"},
    "progress": {"api", "retrieval"},
    "streams": {"errors", "api", "report_types", "documents", "retrieval", "config", "progress"},
    "tap": {
        *("errors", "api", "report_types", "retrieval", "config", "connection", "progress"),
        "streams",
    },
    "dlt": {"errors", "api", "documents", "retrieval", "streams", "tap"},
    "sandbox": {"errors", "api", "report_types", "documents"},
    "page": {"errors", "api", "report_types"},
    "cli": {
        *("errors", "api", "report_types", "documents", "retrieval", "config"),
        *("connection", "streams", "tap", "dlt", "sandbox", "page"),
    },
    "__main__": {"errors", "cli"},
}


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("tap_mws_reports."))


@pytest.mark.rows("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    assert set(imported(path)) <= MAY_IMPORT[package_of(path)] | {package_of(path)}


def assigned_attributes(path: Path) -> Iterator[str]:
    """Yield the attributes that a module assigns, or deletes, of anything but `self`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            if isinstance(node.value, ast.Name) and node.value.id == "self":
                continue
            yield node.attr


def test_only_a_job_changes_itself() -> None:
    fields = {each.name for each in dataclasses.fields(ReportJob)}
    changed = {
        (str(path.relative_to(PACKAGE)), name)
        for path in MODULES
        for name in fields.intersection(assigned_attributes(path))
    }
    assert not changed


def test_what_only_the_sandbox_uses_is_not_in_the_api() -> None:
    # The client writes calls and reads answers; the sandbox reads calls and writes answers.
    defined = {
        (str(path.relative_to(PACKAGE)), node.name)
        for path in MODULES
        if package_of(path) == "api"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert not {each for each in defined if re.match(r"_?render|_?decode_call", each[1])}


def test_the_table_has_every_package_below_those_that_import_it() -> None:
    assert {package_of(path) for path in MODULES} == set(MAY_IMPORT)
    order = list(MAY_IMPORT)
    for place, package in enumerate(order):
        assert set(order[:place]) >= MAY_IMPORT[package]


@pytest.mark.rows("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_a_collection_of_helpers(path: Path) -> None:
    assert not {"utils", "helpers", "common", "misc"} & {path.stem, path.parent.name}


@pytest.mark.parametrize(
    ("module", "alone"),
    [
        ("requests", {"api/transport.py"}),
        ("boto3", {"api/sqs.py"}),
        ("duckdb", {"page/database.py"}),
        ("psycopg2", {"page/database.py"}),
        ("time", {"api/clock.py"}),
    ],
)
def test_one_module_opens_connections_of_a_kind_and_one_tells_the_time(
    module: str, alone: set[str]
) -> None:
    users = {
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if re.search(rf"^ *(import|from) {module}\b", path.read_text("utf-8"), re.MULTILINE)
    }
    # `connection` and the sandbox's adapter hand a session on, and send nothing themselves.
    assert (
        users - {"connection/transports.py", "config/sandbox_mode.py", "sandbox/adapter.py"}
        == alone
    )
