"""The file of rejected lines of a document."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO


class RejectedLinesFile:
    """Writes rejected lines to a temporary file that only the user can read.

    The file is created for the first line; ``path`` is None until then. It is not removed.

    Args:
        report_id: the report id, used in the file name.
    """

    def __init__(self, report_id: str) -> None:
        self._report_id = report_id
        self._file: TextIO | None = None
        self.path: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, number: int, reason: str, cells: list[str]) -> None:
        """Write a line: its number in the document, the reason for its rejection, and its cells."""
        file = self._file = self._file or self._open()
        line = {"line": number, "reason": reason, "cells": cells}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _open(self) -> TextIO:
        prefix = f"tap-mws-reports-{self._report_id}-rejected-"
        descriptor, name = tempfile.mkstemp(prefix=prefix, suffix=".jsonl")
        self.path = Path(name)
        return open(descriptor, "w", encoding="utf-8")  # noqa: PTH123 - it is open already
