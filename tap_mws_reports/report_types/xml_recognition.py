"""Which report type an XML document is of, by the paths of its elements alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tap_mws_reports.report_types.catalog import all_known
from tap_mws_reports.report_types.element_paths import is_below, path_from
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import ReportType

_ENOUGH = 0.4
"""The share of the paths inside its root that a type has to know. The root tells most already."""


def recognise_xml(paths: Iterable[str]) -> list[ReportType]:
    """Return the types whose documents have such paths; none where no type knows enough of them.

    More than one is returned where documents of several types are made alike. Only what is inside
    a type's root counts: the envelope around it is the same for many.

    Args:
        paths: of elements and attributes, below the document element.
    """
    paths = tuple(paths)
    types = [known for known in all_known() if known.format == "xml"]
    shares = {known.name: _share(known, paths) for known in types}
    best = max(shares.values(), default=0.0)
    return [known for known in types if shares[known.name] == best] if best >= _ENOUGH else []


def _share(known: ReportType, paths: Collection[str]) -> float:
    inside = (path_from(known.root, path) for path in paths if is_below(known.root, path))
    keys = frozenset(map(header_key, inside))
    met = [spec for spec in known.columns if spec.keys & keys]
    names = {spec.name for spec in met}
    if not keys or not names.issuperset(known.identity.columns):
        return 0.0
    return len(met) / len(keys)
