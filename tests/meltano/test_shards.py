"""The project of deploy/meltano: shards that run at the same time under their own names."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from test_meltano import MELTANO, ROOT, Project

PROJECT = ROOT / "deploy" / "meltano" / "meltano.yml"
AT_ONCE = 4
ROUNDS = 10
LISTINGS = "merchant_listings_all_data"
LOADER = {
    "name": "target-jsonl",
    "namespace": "target_jsonl",
    "pip_url": "target-jsonl==0.1.4",
    "executable": "target-jsonl",
    "settings": [{"name": "destination_path"}],
}
"""Another loader than the project's: each run writes into a folder of its own."""

SETTINGS = {
    "sandbox": True,
    "reports": ["GET_MERCHANT_LISTINGS_ALL_DATA"],
    "except": ["report_requests", "reports", "report_schedules"],
    "sellers": [{"seller_id": each} for each in ("A1SANDBOXNA", "A2SANDBOXEU", "A3SANDBOXFE")],
}


def content() -> dict:
    return yaml.safe_load(PROJECT.read_text("utf-8"))


def test_the_project_is_valid() -> None:
    (schema,) = MELTANO.parents[1].glob("lib/*/site-packages/meltano/schemas/meltano.schema.json")
    jsonschema.validate(content(), json.loads(schema.read_text()))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project with the tap of this checkout and a small loader, installed."""
    path = tmp_path_factory.mktemp("shards")
    made = content()
    made["plugins"]["extractors"][0]["pip_url"] = str(ROOT)
    made["plugins"]["loaders"] = [LOADER]
    (path / "meltano.yml").write_text(yaml.safe_dump(made, sort_keys=False))
    project = Project(path)
    project.configure(SETTINGS)
    for plugin in ("tap-mws-reports", "target-jsonl"):
        done = project.meltano("install", "--plugin-type", *_kind(plugin), plugin)
        assert done.returncode == 0, done.stdout + done.stderr
    return project


def _kind(plugin: str) -> list[str]:
    return ["extractor"] if plugin.startswith("tap") else ["loader"]


def test_forty_runs_four_at_a_time_have_no_failure(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()

    def runs_of_shard(shard: int) -> list[str]:
        # Meltano runs a job of one name once at a time.
        return [run(number) for number in range(shard, AT_ONCE * ROUNDS, AT_ONCE)]

    def run(number: int) -> str:
        folder = project.path / f"run-{number}"
        folder.mkdir()
        own = Project(project.path, {**project.env, "TARGET_JSONL_DESTINATION_PATH": str(folder)})
        done = own.meltano("run", f"tap-shard-{number % AT_ONCE}", "target-jsonl")
        return "" if done.returncode == 0 else f"run {number}: {done.stdout}{done.stderr}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        shards = pool.map(runs_of_shard, range(AT_ONCE))
        failures = [each for said in shards for each in said if each]
    with capsys.disabled():
        seconds = time.monotonic() - started
        sys.stdout.write(f"\n{AT_ONCE * ROUNDS} runs in {seconds:.0f} s\n")
    assert not failures, f"{len(failures)} of {AT_ONCE * ROUNDS}: {failures[0]}"
    # Each of the first four runs had the sellers of its shard, and all together every seller.
    first = {
        number: {
            row["_seller_id"]
            for path in (project.path / f"run-{number}").glob(f"{LISTINGS}*.jsonl")
            for row in map(json.loads, path.read_text().splitlines())
        }
        for number in range(AT_ONCE)
    }
    assert sorted(seller for sellers in first.values() for seller in sellers) == [
        each["seller_id"] for each in SETTINGS["sellers"]
    ]
