from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import meltano_files

from tap_mws_reports.config import settings


@pytest.mark.parametrize("path", meltano_files.files(), ids=lambda path: path.name)
def test_the_files_are_current(path: Path) -> None:
    assert path.read_text("utf-8") == meltano_files.files()[path]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": ["string", "null"]}, {}),
        ({"type": "string", "enum": ["a", None]}, {"kind": "options"}),
        ({"type": "string", "format": "date-time"}, {"kind": "date_iso8601"}),
        ({"type": ["array", "null"], "default": []}, {"kind": "array", "value": []}),
        ({"type": ["null", "integer"], "default": 3}, {"kind": "integer", "value": 3}),
        ({"type": "object"}, {"kind": "object"}),
        ({"type": "string", "secret": True}, {"sensitive": True}),
    ],
)
def test_a_setting_in_meltanos_format(schema: dict[str, Any], said: dict[str, Any]) -> None:
    made = meltano_files.setting("new", {**schema, "title": "New", "description": "What it is."})
    options = made.pop("options", None)
    assert made == {"name": "new", "label": "New", "description": "What it is.", **said}
    assert options == ([{"value": "a", "label": "a"}] if "enum" in schema else None)


def test_settings_are_sorted_for_the_hub() -> None:
    content = yaml.safe_load((meltano_files.ROOT / "docs/meltano-hub.yml").read_text("utf-8"))
    names = [each["name"] for each in content["settings"]]
    assert names == sorted(names)
    assert set(settings.SCHEMA["properties"]) <= set(names)
    assert {name for group in content["settings_group_validation"] for name in group} <= set(names)
