"""Workflows pin their actions to commits, run what CI runs, and may do no more than they need."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = (
    ROOT / "docs" / "recipes" / "github-actions.yml",
    ROOT / "deploy" / "github-actions" / "amazon-reports.yml",
)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_actions_are_pinned_to_commits_and_name_their_version(path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert lines
    pinned = re.compile(r" *- uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_one_action_is_one_commit() -> None:
    text = "".join(path.read_text("utf-8") for path in [*WORKFLOWS, *EXAMPLES])
    pins = set(re.findall(r"uses: ([\w./-]+)@(\w+)", text))
    assert len(pins) == len({name for name, _ in pins})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_only_read_permission(path) -> None:
    assert read(path)["permissions"] == {"contents": "read"}


def test_ci_runs_the_checks_of_a_merge() -> None:
    steps = read(WORKFLOWS[0])["jobs"]["check"]["steps"]
    assert "bash .ci/run" in [step.get("run") for step in steps]


def test_ci_runs_the_supported_versions_of_python() -> None:
    claimed = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    jobs = read(WORKFLOWS[0])["jobs"]
    run = [
        step["with"]["python-version"]
        for step in jobs["check"]["steps"]
        if "python-version" in step.get("with", {})
    ]
    assert claimed == [*run, *jobs["versions"]["strategy"]["matrix"]["python-version"]]
    assert "make test PYTHON=python" in [step.get("run") for step in jobs["versions"]["steps"]]


def test_only_publishing_has_an_identity_token() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    assert {name for name, job in jobs.items() if job.get("permissions")} == {"publish"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda p: p.name
)
def test_an_issue_form_has_required_fields(path) -> None:
    form = read(path)
    assert form["name"]
    assert form["description"]
    assert any(part.get("validations", {}).get("required") for part in form["body"])
