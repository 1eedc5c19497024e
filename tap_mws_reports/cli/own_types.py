"""The option for a directory with the user's own report types."""

from __future__ import annotations

import argparse
from pathlib import Path

from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import BadEntry, use_directory


def add_directory_option(command: argparse.ArgumentParser) -> None:
    """Add the option to a command; `use_own_types` applies it."""
    command.add_argument(
        "--report-types-directory",
        type=Path,
        metavar="DIRECTORY",
        help="TOML files with report types and columns of your own",
    )


def use_own_types(given: argparse.Namespace) -> None:
    """Use the entries of the directory, or the released ones alone if none is given.

    Raises:
        SettingsError: an entry is not valid; with file and key.
    """
    try:
        use_directory(given.report_types_directory)
    except BadEntry as error:
        raise SettingsError(
            str(error), where="--report-types-directory", hint="correct the entry"
        ) from error
