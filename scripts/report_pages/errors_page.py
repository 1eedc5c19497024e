"""The page about the error codes."""

from __future__ import annotations

from collections.abc import Iterator

from tap_mws_reports.cli.error_codes import ERROR_CODES, ErrorCode
from tap_mws_reports.errors import TapError, errors_by_code

_INTRODUCTION = """\
# Error codes

An error has its code, what failed, where, and what to do. `mws-reports explain TAP-201` prints
the same. The exit code is that of the error that ended the run; errors of single reports are in
its list of reasons, and the run ends with TAP-701. `make docs` writes this page.

| code | exit code | meaning | run again? |
|---|---|---|---|
"""


def errors_page() -> str:
    """Return the page about all error codes."""
    errors = errors_by_code()
    rows = [_row(each, errors[each.code]) for each in ERROR_CODES]
    return _INTRODUCTION + "".join(rows) + "\n" + "\n".join(_sections())


def _row(entry: ErrorCode, error: type[TapError]) -> str:
    again = "may succeed" if error.may_pass else "only after a change"
    anchor = entry.code.lower()
    return f"| [{entry.code}](#{anchor}) | {error.exit_code} | {entry.title} | {again} |\n"


def _sections() -> Iterator[str]:
    for each in ERROR_CODES:
        remedies = "".join(f"- {remedy}\n" for remedy in each.remedy)
        yield f"## {each.code}\n\n{each.title}. {each.meaning}\n\n{remedies}"
