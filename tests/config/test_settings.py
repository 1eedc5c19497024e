from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tap_mws_reports.config import settings
from tap_mws_reports.config.service_choice import CREDENTIALS
from tap_mws_reports.config.validation import find_problems
from tap_mws_reports.tap import TapMwsReports

ROOT = Path(__file__).parents[2]
PROPERTIES: dict[str, dict[str, Any]] = settings.SCHEMA["properties"]
KINDS = {
    "string": {"string", "options", "date_iso8601"},
    "array": {"array"},
    "boolean": {"boolean"},
    "integer": {"integer"},
    "object": {"object"},
}


def meltano_settings() -> dict[str, dict[str, Any]]:
    project = yaml.safe_load((ROOT / "meltano.yml").read_text(encoding="utf-8"))
    (plugin,) = project["plugins"]["extractors"]
    return {each["name"]: each for each in plugin["settings"]}


def documented_rows() -> dict[str, str]:
    """The table of docs/settings.md: name to the whole row."""
    lines = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("<!-- settings -->")
    rows = lines[start + 3 : lines.index("<!-- /settings -->")]
    return {row.split("|")[1].strip(" `"): row for row in rows if row.startswith("|")}


def of_the_sdk() -> dict[str, dict[str, Any]]:
    schema: dict[str, Any] = {"properties": {}}
    TapMwsReports.append_builtin_config(schema)
    return schema["properties"]


ALL = {**PROPERTIES, **of_the_sdk()}


def test_meltano_has_exactly_these_settings() -> None:
    assert list(meltano_settings()) == list(ALL)


@pytest.mark.rows("name", ALL)
def test_meltanos_definitions_match(name: str) -> None:
    known, told = ALL[name], meltano_settings()[name]
    json_type = next(each for each in known["type"] if each != "null")
    assert told.get("kind", "string") in KINDS[json_type]
    assert told["label"] == known["title"]
    assert told["description"] == known["description"]
    assert told.get("value") == known.get("default")
    assert told.get("sensitive", False) is known.get("secret", False)
    assert [each["value"] for each in told.get("options", [])] == known.get("enum", [])


def test_the_docs_list_exactly_these_settings() -> None:
    assert list(documented_rows()) == list(PROPERTIES)


@pytest.mark.rows("name", PROPERTIES)
def test_the_docs_match(name: str) -> None:
    row, known = documented_rows()[name], PROPERTIES[name]
    assert known["description"] in row
    default = row.split("|")[2].strip()
    assert default == (f"`{json.dumps(known['default'])}`" if "default" in known else "")
    assert ("secret" in row.split("|")[3]) is known.get("secret", False)


def test_the_example_has_every_setting_and_is_valid() -> None:
    path = ROOT / "docs" / "recipes" / "all-settings.json"
    sample = json.loads(path.read_text(encoding="utf-8"))
    assert list(sample) == list(PROPERTIES)
    blanks = {name for names in CREDENTIALS.values() for name in names} | {"mws_auth_token"}
    assert {each.setting for each in find_problems(sample)} == blanks
    filled_in = sample | dict.fromkeys(blanks, "canary")
    assert find_problems(filled_in) == []


def test_the_starter_configuration_is_valid_for_sp_api() -> None:
    starter = json.loads((ROOT / "sample_config.json").read_text(encoding="utf-8"))
    credentials = ["lwa_client_id", "lwa_client_secret", "refresh_token"]
    who = ["api", "seller_id", "marketplace_ids"]
    assert list(starter) == [*who, *credentials, "start_date", "reports"]
    assert starter["api"] == "sp_api"
    assert [each.setting for each in find_problems(starter)] == credentials
    assert find_problems(starter | dict.fromkeys(credentials, "canary")) == []


def test_every_secret_is_a_credential_and_every_credential_a_secret() -> None:
    secrets = {name for name, known in PROPERTIES.items() if known.get("secret")}
    assert secrets == {
        *("aws_access_key_id", "aws_secret_access_key", "mws_auth_token"),
        *("lwa_client_id", "lwa_client_secret", "refresh_token"),
        "sellers",  # which holds them
    }


def test_the_settings_of_the_sdk_are_known() -> None:
    schema = {"properties": {}}
    TapMwsReports.append_builtin_config(schema)
    assert schema["properties"]
    assert set(schema["properties"]) <= settings.SDK_PROPERTIES
