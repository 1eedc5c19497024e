"""The facts about report types that the client needs.

The rest of the project has one name for a report type, whichever the service: streams, state and
rows stay the same when the service changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tap_mws_reports.errors import RequestRefused, SettingsError


@dataclass(frozen=True, slots=True)
class SpApiType:
    """One report type.

    ``name`` is the project's name of it, ``sp_api_name`` that of SP-API. ``personal`` says that
    its documents hold personal data and need a Restricted Data Token. A request within ``cooldown``
    of the last is cancelled.
    """

    name: str
    sp_api_name: str
    personal: bool = False
    cooldown: timedelta = timedelta(0)


class SpApiTypes:
    """The configured report types. Names of others are derived by their spelling.

    Raises:
        SettingsError: one type is configured by two names.
    """

    def __init__(self, types: Iterable[SpApiType]) -> None:
        self._by_name: dict[str, SpApiType] = {}
        for each in types:
            first = self._by_name.setdefault(each.name, each)
            if first != each:
                raise SettingsError(
                    f"{first.sp_api_name} and {each.sp_api_name} fill the same stream",
                    where="setting `reports`",
                    hint="name one of them, and run the tap once more for the other",
                )
        self._by_sp_api_name = {each.sp_api_name: each for each in self._by_name.values()}

    def named(self, name: str) -> SpApiType:
        """Return a type by the project's name."""
        return self._by_name.get(name) or SpApiType(name, name.strip("_"))

    def called(self, sp_api_name: str) -> SpApiType:
        """Return a type by SP-API's name."""
        known = self._by_sp_api_name.get(sp_api_name)
        return known or SpApiType(f"_{sp_api_name}_", sp_api_name)

    @property
    def configured(self) -> tuple[str, ...]:
        """SP-API's names of the configured types."""
        return tuple(self._by_sp_api_name)

    def queried_names(self, names: Sequence[str]) -> list[str]:
        """Return SP-API's names of types, of all that are known when none is named.

        Raises:
            RequestRefused: no type is named or known; SP-API lists nothing otherwise.
        """
        types = [self.named(name) for name in names] or list(self._by_name.values())
        if not types:
            what = "SP-API lists reports and schedules only of types that are named"
            raise RequestRefused(what, hint="name the report types in reports")
        return list(dict.fromkeys(each.sp_api_name for each in types))
