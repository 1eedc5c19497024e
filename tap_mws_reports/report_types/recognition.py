"""Which report type a document is of, by its header, and by the lists inside if it is JSON."""

from __future__ import annotations

from collections.abc import Iterable

from tap_mws_reports.report_types.catalog import all_known
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import ReportType

_ENOUGH = 0.8
"""The share of a header's columns that a type has to know."""


def recognise(header: Iterable[str]) -> list[ReportType]:
    """Return the types whose documents have such a header, the likeliest first.

    More than one is returned where documents of several types have the same columns. A type counts
    when it knows most of the columns and the header has all that tell its rows apart; of those,
    the ones that know the most of the header and have the fewest columns beside it are returned.
    """
    keys = frozenset(map(header_key, header))
    scores = {known.name: _score(known, keys) for known in all_known()}
    best = max(scores.values())
    if best < (_ENOUGH,):
        return []
    return [known for known in all_known() if scores[known.name] == best]


def recognise_json(lists: Iterable[str], header: Iterable[str]) -> list[ReportType]:
    """Return the types whose documents hold such lists, more than one where they are alike.

    Of the types that have all lists, those are returned that know the most of the header: some
    lists, such as ``dataByAsin``, are of several types.

    Args:
        lists: the paths of the lists in a document.
        header: of the rows of all of them.
    """
    paths, keys = frozenset(lists), frozenset(map(header_key, header))
    met = {
        known.name: sum(1 for spec in known.joined().columns if spec.keys & keys)
        for known in all_known()
        if paths and paths <= {part.list_path for part in known.streams if part.list_path}
    }
    best = max(met.values(), default=0)
    return [known for known in all_known() if met.get(known.name) == best]


def _score(known: ReportType, keys: frozenset[str]) -> tuple[float, ...]:
    """Return the share of the header that a type knows, and of the type that the header has."""
    if not keys or not _has_identity(known, keys):
        return (0.0,)
    met = [spec for spec in known.columns if spec.keys & keys]
    return len(met) / len(keys), len(met) / len(known.columns)


def _has_identity(known: ReportType, keys: frozenset[str]) -> bool:
    specs = {spec.name: spec for spec in known.columns}
    return all(specs[name].keys & keys for name in known.identity.columns)
