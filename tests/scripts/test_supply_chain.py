"""What `make supply-chain` says of the pins, and the page of licences."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import licences
import supply_chain

ROOT = licences.ROOT


def test_the_page_of_licences_is_that_of_the_pins() -> None:
    ((page, text),) = licences.files().items()
    assert page.read_text("utf-8") == text
    assert text.count("\n| ") == len(licences.pins()) + 1
    assert "not stated" not in text


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {re.split(r"[^\w-]", each)[0] for each in project["dependencies"]}
    assert needed - {name for name, _ in licences.pins()} == set()


def test_every_pin_has_a_hash_and_no_address() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text("utf-8")
        assert "://" not in text, path.name
        pins = re.findall(r"^[\w.\[\]-]+(?:==| @ ).*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        assert pins, path.name
        assert [each for each in pins if "--hash=sha256:" not in each] == [], path.name


def test_an_audit_lists_vulnerable_and_unaudited_packages() -> None:
    found = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2", "3"]}]},
            {"name": "b", "version": "1", "vulns": []},
            {"name": "c", "skip_reason": "Dependency not found"},
            {"name": "d", "version": "4", "vulns": [{"id": "X-2", "fix_versions": []}]},
        ]
    }
    assert supply_chain.read_audit(json.dumps(found)) == (
        ["a 1: X-1; mended in 2, 3", "d 4: X-2; mended in no version"],
        1,
        4,
    )


def test_a_bill_of_materials_has_licences_and_no_address() -> None:
    digest = {"alg": "SHA-256", "content": "ab"}
    component = {"name": "click", "externalReferences": [{"url": "x://y", "hashes": [digest]}]}
    (bare,) = supply_chain.with_licences({"components": [component]})["components"]
    assert bare == {
        "name": "click",
        "hashes": [digest],
        "licenses": [{"license": {"name": "BSD-3-Clause"}}],
    }
