"""Ends the tests' output with what was found in Amazon's own documents, where they are there."""

from __future__ import annotations

import pytest

FOUND = pytest.StashKey[list[tuple[str, ...]]]()
TITLES = ("document", "rows", "charset", "unparsed cells", "unknown columns")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FOUND] = []


@pytest.fixture
def found(pytestconfig: pytest.Config) -> list[tuple[str, ...]]:
    """The lines of the table; a test adds one for each document, its cells as in `TITLES`."""
    return pytestconfig.stash[FOUND]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.stash[FOUND]:
        return
    terminalreporter.section("documents")
    lines = [TITLES, *sorted(config.stash[FOUND])]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        terminalreporter.line("  ".join(cells).rstrip())
