"""A tap's way from the command line: its files, the environment, a stop that is asked for."""

from __future__ import annotations

from abc import abstractmethod
from types import FrameType
from typing import IO, Any

import click
from singer_sdk import Tap
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.plugin_base import _ConfigInput

from tap_mws_reports import input_files, settings
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.streams.writer import LineWriter


class CommandLineTap(Tap):
    """A tap whose files are checked before they are used, and whose stop cuts no line."""

    @abstractmethod
    def sync_to_the_end(self) -> None:
        """Sync all streams and write the last state, whatever happens on the way."""

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        del frame
        writer = self.message_writer
        if isinstance(writer, LineWriter):
            writer.ask_to_stop(signum)

    @classmethod
    def cb_config(
        cls,
        ctx: click.Context,
        param: click.Option,
        value: tuple[str, ...],
    ) -> _ConfigInput:
        """Merge the configuration files; ``ENV`` among them stands for the environment."""
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
            Incomplete: the run went on to its end, but not everything could be had.
        """
        # The SDK's own `invoke` makes the tap and drops it; here its failures are needed after.
        super(Tap, cls).invoke(about=about, about_format=about_format)
        config = config or _ConfigInput()
        try:
            tap = cls(
                config=dict(config.config),
                state=None if state is None else _state(state),
                catalog=None if catalog is None else _parsed(catalog, "--catalog"),
                parse_env_config=config.parse_env,
            )
        except ValueError:
            cls._check_environment()
            raise
        tap.sync_to_the_end()

    @classmethod
    def _check_environment(cls) -> None:
        """Say which variable of the environment the SDK could not read, if it was one."""
        for name, schema in cls.config_jsonschema["properties"].items():
            try:
                parse_environment_config({"properties": {name: schema}}, cls._env_var_prefix)
            except ValueError:
                variable = f"{cls._env_var_prefix}{name.upper()}"
                what = f"{variable} does not have the right form"
                hint = (
                    f"a list or an object is given as JSON; it means: {settings.description(name)}"
                )
                raise SettingsError(what, where="the environment", hint=hint) from None


def _parsed(file: IO[str], option: str) -> dict[str, Any]:
    return input_files.parse(file.read(), file.name, option)


def _state(file: IO[str]) -> dict[str, Any]:
    return input_files.check_state(_parsed(file, "--state"), file.name)
