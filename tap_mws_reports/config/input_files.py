"""Read the JSON files of the command line; invalid files raise clear errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tap_mws_reports.errors import SettingsError, StateError

_FRESH = "give a state that this tap wrote, or start without a state"


def read(path: str, option: str) -> dict[str, Any]:
    """Return the JSON object of a file; ``option`` is its command line option.

    Raises:
        SettingsError: the file is not there, not readable, or holds something else.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingsError(f"{path} cannot be read: {reason}", where=option) from error
    return parse(text, path, option)


def parse(text: str, name: str, option: str) -> dict[str, Any]:
    """Return the JSON object of a text; ``name`` is its source.

    Raises:
        SettingsError: the text is not JSON, or no object.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise SettingsError(f"{name} is not JSON: {error}", where=option) from error
    if not isinstance(value, dict):
        raise SettingsError(f"{name} holds no JSON object", where=option)
    return value


def check_state(state: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a state if its top level has the right format.

    Raises:
        StateError: it is something else.
    """
    bookmarks = state.get("bookmarks", {})
    if not isinstance(bookmarks, dict):
        raise StateError(f"{name}: `bookmarks` is no JSON object", where="--state", hint=_FRESH)
    for stream, bookmark in bookmarks.items():
        if not isinstance(bookmark, dict):
            what = f"{name}: the bookmark of {stream} is no JSON object"
            raise StateError(what, where="--state", hint=_FRESH)
    return state
