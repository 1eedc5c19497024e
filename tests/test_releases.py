"""State and catalogue of every release are read by today's code: nothing is requested again.

Each folder of `tests/releases/` has what a run of that release over the sandbox wrote.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RELEASES = sorted(Path(__file__).with_name("releases").iterdir())


def read(release: Path, name: str) -> Any:
    return json.loads((release / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_a_state_is_continued(make_harness, release: Path) -> None:
    harness = make_harness(pace="steady")
    settings, state = read(release, "settings"), read(release, "state")
    reports = settings.pop("reports")
    catalog = read(release, "catalog")
    output = harness.run(*reports, state=state, catalog=catalog, **settings)
    assert not output.failures
    assert harness.amazon.calls.count("request") == 0
    for stream, bookmark in state["bookmarks"].items():
        before = [each.get("done") for each in bookmark.get("partitions", [])]
        after = [each.get("done") for each in output.bookmark(stream).get("partitions", [])]
        assert after == before, stream


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_a_catalogue_still_describes_the_streams(make_harness, release: Path) -> None:
    harness = make_harness()
    settings, catalog = read(release, "settings"), read(release, "catalog")
    reports = settings.pop("reports")
    today = {
        each["tap_stream_id"]: each
        for each in harness.tap(*reports, **settings).catalog_dict["streams"]
    }
    for stream in catalog["streams"]:
        now = today[stream["tap_stream_id"]]
        assert list(now["key_properties"]) == stream["key_properties"]
        columns = now["schema"]["properties"]
        for name, schema in stream["schema"]["properties"].items():
            assert columns[name] == schema, (stream["tap_stream_id"], name)
