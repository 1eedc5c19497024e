"""The zone names that Amazon writes after a time, as offsets from UTC.

They are not in every zone database, and some mean different offsets in different marketplaces.
"""

from __future__ import annotations

_OFFSETS = {
    "UTC": "+00:00",
    "GMT": "+00:00",
    "Z": "+00:00",
    "WET": "+00:00",
    "WEST": "+01:00",
    "BST": "+01:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "MEZ": "+01:00",
    "MESZ": "+02:00",
    "MET": "+01:00",
    "MEST": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
    "SAST": "+02:00",
    "TRT": "+03:00",
    "GST": "+04:00",
    "SGT": "+08:00",
    "JST": "+09:00",
    "AEST": "+10:00",
    "AEDT": "+11:00",
    "BRT": "-03:00",
    "BRST": "-02:00",
    "EST": "-05:00",
    "EDT": "-04:00",
    "CDT": "-05:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
}
# Names with several meanings have one only in the marketplaces of these zones.
_LOCAL_OFFSETS = {
    ("IST", "Asia/Kolkata"): "+05:30",
    ("CST", "Asia/Shanghai"): "+08:00",
    ("AST", "Asia/Riyadh"): "+03:00",
    ("EST", "Australia/Sydney"): "+10:00",
    ("EDT", "Australia/Sydney"): "+11:00",
}


def offset(name: str, time_zone: str) -> str:
    """Return the offset of a zone name as ``+HH:MM``.

    Args:
        name: what stands after the time, such as ``PDT``.
        time_zone: the marketplace's IANA zone, which decides about ambiguous names.

    Raises:
        ValueError: the name is not known, or ambiguous in this marketplace.
    """
    name = name.upper()
    found = _LOCAL_OFFSETS.get((name, time_zone)) or _OFFSETS.get(name)
    if found is None:
        raise ValueError(name)
    return found
