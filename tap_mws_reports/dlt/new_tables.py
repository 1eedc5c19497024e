"""Which tables a destination does not have yet.

The first rows of a table need no merge. Appending them saves the destination the copy in dlt's
staging dataset and the comparison of keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import dlt
from dlt.destinations.job_client_impl import SqlJobClientBase

_NOT_COMPLETED: Sequence[Any] = ("new_jobs", "started_jobs")


def new_tables(pipeline: dlt.Pipeline, names: Iterable[str]) -> set[str]:
    """Return the tables that the destination lacks; none if it does not speak SQL.

    Args:
        pipeline: where to look.
        names: of tables, as in dlt's schema.
    """
    with pipeline.destination_client() as client:
        if not isinstance(client, SqlJobClientBase):
            return set()
        return {name for name, columns in client.get_storage_tables(names) if not columns}


def repeats_rows(pipeline: dlt.Pipeline, load_id: str) -> bool:
    """Whether a package would append rows to a table that is no longer empty.

    That happens if a job failed after it had copied its rows, or another machine has loaded since.
    Completed jobs are not run again.
    """
    schema = pipeline.default_schema
    names = schema.data_table_names(include_incomplete=True)
    jobs = pipeline.get_load_package_info(load_id).jobs
    left = {job.job_file_info.table_name for state in _NOT_COMPLETED for job in jobs[state]}
    appended = {
        name
        for name in left.intersection(names)
        if schema.get_table(name)["write_disposition"] == "append"
    }
    if not appended:
        return False
    with pipeline.destination_client() as client:
        if not isinstance(client, SqlJobClientBase):
            return False
        tables = client.get_storage_tables(appended)
        return any(_has_rows(client, name) for name, columns in tables if columns)


def _has_rows(client: SqlJobClientBase, name: str) -> bool:
    table = client.sql_client.make_qualified_table_name(name)
    found = client.sql_client.execute_sql(f"SELECT count(*) FROM {table}")  # noqa: S608
    return bool(found and found[0][0])
