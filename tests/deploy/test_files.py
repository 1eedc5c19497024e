"""Every file of deploy/ is what its reader expects, by that reader's own schema or parser."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema
import pytest
import yaml
from botocore.validate import ParamValidator
from check_jsonschema.builtin_schemas import get_builtin_schema
from dockerfile_parse import DockerfileParser
from kubernetes_validate import validate

from tap_mws_reports.config import settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "amazon-reports.yaml").read_text()))
PROGRAMS = sorted(DEPLOY.glob("*.py"))
OPTIONS = re.compile(r'add_argument\(\s*"(--[a-z-]+)"')
CHECKED = {".py", ".yaml", ".yml", ".json", ".md", "", "crontab"}


def options_of(command: list[str]) -> set[str]:
    return {each.partition("=")[0] for each in command if each.startswith("--")}


def known_options() -> set[str]:
    return set(OPTIONS.findall((DEPLOY / "run_shard.py").read_text()))


def containers() -> list[dict[str, Any]]:
    return [
        container
        for manifest in MANIFESTS
        for container in manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    ]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each["metadata"]["name"])
def test_the_manifests_are_valid_for_kubernetes(manifest: dict[str, Any]) -> None:
    validate(manifest, "1.37", strict=True)


def test_the_number_of_shards_is_that_of_the_pods() -> None:
    job = MANIFESTS[0]["spec"]["jobTemplate"]["spec"]
    assert f"--shards={job['completions']}" in containers()[0]["args"]
    assert job["completionMode"] == "Indexed"


@pytest.mark.parametrize("container", containers(), ids=lambda each: each["name"])
def test_the_options_of_containers_exist_and_their_settings_are_known(container) -> None:
    assert options_of(container["args"]) <= known_options()
    (given,) = [each for each in container["args"] if each.startswith("--settings=")]
    assert json.loads(given.partition("=")[2]).keys() <= settings.SCHEMA["properties"].keys()


@pytest.mark.parametrize(
    ("name", "operation"),
    [("job-definition.json", "RegisterJobDefinition"), ("submit-job.json", "SubmitJob")],
)
def test_the_job_is_valid_for_aws_batch(name: str, operation: str) -> None:
    request = json.loads((DEPLOY / "aws-batch" / name).read_text())
    model = botocore.session.get_session().get_service_model("batch")
    shape = model.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    if "containerProperties" in request:
        command = request["containerProperties"]["command"]
        assert options_of(command) <= known_options()


def test_the_array_has_as_many_jobs_as_shards() -> None:
    folder = DEPLOY / "aws-batch"
    job = json.loads((folder / "submit-job.json").read_text())
    definition = json.loads((folder / "job-definition.json").read_text())
    size = job["arrayProperties"]["size"]
    assert f"--shards={size}" in definition["containerProperties"]["command"]
    assert job["jobDefinition"] == definition["jobDefinitionName"]


def test_the_workflow_is_valid_for_github() -> None:
    text = (DEPLOY / "github-actions" / "amazon-reports.yml").read_text()
    # YAML 1.1 reads `on` as a boolean.
    workflow = {"on" if key is True else key: value for key, value in yaml.safe_load(text).items()}
    jsonschema.validate(workflow, get_builtin_schema("vendor.github-workflows"))
    job = workflow["jobs"]["shard"]
    indexes = job["strategy"]["matrix"]["index"]
    assert indexes == list(range(len(indexes)))
    assert job["steps"][-1]["env"]["SHARD"] == f"${{{{ matrix.index }}}}/{len(indexes)}"
    for step in job["steps"]:
        if "run" in step:
            subprocess.run(["/bin/bash", "-n", "-c", step["run"]], check=True)
    assert set(re.findall(r"(--[a-z-]+)", job["steps"][-1]["run"])) <= {
        *known_options(),
        "--config",
    }


def test_the_line_is_valid_for_cron() -> None:
    lines = (DEPLOY / "cron" / "crontab").read_text().splitlines()
    (line,) = [each for each in lines if not each.startswith("#")]
    *fields, command = line.split(maxsplit=5)
    for field, (least, most) in zip(
        fields, [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)], strict=True
    ):
        assert field == "*" or least <= int(field) <= most
    assert "%" not in command, "cron reads a percent sign as the end of the line"
    subprocess.run(["/bin/sh", "-n", "-c", command], check=True)
    assert set(re.findall(r" (--(?!config target)[a-z-]+)", command)) <= known_options()
    last = int(re.search(r"seq 0 (\d+)", command)[1])
    assert f"--shard {{}}/{last + 1}" in command


def test_the_image_copies_existing_files_and_starts_an_existing_program() -> None:
    parser = DockerfileParser(str(DEPLOY / "Dockerfile"))
    copied = [
        source
        for each in parser.structure
        if each["instruction"] == "COPY"
        for source in each["value"].split()[:-1]
    ]
    assert not [source for source in copied if not (ROOT / source).exists()]
    steps = [each["instruction"] for each in parser.structure]
    assert steps[0] == "COMMENT" or steps[0] == "FROM"
    assert "USER" in steps, "it does not run as root"
    assert steps.index("USER") > max(i for i, each in enumerate(steps) if each == "RUN")
    (entry,) = [each for each in parser.structure if each["instruction"] == "ENTRYPOINT"]
    start = json.loads(entry["value"])
    assert "deploy/run_shard.py" in copied
    assert start[1].endswith("/run_shard.py")
    assert options_of(start) <= known_options()
    # Programs import each other by name.
    modules = {path.stem for path in PROGRAMS}
    for path in (ROOT / each for each in copied if each.startswith("deploy/")):
        imported = {
            node.module
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module in modules
        }
        assert {f"deploy/{name}.py" for name in imported} <= set(copied)


@pytest.mark.parametrize("path", [*PROGRAMS, *DEPLOY.glob("airflow/*.py")], ids=lambda p: p.name)
def test_programs_run_on_the_oldest_supported_python(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 11))


@pytest.mark.parametrize("name", ["run_shard.py", "check_load.py"])
def test_programs_document_their_arguments(name: str) -> None:
    done = subprocess.run(
        [sys.executable, DEPLOY / name, "--help"], capture_output=True, text=True, check=True
    )
    assert "--states" in done.stdout


def test_every_kind_of_file_is_checked_here() -> None:
    files = {
        path for path in DEPLOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert {path.suffix for path in files} <= CHECKED


def test_the_readme_names_every_file() -> None:
    text = (DEPLOY / "README.md").read_text()
    for path in DEPLOY.iterdir():
        if path.name not in {"README.md", "__pycache__"}:
            assert f"({path.name}" in text or f"`{path.name}`" in text, path.name


def test_links_of_the_readme_resolve() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (DEPLOY / "README.md").read_text())
    assert links
    assert not {link for link in links if not (DEPLOY / link).exists()}
