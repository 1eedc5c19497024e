"""The commands: help, examples, completion, and what a listing imports."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import click
import pytest

from tap_mws_reports.cli import group, main
from tap_mws_reports.cli.commands import COMMANDS

# What takes long to import; a listing needs none of it.
SLOW = ("singer_sdk", "requests", "lxml", "pendulum", "jsonschema", "tap_mws_reports.report_types")


def found(name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_purpose_and_examples(name, capsys) -> None:
    assert main([name, "--help"]) == 0
    message = capsys.readouterr().out
    assert "Examples:" in message
    assert f"mws-reports {name}" in message.split("Examples:")[1]
    assert found(name).short_help == COMMANDS[name][1]
    assert found(name).name == name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name) -> None:
    command = found(name)
    parts = command.commands.values() if isinstance(command, click.Group) else ()
    params = [param for each in (command, *parts) for param in each.params]
    options = [each for each in params if isinstance(each, click.Option)]
    assert not [each.name for each in options if not each.help]


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_the_commands(arguments, capsys) -> None:
    assert main(arguments) == 0
    message = " ".join(capsys.readouterr().out.split())
    for name, (_, purpose) in COMMANDS.items():
        assert f"{name} {purpose}" in message


def test_the_version_is_that_of_the_package(capsys) -> None:
    assert main(["--version"]) == 0
    assert importlib.metadata.version("tap-mws-reports") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plna"], "No such command 'plna'. Did you mean 'plan'?"),
        (["fly"], "No such command 'fly'."),
        (["types", "--catgory", "x"], "No such option '--catgory'. Did you mean '--category'?"),
        (["plan"], "Missing option '--config'."),
        (["read"], "Missing argument 'FILE'."),
    ],
)
def test_a_misspelt_command_gets_a_suggestion(arguments, message, capsys) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.rstrip().endswith(message)
    assert not captured.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion_script(shell, capsys) -> None:
    assert main(["completion", shell]) == 0
    assert "_MWS_REPORTS_COMPLETE" in capsys.readouterr().out


def test_a_shell_completes_commands_and_options() -> None:
    program = "import sys; from tap_mws_reports.cli import main; sys.exit(main())"
    for words, expected in (("mws-reports pl", "plan"), ("mws-reports types --cat", "--category")):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={
                "_MWS_REPORTS_COMPLETE": "bash_complete",
                "COMP_WORDS": words,
                "COMP_CWORD": str(len(words.split()) - 1),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert f"plain,{expected}" in done.stdout


def test_help_imports_no_slow_modules() -> None:
    program = (
        "import sys; from tap_mws_reports.cli import main; main(['--help']); "
        f"print(*[name for name in {SLOW} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not done.stderr.strip()
