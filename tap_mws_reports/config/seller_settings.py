"""The settings of each seller, and their paths.

Settings that an entry of ``sellers`` leaves out are taken from the top level, but not those that it
sets to null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tap_mws_reports.config.problems import setting_path


@dataclass(frozen=True, slots=True)
class SellerSettings:
    """The settings of one seller.

    ``number`` is that of its entry in ``sellers``, None if there are no entries; ``entry_keys``
    are the names of the settings in the entry itself.
    """

    settings: Mapping[str, Any] = field(repr=False)
    number: int | None = None
    entry_keys: frozenset[str] = frozenset()

    def within(self, name: str) -> str:
        """Return the path of a setting within the entry of the seller."""
        return name if self.number is None else setting_path(("sellers", self.number, name))

    def place(self, name: str) -> str:
        """Return the path of the setting that applies to the seller."""
        return self.within(name) if name in self.entry_keys else name


def seller_settings(config: Mapping[str, Any]) -> list[SellerSettings]:
    """Return each entry of ``sellers`` with its defaults, or else the single seller."""
    shared = {name: value for name, value in config.items() if name != "sellers"}
    entries = config.get("sellers")
    if not entries:
        return [SellerSettings(shared)]
    # Each entry has its own seller id.
    shared.pop("seller_id", None)
    return [
        SellerSettings({**shared, **entry}, number, frozenset(entry))
        for number, entry in enumerate(entries)
    ]
