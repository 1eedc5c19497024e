"""The files by which Meltano knows the tap, made from its settings. `make docs` writes them.

`meltano.yml` is a project with loaders beside the tap, `plugin.yml` is for `meltano add
--from-ref`, and the definition for Meltano Hub is that file with what the Hub shows beside it
(https://docs.meltano.com/reference/plugin-definition-syntax,
https://github.com/meltano/hub/blob/main/schemas/plugin_definitions/extractor.schema.json).
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from tap_mws_reports.config import settings
from tap_mws_reports.tap import TapMwsReports

ROOT = Path(__file__).parents[1]
NAME, NAMESPACE = "tap-mws-reports", "tap_mws_reports"
DESCRIPTION = "Amazon sellers' reports by SP-API and MWS"
NOTE = "# Made by `make docs` from the settings in tap_mws_reports/settings.py.\n"
OPTIONS = {
    "api": {"mws": "MWS Reports 2009-01-01", "sp_api": "SP-API Reports 2021-06-30"},
    "new_columns": {
        "add": "Add them to the stream",
        "ignore": "Ignore them",
        "fail": "Fail the document",
    },
    "timestamps": {"utc": "In UTC", "offset": "With Amazon's offset"},
    "decimals": {"number": "As numbers", "exact": "As decimals with precision and scale"},
    "declare_columns": {"known": "All that are known", "seen": "Those seen in documents so far"},
    "order": {"slowest": "Slowest report types first", "newest": "Newest windows first"},
}
"""The labels of the values of a setting; others are their own label."""

REQUIRED = [
    ["sandbox"],
    ["seller_id", "marketplace_ids", "lwa_client_id", "lwa_client_secret", "refresh_token"],
    ["seller_id", "marketplace_ids", "aws_access_key_id", "aws_secret_access_key"],
    ["sellers"],
]


def setting(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a setting in Meltano's words, from its JSON schema."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    json_type = next(each for each in types if each != "null")
    kinds = {"array": "array", "boolean": "boolean", "integer": "integer", "object": "object"}
    kind = kinds.get(json_type)
    if schema.get("format") == "date-time":
        kind = "date_iso8601"
    made: dict[str, Any] = {"name": name}
    if "enum" in schema:
        labels = OPTIONS.get(name, {})
        made["kind"] = "options"
        made["options"] = [
            {"value": each, "label": labels.get(each, str(each))}
            for each in schema["enum"]
            if each is not None
        ]
    elif kind:
        made["kind"] = kind
    if "default" in schema:
        made["value"] = copy.deepcopy(schema["default"])
    made |= {"label": schema["title"], "description": schema["description"]}
    if schema.get("secret"):
        made["sensitive"] = True
    return made


def all_settings() -> list[dict[str, Any]]:
    """Return the settings of the tap, then those that the SDK reads by itself."""
    schema: dict[str, Any] = {"properties": copy.deepcopy(settings.SCHEMA["properties"])}
    TapMwsReports.append_builtin_config(schema)
    return [setting(name, each) for name, each in schema["properties"].items()]


def capabilities() -> list[str]:
    """Return the capabilities of the tap, as Meltano names them."""
    return [each.value for each in TapMwsReports.capabilities]


def extractor(pip_url: str) -> dict[str, Any]:
    """Return the tap as a plugin that is installed from ``pip_url``."""
    return {
        "name": NAME,
        "namespace": NAMESPACE,
        "pip_url": pip_url,
        "executable": NAME,
        "capabilities": capabilities(),
        "settings": all_settings(),
    }


DUCKDB = {
    "name": "target-duckdb",
    "namespace": "target_duckdb",
    # docs/warehouses.md says why DuckDB is held back.
    "pip_url": "target-duckdb==0.8.0 duckdb==1.2.2",
    "executable": "target-duckdb",
    "settings": [
        {"name": "path", "label": "Path of the database"},
        {"name": "default_target_schema", "label": "Schema"},
        {"name": "add_metadata_columns", "kind": "boolean", "label": "Metadata columns"},
    ],
    "config": {
        "path": "amazon.duckdb",
        "default_target_schema": "main",
        # Without it the first record of a batch may be lost.
        "add_metadata_columns": True,
    },
}
POSTGRES = {
    "name": "target-postgres",
    "namespace": "target_postgres",
    "variant": "meltanolabs",
    "pip_url": "meltanolabs-target-postgres==0.8.1",
    "executable": "target-postgres",
    "capabilities": ["about", "stream-maps", "schema-flattening", "batch", "structured-logging"],
    "settings": [
        {"name": "host", "value": "localhost", "label": "Host"},
        {"name": "port", "kind": "integer", "value": 5432, "label": "Port"},
        {"name": "user", "label": "User"},
        {"name": "password", "sensitive": True, "label": "Password"},
        {"name": "database", "label": "Database"},
        {"name": "sqlalchemy_url", "sensitive": True, "label": "SQLAlchemy URL"},
        {"name": "default_target_schema", "value": "amazon", "label": "Schema"},
        {"name": "use_copy", "kind": "boolean", "label": "Load with COPY"},
        {"name": "validate_records", "kind": "boolean", "label": "Validate records"},
        {"name": "add_record_metadata", "kind": "boolean", "label": "Metadata columns"},
    ],
}
JSONL = {
    "name": "target-jsonl",
    "namespace": "target_jsonl",
    "variant": "andyh1203",
    "pip_url": "target-jsonl==0.1.4",
    "executable": "target-jsonl",
    "settings": [
        {"name": "destination_path", "value": "output", "label": "Folder"},
        {
            "name": "do_timestamp_file",
            "kind": "boolean",
            "value": False,
            "label": "A file for each run",
        },
    ],
}


def project() -> dict[str, Any]:
    """Return the Meltano project of a checkout."""
    return {
        "send_anonymous_usage_stats": False,
        "project_id": NAME,
        "requires_meltano": ">=4.0",
        "default_environment": "dev",
        "environments": [{"name": "dev"}],
        "plugins": {"extractors": [extractor("-e .")], "loaders": [DUCKDB, POSTGRES, JSONL]},
    }


def plugin() -> dict[str, Any]:
    """Return the plugin for other projects."""
    return {"plugin_type": "extractors", **extractor(NAME), "settings_group_validation": REQUIRED}


def hub() -> dict[str, Any]:
    """Return the definition for Meltano Hub, which wants settings in order of their names."""
    made = extractor(NAME)
    return {
        "name": NAME,
        "variant": NAME,
        "namespace": NAMESPACE,
        "label": "Amazon Seller Reports",
        "description": DESCRIPTION,
        "keywords": ["meltano_sdk", "api", "amazon"],
        "capabilities": sorted(made["capabilities"]),
        "domain_url": "https://developer-docs.amazon.com/sp-api/docs/reports-api",
        "executable": NAME,
        "logo_url": f"/assets/logos/extractors/{NAME}.png",
        "maintenance_status": "active",
        "quality": "silver",
        "pip_url": NAME,
        "settings": sorted(made["settings"], key=lambda each: str(each["name"])),
        "settings_group_validation": REQUIRED,
    }


def files() -> dict[Path, str]:
    """Return the text of every file."""
    made = {"meltano.yml": project(), "plugin.yml": plugin(), "docs/meltano-hub.yml": hub()}
    return {ROOT / name: NOTE + dumped(content) for name, content in made.items()}


def dumped(content: dict[str, Any]) -> str:
    """Return YAML without references from one place to another."""
    text: str = yaml.dump(
        copy.deepcopy(content),
        Dumper=_Plain,
        sort_keys=False,
        width=100,
        allow_unicode=True,
    )
    return text


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401 - as PyYAML has it
        return True
