"""Which tables of a destination have no rows.

Rows of an empty table have nothing to be merged with. Appending them spares the destination the
copy in dlt's staging dataset and the comparison of keys, about half of the work of a first load.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import dlt
from dlt.destinations.job_client_impl import SqlJobClientBase

_NOT_FAILED: Sequence[Any] = ("new_jobs", "started_jobs", "completed_jobs")


def empty_tables(pipeline: dlt.Pipeline, names: Iterable[str]) -> set[str]:
    """Return the tables that do not exist in the destination, or have no rows there.

    Returns no table for a destination that does not speak SQL.

    Args:
        pipeline: synchronized with its destination.
        names: of tables, as in dlt's schema.
    """
    names = list(names)
    if not names:
        return set()
    with pipeline.destination_client() as client:
        if not isinstance(client, SqlJobClientBase):
            return set()
        existing = {name: bool(columns) for name, columns in client.get_storage_tables(names)}
        return {name for name in names if not existing[name] or not _rows(client, name)}


def repeats_rows(pipeline: dlt.Pipeline, load_id: str) -> bool:
    """Whether a package would append rows to a table that is not empty any more.

    It is so if the package was loaded in part, or another machine has loaded since.
    """
    schema = pipeline.default_schema
    names = schema.data_table_names(include_incomplete=True)
    jobs = pipeline.get_load_package_info(load_id).jobs
    loaded = {job.job_file_info.table_name for state in _NOT_FAILED for job in jobs[state]}
    appended = {
        name
        for name in loaded.intersection(names)
        if schema.get_table(name)["write_disposition"] == "append"
    }
    return appended != empty_tables(pipeline, appended)


def _rows(client: SqlJobClientBase, name: str) -> int:
    table = client.sql_client.make_qualified_table_name(name)
    found = client.sql_client.execute_sql(f"SELECT count(*) FROM {table}")  # noqa: S608
    return int(found[0][0]) if found else 0
