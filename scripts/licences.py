"""The licences of the packages that a run of the tap needs, as stated by them."""

from __future__ import annotations

import re
from importlib.metadata import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
_PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
_LONGEST = 60  # characters of a name; longer is the text of a licence

_INTRODUCTION = """# Licences

The packages of `requirements/tap.txt`, which a run of the tap may load, with the licences that they
state. Made by `make docs`; the bill of materials (`make supply-chain`) has the same.

| package | version | licence |
|---|---|---|
"""


def pins() -> list[tuple[str, str]]:
    """Return name and version of each pinned package of a run."""
    return _PIN.findall((ROOT / "requirements" / "tap.txt").read_text("utf-8"))


def licence_of(name: str) -> str:
    """Return the licence that an installed package states."""
    about = metadata(name)
    if expression := about.get("License-Expression"):
        return expression
    classifiers = [each for each in about.get_all("Classifier") or [] if "License ::" in each]
    named = [each.rpartition(" :: ")[2] for each in classifiers]
    stated = (about.get("License") or "").strip()
    if stated and len(stated) <= _LONGEST and "\n" not in stated:
        return stated
    return ", ".join(named) or "not stated"


def files() -> dict[Path, str]:
    """Return the page."""
    rows = [f"| {name} | {version} | {licence_of(name)} |" for name, version in pins()]
    return {PAGE: _INTRODUCTION + "\n".join(rows) + "\n"}
