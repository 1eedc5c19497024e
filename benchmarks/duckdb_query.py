"""Queries a DuckDB file with the DuckDB of another environment, such as that of a target."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).parents[1] / "scripts" / "query.py"


def ask(
    python: Path, database: Path, sql: str, *, parse_float: Callable[[str], Any] = float
) -> list[list[Any]]:
    """Return the rows of a query.

    Args:
        python: of the environment that has DuckDB.
        database: the file.
        sql: the query.
        parse_float: reads numbers with a fraction.

    Raises:
        CalledProcessError: the query failed.
    """
    command = [python, _PROGRAM, database, sql]
    answer = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    rows: list[list[Any]] = json.loads(answer.stdout, parse_float=parse_float)
    return rows
