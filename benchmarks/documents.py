"""How `mws-reports read` reads the documents in directories: whole, typed, with warnings.

`python -m benchmarks.documents DIRECTORY ...` prints a table, and one JSON object as its last line.
A document is *whole* if every line below its header is a row. It is *typed* if its report type is
known, and *wholly typed* if all of its columns are. What is *said* is what the summary says beyond
type, charset, formats and columns.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tap_mws_reports.cli.detection import ANY_TYPE, open_detected
from tap_mws_reports.cli.read_summary import ReadSummary
from tap_mws_reports.documents import decompressed
from tap_mws_reports.errors import TapError

_EXPECTED = {"preamble", "header-repeat"}
"""Reasons of rejected lines that are not rows."""

_LONGEST = 60  # characters of an error

_ORDINARY = {"type", "charset", "formats", "columns", "new", "missing", "lines", "cells"}
"""Facts that every summary has."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a document; ``error`` is empty if it was read."""

    name: str
    type: str = ""
    rows: int = 0
    known: int = 0
    columns: int = 0
    refused: int = 0
    invalid: int = 0
    remarks: tuple[str, ...] = ()
    error: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every line below the header is a row."""
        return not self.error and not self.refused

    @property
    def is_typed(self) -> bool:
        """Whether the report type is known."""
        return bool(self.type)

    @property
    def is_wholly_typed(self) -> bool:
        """Whether all columns are known, too."""
        return self.is_typed and self.known == self.columns


def examine(path: Path) -> Outcome:
    """Read a document as `mws-reports read` does without options."""
    try:
        with decompressed(path) as readable:
            return _read(path.name, readable)
    except TapError as error:
        return Outcome(path.name, error=error.what)


def _read(name: str, path: Path) -> Outcome:
    found = open_detected(path, ANY_TYPE)
    table = found.table
    summary = ReadSummary(table, found.why, found.remarks)
    invalid = 0
    for block in table.blocks(reject=summary.reject):
        summary.look_at(block)
        invalid += sum(len(json.loads(str(row["_unparsed"] or "{}"))) for row in block.rows())
    text = summary.render(found.marketplace, found.whose, None)
    facts = [line[:8].strip() for line in text.splitlines() if line[:8].strip()]
    refusals = table.counts.rejections
    refused = {reason: number for reason, number in refusals.items() if reason not in _EXPECTED}
    remarks = [fact for fact in dict.fromkeys(facts) if fact not in _ORDINARY]
    if "would read" in text or "in the code page of neither" in text:
        remarks.append("charset")
    if invalid:
        remarks.append("cells")
    return Outcome(
        name,
        "" if table.report_type is ANY_TYPE else table.report_type.name,
        table.counts.rows,
        sum(column.known for column in table.columns),
        len(table.columns),
        sum(refused.values()),
        invalid,
        (*remarks, *sorted(refused)),
    )


def table_of(outcomes: Iterable[Outcome]) -> str:
    """Return the outcomes as a table in Markdown."""
    lines = [
        "| document | rows | whole | type | known columns | said |",
        "|---|---|---|---|---|---|",
    ]
    for each in outcomes:
        whole = "refused" if each.error else "yes" if each.is_whole else f"{each.refused} refused"
        columns = f"{each.known} of {each.columns}" if each.columns else ""
        remarks = each.error[:_LONGEST] or ", ".join(each.remarks)
        name, type_ = f"`{each.name}`", f"`{each.type}`" if each.type else ""
        lines.append(f"| {name} | {each.rows} | {whole} | {type_} | {columns} | {remarks} |")
    return "\n".join(lines)


def totals_of(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return the numbers of documents."""
    return {
        "documents": len(outcomes),
        "whole": sum(each.is_whole for each in outcomes),
        "typed": sum(each.is_typed for each in outcomes),
        "wholly_typed": sum(each.is_wholly_typed for each in outcomes),
        "warned": sum(bool(each.remarks or each.error) for each in outcomes),
        "errors": sum(bool(each.error) for each in outcomes),
    }


def documents_in(directory: Path) -> list[Path]:
    """Return the documents in a directory, by name."""
    return sorted(
        each
        for each in directory.iterdir()
        if each.is_file() and each.suffix not in {".md", ".toml"}
    )


def main() -> None:
    """Examine and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.documents", description=__doc__)
    parser.add_argument("directories", nargs="+", type=Path)
    given = parser.parse_args()
    outcomes = [examine(path) for folder in given.directories for path in documents_in(folder)]
    print(table_of(outcomes))
    print(json.dumps(totals_of(outcomes)))


if __name__ == "__main__":
    main()
