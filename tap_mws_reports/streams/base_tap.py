"""The command line of the tap: input files, environment variables and signals."""

from __future__ import annotations

import logging
import os
import stat
from abc import abstractmethod
from collections.abc import Mapping
from types import FrameType
from typing import IO, Any, BinaryIO, Self, TextIO, cast

import click
from singer_sdk import Tap
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.plugin_base import _ConfigInput
from singer_sdk.tap_base import CliTestOptionValue

from tap_mws_reports.config import input_files, settings, validation
from tap_mws_reports.config.sandbox_mode import make_clock
from tap_mws_reports.errors import SettingsError, TapError, printable
from tap_mws_reports.report_types.lifecycle import configured_notices
from tap_mws_reports.streams.message_writer import LineWriter
from tap_mws_reports.streams.sdk import CheckpointedTap

NAME = "tap-mws-reports"
"""The name of the tap and of its logger."""

LOG_CONFIG = "SINGER_SDK_LOG_CONFIG"
"""The environment variable that configures the log of an SDK tap
(https://sdk.meltano.com/en/latest/implementation/logging.html)."""


def is_meltano_test() -> bool:
    """Whether `meltano config test` runs the tap, which shows by a single pipe for all output.

    That command runs the tap without its own arguments, reads stdout and stderr through one
    pipe and ends the tap at the first RECORD or BATCH. No target could read such output
    (`ExtractorTestService` in
    https://github.com/meltano/meltano/blob/main/src/meltano/core/plugin_test_service.py).
    """
    if "MELTANO_PROJECT_ROOT" not in os.environ:
        return False
    out, err = os.fstat(1), os.fstat(2)
    return stat.S_ISFIFO(out.st_mode) and os.path.samestat(out, err)


def report(error: TapError) -> None:
    """Report the error that ended the run once: in the log if it is configured, else on stderr.

    Meltano configures it, and shows stderr lines as information only. `meltano config test` shows
    the last line of the output unchanged.
    """
    line = " ".join(f"error[{error.code}]: {error}".split())
    if is_meltano_test():
        click.echo(line, err=True)
    elif LOG_CONFIG in os.environ:
        facts = {"code": error.code, "where": error.where, "help": error.hint}
        facts |= {"amazon_code": error.amazon_code, "request_id": error.request_id}
        extra = {name: value for name, value in facts.items() if value}
        logging.getLogger(NAME).error("%s", line, extra=extra)
    else:
        click.echo(error.render(), err=True)


class BaseTap(CheckpointedTap):
    """A tap that validates its input files, and stops only at the end of a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the SDK has it
        super().__init__(*args, **kwargs)
        keep_records_in_one_line()

    @abstractmethod
    def check_connection(self) -> None:
        """Check the credentials with as few calls as possible."""

    @abstractmethod
    def sync_to_the_end(self) -> None:
        """Sync all streams and write the final state, also after an error."""

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        del frame
        writer = self.message_writer
        if isinstance(writer, LineWriter):
            writer.request_stop(signum)

    @classmethod
    def cb_config(
        cls,
        ctx: click.Context,
        param: click.Option,
        value: tuple[str, ...],
    ) -> _ConfigInput:
        """Merge the configuration files; ``ENV`` means the environment."""
        del ctx, param
        files = (input_files.read(path, "--config") for path in value if path != "ENV")
        merged = {name: setting for file in files for name, setting in file.items()}
        return _ConfigInput(config=merged, parse_env="ENV" in value)

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        state: IO[str] | None = None,
        catalog: IO[str] | None = None,
    ) -> None:
        """Run the tap from the command line.

        Raises:
            Incomplete: the run completed, but some reports failed.
        """
        if about and config is not None:
            _show_withdrawn_types(config.config)
        # The SDK's own `invoke` does not return the tap, whose failures are needed.
        super(Tap, cls).invoke(about=about, about_format=about_format)
        tap = cls._make(
            config or _ConfigInput(),
            state=None if state is None else cls._read_state(state),
            catalog=None if catalog is None else _catalog(catalog),
        )
        if is_meltano_test():
            tap.logger.info("stdout and stderr are one pipe, as in `meltano config test`")
            tap.check_connection()
        else:
            tap.sync_to_the_end()

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Check the connection, or with ``schema`` write the schema of every stream.

        The SDK would sync one record of each stream and so request a report of each type.
        """
        del param
        if value == CliTestOptionValue.Disabled.value:
            return
        tap = cls._make(ctx.params.get("config") or _ConfigInput())
        if value == CliTestOptionValue.Schema.value:
            tap.write_schemas()
        else:
            tap.check_connection()
        ctx.exit()

    @classmethod
    def _read_state(cls, file: IO[str]) -> dict[str, Any]:
        """Return the state of a file; say which, if the file holds several."""
        found = input_files.parse_state(_bytes(file), file.name)
        if found.remark:
            logging.getLogger(NAME).info("%s", found.remark)
        return found.state

    @classmethod
    def _make(
        cls,
        config: _ConfigInput,
        state: dict[str, Any] | None = None,
        catalog: dict[str, Any] | None = None,
    ) -> Self:
        if config.parse_env:
            validation.raise_for_problems(validation.misspelt_variables(os.environ))
        elif not config.config:
            hint = "give `--config config.json`, which `mws-reports init` writes, or `--config=ENV`"
            raise SettingsError("no settings are given", where="--config", hint=hint)
        try:
            return cls(
                config=dict(config.config),
                state=state,
                catalog=catalog,
                parse_env_config=config.parse_env,
            )
        except ValueError:
            cls._check_environment()
            raise

    @classmethod
    def _check_environment(cls) -> None:
        """Raise an error with the environment variable that the SDK could not parse, if any."""
        for name, schema in cls.config_jsonschema["properties"].items():
            try:
                parse_environment_config({"properties": {name: schema}}, cls._env_var_prefix)
            except ValueError:
                variable = f"{cls._env_var_prefix}{name.upper()}"
                what = f"{variable} does not have the right format"
                hint = (
                    f"give a list or an object as JSON; the setting: {settings.description(name)}"
                )
                raise SettingsError(what, where="the environment", hint=hint) from None


def _show_withdrawn_types(config: Mapping[str, Any]) -> None:
    """Write to stderr which of the configured types Amazon has withdrawn or no longer lists."""
    entries = config.get("reports")
    names = [
        name
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(name := entry.get("type") if isinstance(entry, dict) else entry, str)
    ]
    for notice in configured_notices(names, make_clock(config).now().date()):
        click.echo(f"{notice}.", err=True)


def _catalog(file: IO[str]) -> dict[str, Any]:
    return input_files.parse_catalog(_bytes(file), file.name)


def _bytes(file: IO[str]) -> bytes:
    """Return the content of a file that the SDK opened as text in the encoding of the machine."""
    buffer: BinaryIO = cast("TextIO", file).buffer
    return buffer.read()


class _OneLine(logging.Filter):
    """Escapes control characters and line breaks of each message."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Escape the message of a record; let every record pass."""
        message = record.getMessage()
        escaped = printable(message)
        if escaped != message:
            record.msg, record.args = escaped, ()
        return True


_ONE_LINE = _OneLine()


def keep_records_in_one_line() -> None:
    """Let every handler of the root logger write one line for each message.

    A traceback, logged at the level ``DEBUG`` and for faults of the tap, keeps its lines.
    """
    for handler in logging.getLogger().handlers:
        handler.addFilter(_ONE_LINE)
