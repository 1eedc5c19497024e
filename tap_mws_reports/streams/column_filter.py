"""Exclude columns of a stream by the setting `exclude_columns`."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from singer_sdk.singerlib import SelectionMask


class ColumnFilter:
    """Finds the excluded columns of one stream, including columns that are not known yet.

    Args:
        patterns: glob patterns of column names, or of ``stream.column``.
        stream: the name of the stream.
    """

    def __init__(self, patterns: Iterable[str], stream: str) -> None:
        split = [pattern.rpartition(".") for pattern in patterns]
        self._globs = [
            column for of_stream, _, column in split if fnmatchcase(stream, of_stream or "*")
        ]
        self.excludes = cache(self._excludes)

    def _excludes(self, column: str) -> bool:
        return any(fnmatchcase(column, glob) for glob in self._globs)

    def without_excluded(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a JSON schema of records without the excluded columns."""
        properties = schema["properties"].items()
        kept = {name: each for name, each in properties if not self.excludes(name)}
        return {**schema, "properties": kept}


class FilteredMask(SelectionMask):
    """A selection in which excluded columns are never selected, whatever the catalog says.

    Columns that the catalog does not contain are selected like their stream, unless excluded.
    """

    def __init__(self, mask: SelectionMask, column_filter: ColumnFilter) -> None:
        super().__init__(mask)
        self._excludes = column_filter.excludes
        self.update({path: False for path in mask if self._is_excluded(path)})

    def __missing__(self, breadcrumb: tuple[str, ...]) -> bool:
        """Return whether a column that the catalog does not contain is selected."""
        return not self._is_excluded(breadcrumb) and super().__missing__(breadcrumb)

    def _is_excluded(self, breadcrumb: tuple[str, ...]) -> bool:
        return len(breadcrumb) > 1 and self._excludes(breadcrumb[1])
