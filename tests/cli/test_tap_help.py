"""Help and version of the tap are those that the SDK's command prints, without its import."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from tap_mws_reports.cli import tap_help
from tap_mws_reports.tap import TapMwsReports

SHOW = """
import sys
from tap_mws_reports.__main__ import main
sys.argv[1:] = {arguments}
assert main() == 0
assert "singer_sdk" not in sys.modules
"""


def test_the_sdk_has_the_same_help(capsys) -> None:
    assert tap_help.show(["--help"])
    command = tap_help.describe(TapMwsReports.cli)
    message = command.get_help(click.Context(command, info_name=tap_help.NAME))
    # The command's name in the first line is that of the program that runs, here of pytest.
    assert (
        capsys.readouterr().out.partition("[OPTIONS]")[2].strip()
        == message.partition("[OPTIONS]")[2].strip()
    )


def test_the_sdk_has_the_same_version(capsys) -> None:
    assert tap_help.show(["--version"])
    quick = capsys.readouterr().out
    TapMwsReports.print_version()
    assert quick == capsys.readouterr().out
    assert TapMwsReports.name == tap_help.NAME


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_sdk_is_not_imported(option) -> None:
    code = SHOW.format(arguments=[option])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [[], ["--about"], ["--config", "c.json", "--help"]])
def test_everything_else_is_left_to_the_sdk(arguments) -> None:
    assert not tap_help.show(arguments)
