"""The TOML files, one per report type, named after its stream and parsed when needed.

The folder `entries` describes the types, `localised_headers` has their headers in other languages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from tap_mws_reports.report_types.loader import read_entry, with_translations
from tap_mws_reports.report_types.report_type import ReportType
from tap_mws_reports.report_types.toml_table import Table


@cache
def read(file: str) -> ReportType:
    """Return the report type of a file.

    Raises:
        BadEntry: the entry, or a header in another language, is not valid.
    """
    known = read_entry(file, _table(file), lambda twin: _table(twin)["columns"])
    translations = _folder("localised_headers").joinpath(file)
    if not translations.is_file():
        return known
    return with_translations(
        f"localised_headers/{file}", known, tomllib.loads(translations.read_text("utf-8"))
    )


def all_files() -> list[str]:
    """Return the names of all files."""
    return list(_texts())


def files_with(name: str) -> Iterator[str]:
    """Yield the files that contain a name in quotes. This is much faster than parsing all files."""
    return (file for file, text in _texts().items() if f'"{name}"' in text)


def _table(file: str) -> Table:
    return tomllib.loads(_texts()[file])


@cache
def _texts() -> dict[str, str]:
    files = _folder("entries").iterdir()
    return {file.name: file.read_text("utf-8") for file in files if file.name.endswith(".toml")}


def _folder(name: str) -> Traversable:
    return resources.files(__package__).joinpath(name)
