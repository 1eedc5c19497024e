"""What is wrong with a setting, said so that it can be put right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing that is wrong: which setting, what is wrong with it, and the fix."""

    setting: str
    what: str
    fix: str

    @property
    def top(self) -> str:
        """Return the setting's name without what lies within it."""
        return re.split(r"[.\[]", self.setting)[0]

    def __str__(self) -> str:
        """Render the problem as a line of the error message."""
        return f"{self.setting}: {self.what}; {self.fix}"


def setting_path(path: Iterable[str | int]) -> str:
    """Return where in the settings something stands, such as ``sellers[1].marketplace_ids``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")
