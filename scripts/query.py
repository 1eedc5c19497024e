"""Query a DuckDB database: prints a table on a terminal, else the rows as JSON.

Run by the Python that has DuckDB.
"""

from __future__ import annotations

import json
import sys

import duckdb

with duckdb.connect(sys.argv[1], read_only=True) as connection:
    if sys.stdout.isatty():
        connection.sql(sys.argv[2]).show()
    else:
        json.dump(connection.execute(sys.argv[2]).fetchall(), sys.stdout, default=str)
