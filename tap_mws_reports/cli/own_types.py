"""The option for a directory with the user's own report types."""

from __future__ import annotations

from pathlib import Path

import click

from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import BadEntry, use_directory

directory_option = click.option(
    "--report-types-directory",
    "types_directory",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="TOML files with report types and columns of your own.",
)
"""Adds the option to a command; `use_own_types` applies it."""


def use_own_types(directory: Path | None) -> None:
    """Use the entries of the directory, or the released ones alone if none is given.

    Raises:
        SettingsError: an entry is not valid; with file and key.
    """
    try:
        use_directory(directory)
    except BadEntry as error:
        raise SettingsError(
            str(error), where="--report-types-directory", hint="correct the entry"
        ) from error
