"""Imports point one way, and no room is a drawer for odds and ends."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_mws_reports.retrieval.work import Work

PACKAGE = Path(__file__).parents[1] / "tap_mws_reports"
MODULES = sorted(PACKAGE.rglob("*.py"))

# A room may import from the rooms named here, and from itself.
MAY_IMPORT = {
    "errors": set(),
    "dates": set(),
    "api": {"errors", "dates"},
    "report_types": {"errors"},
    "documents": {"errors", "report_types"},
    "settings": set(),
    "retrieval": {"errors", "dates", "api"},
    "streams": {
        *("errors", "dates", "configuration", "owners"),
        *("api", "retrieval", "documents", "report_types"),
    },
    "problem": set(),
    "accounts": {"problem"},
    "account_check": {"errors", "settings", "api", "accounts", "problem"},
    "configuration": {
        *("errors", "dates", "settings", "account_check", "service_check", "problem"),
        *("api", "report_types", "retrieval"),
    },
    "service_check": {"errors", "api", "report_types", "problem"},
    "in_process": {"api"},
    "owners": {"accounts", "configuration", "in_process", "api", "report_types"},
    "connection": {"errors", "api", "owners", "in_process", "report_types"},
    "input_files": {"errors"},
    "command_line": {"errors", "settings", "input_files", "streams"},
    "tap": {
        *("errors", "settings", "configuration", "connection", "command_line"),
        *("owners", "in_process", "problem"),
        *("api", "retrieval", "streams"),
    },
    "dlt": {"errors", "api", "retrieval", "documents", "streams", "tap"},
    "__main__": {"errors", "tap", "settings", "command_line"},
    "sandbox": {"api", "documents", "report_types", "errors", "dates"},
    "cli": {
        *("errors", "dates", "configuration", "connection", "input_files", "owners", "tap"),
        *("api", "retrieval", "documents", "report_types", "sandbox", "streams", "dlt"),
    },
    "__init__": set(),
}


def room(path: Path) -> str:
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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    assert set(imported(path)) <= MAY_IMPORT[room(path)] | {room(path)}


def assigned_attributes(path: Path) -> Iterator[str]:
    """Yield the attributes that a module assigns, or deletes, of anything but `self`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            if isinstance(node.value, ast.Name) and node.value.id == "self":
                continue
            yield node.attr


def test_only_a_work_changes_itself() -> None:
    fields = {each.name for each in dataclasses.fields(Work)}
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
        if room(path) == "api"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert not {each for each in defined if re.match(r"_?render|_?decode_call", each[1])}


def test_every_room_has_its_place() -> None:
    assert {room(path) for path in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_room_is_a_drawer(path: Path) -> None:
    assert not {"utils", "helpers", "common", "misc"} & {path.stem, path.parent.name}


@pytest.mark.parametrize(
    ("module", "alone"),
    [
        ("requests", {"api/transport.py"}),
        ("boto3", {"api/queue.py"}),
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
    assert users - {"connection/transports.py", "in_process.py", "sandbox/adapter.py"} == alone
