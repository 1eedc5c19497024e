"""`mws-reports explain`: explain an error code."""

from __future__ import annotations

import click

from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.error_codes import ERROR_CODES, describe_code, find_code
from tap_mws_reports.errors import SettingsError, errors_by_code


@declare("explain", "mws-reports explain TAP-201", "mws-reports explain")
@click.argument("code", required=False)
def command(code: str | None) -> int:
    """Explain an error CODE, such as TAP-201: what happened and what to do.

    Without CODE, all of them are listed.
    """
    errors = errors_by_code()
    if code is None:
        for each in ERROR_CODES:
            click.echo(f"{each.code}  exit {errors[each.code].exit_code}  {each.title}")
        return 0
    entry = find_code(code)
    if entry is None:
        what = f"there is no error code `{code}`"
        raise SettingsError(what, where="mws-reports explain", hint="without a code it lists all")
    click.echo(describe_code(entry, errors[entry.code]))
    return 0
