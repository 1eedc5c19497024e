"""Problems of settings, with their fixes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One problem: the setting, what is wrong with it, and the fix."""

    setting: str
    what: str
    fix: str

    @property
    def top(self) -> str:
        """Return the name of the top-level setting."""
        return re.split(r"[.\[]", self.setting)[0]

    def __str__(self) -> str:
        """Render the problem as a line of the error message."""
        return f"{self.setting}: {self.what}; {self.fix}"


def setting_path(path: Iterable[str | int]) -> str:
    """Return the path of a setting, such as ``sellers[1].marketplace_ids``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")
