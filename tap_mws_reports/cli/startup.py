"""Imports and the end of a process without garbage collections.

Modules live as long as the process. Python's collector would still traverse all their objects
several times while they are imported, and once more when the process ends.
"""

from __future__ import annotations

import gc
import importlib
import sys
from types import ModuleType


def import_quickly(name: str) -> ModuleType:
    """Import a module without collections, and exempt what exists afterwards from later ones.

    Raises:
        ImportError: the module, or one that it imports, is not installed.
    """
    if name in sys.modules:
        return importlib.import_module(name)
    enabled = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def end_quickly() -> None:
    """Exempt all objects from the collections at the end of the process.

    Only for a process that is about to end: cycles that are garbage now are never freed.
    """
    gc.freeze()
