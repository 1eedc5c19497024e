"""Detects the report type of a document by its header, the paths of its elements, or its lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tap_mws_reports.report_types.catalog import all_known
from tap_mws_reports.report_types.naming import header_key, is_below, path_from
from tap_mws_reports.report_types.report_type import ReportType

_FLAT = frozenset({"tab", "csv"})

_ENOUGH = 0.8
"""The lowest share of the header that a type must know."""

_ENOUGH_OF_WHOLE = 0.4
"""The same if the header has all columns of a type: documents gain columns more than they lose."""

_WHOLE = 6
"""The fewest columns of such a type; any table may have those of a smaller one."""

_ENOUGH_OF_XML = 0.4
"""The same for the paths inside the root of a type. The root itself is already distinctive."""

_ENOUGH_WITHOUT_KEY = 0.5
"""The lowest share of the columns of a type without key columns that the header must have."""


def detect_type(header: Iterable[str]) -> list[ReportType]:
    """Return the types whose documents have such a header, the best match first.

    A type is a candidate if it knows most of the header and the header has all its key columns, or
    those that every document has, or much of the type if it has neither. The candidates that know
    the largest share of the header are returned; first those with the fewest other columns, then
    those that are not withdrawn.
    """
    keys = frozenset(map(header_key, header)) - {""}
    return _likeliest(lambda known: keys if known.format in _FLAT else frozenset(), _ENOUGH)


def detect_xml_type(paths: Iterable[str]) -> list[ReportType]:
    """Return the types whose XML documents have such paths, ordered like `detect_type`.

    Args:
        paths: of elements and attributes, below the document element. Only those inside the root of
            a type are compared; the envelope around it is the same for many types.
    """
    paths = tuple(paths)
    return _likeliest(lambda known: _keys_below_root(known, paths), _ENOUGH_OF_XML)


def detect_json_type(lists: Iterable[str], header: Iterable[str]) -> list[ReportType]:
    """Return the types whose JSON documents have such lists, several if they match equally.

    Of the types that have all the lists, those that know the most of the header are returned: some
    lists, such as ``dataByAsin``, belong to several types.

    Args:
        lists: the paths of the lists in the document.
        header: of the rows of all lists.
    """
    paths, keys = frozenset(lists), frozenset(map(header_key, header))
    met = {
        known.name: sum(1 for spec in known.joined().columns if spec.keys & keys)
        for known in all_known()
        if paths and paths <= {part.list_path for part in known.parts}
    }
    best = max(met.values(), default=0)
    return [known for known in all_known() if met.get(known.name) == best]


def _likeliest(keys_for: Callable[[ReportType], frozenset[str]], enough: float) -> list[ReportType]:
    shares = {known.name: _shares(known, keys_for(known)) for known in all_known()}
    best = max(share for share, _ in shares.values())
    found = [known for known in all_known() if shares[known.name][0] == best]
    if best < enough:
        found = [known for known in found if best >= _ENOUGH_OF_WHOLE and _is_whole(known, shares)]
    return sorted(found, key=lambda known: (-shares[known.name][1], known.withdrawn is not None))


def _is_whole(known: ReportType, shares: Mapping[str, tuple[float, float]]) -> bool:
    """Whether the header has all columns of a type, which are not few."""
    return shares[known.name][1] == 1 and len(known.columns) >= _WHOLE


def _keys_below_root(known: ReportType, paths: Iterable[str]) -> frozenset[str]:
    if known.format != "xml":
        return frozenset()
    inside = (path_from(known.root, path) for path in paths if is_below(known.root, path))
    return frozenset(map(header_key, inside))


def _shares(known: ReportType, keys: frozenset[str]) -> tuple[float, float]:
    """Return the share of the header that a type knows, and the share of the type in the header."""
    met = [spec for spec in known.columns if spec.keys & keys]
    if not met:
        return (0.0, 0.0)
    of_type = len(met) / len(known.columns)
    if not _has_key(known, {spec.name for spec in met}, of_type):
        return (0.0, 0.0)
    return len(met) / len(keys), of_type


def _has_key(known: ReportType, met: set[str], of_type: float) -> bool:
    if known.required_columns:
        return met.issuperset(known.required_columns)
    if known.identity.columns or known.root:
        return met.issuperset(known.identity.columns)
    return of_type >= _ENOUGH_WITHOUT_KEY
