"""Query a DuckDB database and print the rows as JSON; run by the Python that has DuckDB."""

from __future__ import annotations

import json
import sys

import duckdb

with duckdb.connect(sys.argv[1], read_only=True) as connection:
    rows = connection.execute(sys.argv[2]).fetchall()
json.dump(rows, sys.stdout, default=str)
