"""Read the JSON files of the command line; invalid files raise clear errors."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tap_mws_reports.config import settings, strict_json
from tap_mws_reports.errors import SettingsError, StateError

_FRESH = "give a state that this tap wrote, or start without a state"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_YAML = re.compile(r"^(---|\s*(- )?[A-Za-z_]\w*:(\s|$))", re.MULTILINE)
"""The start of a YAML document, or a key of one: in JSON a key has quotation marks."""

_CHECK_COMMAS = "check the commas and quotation marks there"
_LAST_COMMA = "remove the comma after the last entry: JSON has none there"
_NOT_JSON = tuple(
    (re.compile(form, re.MULTILINE), hint)
    for form, hint in (
        ("'", "put names and texts into double quotation marks"),
        ("[\u2018-\u201f\u00ab\u00bb]", 'replace the typographic quotation marks by `"`'),
        ("//|/[*]|#", "remove the comment: JSON has none"),
        ("None|True|False", "write `null`, `true` and `false`"),
        (
            r"(?:export )?\w+ *=|\w+\]",
            'write it as JSON, such as `{"seller_id": "A2EXAMPLESELLER"}`',
        ),
        ("[{]", "put all into one object: one pair of braces"),
        (r",\s*[]}]", _LAST_COMMA),
    )
)
"""What stands where Python's parser stops, and what to do."""

_STATE_KEYS = frozenset({"bookmarks", "currently_syncing"})
"""What a Singer state may hold at its top level."""

MELTANO_KEY = "singer_state"
"""`meltano state get` puts the state of the tap under this key."""


def read(path: str, option: str) -> dict[str, Any]:
    """Return the JSON object of a file; ``option`` is its command line option.

    Raises:
        SettingsError: the file is missing, cannot be read, or holds something else.
    """
    return parse(_content(path, option), path, option)


def read_catalog(path: str) -> dict[str, Any]:
    """Return the Singer catalog of a file; see `parse_catalog`."""
    return parse_catalog(_content(path, "--catalog"), path)


def parse_catalog(content: bytes, name: str) -> dict[str, Any]:
    """Return the Singer catalog in the content of a file.

    Raises:
        SettingsError: it is not JSON, or not a catalog: with another file every stream would be
            deselected.
    """
    catalog = parse(content, name, "--catalog")
    streams = catalog.get("streams")
    if isinstance(streams, list) and all(isinstance(each, dict) for each in streams):
        return catalog
    what = f"{name} is not a catalog: it has no list `streams`"
    if known := [key for key in catalog if key in settings.SCHEMA["properties"]]:
        what = f"{name} is a configuration, not a catalog: it has the setting `{known[0]}`"
    hint = "give what `tap-mws-reports --config config.json --discover` writes"
    raise SettingsError(what, where="--catalog", hint=hint)


def read_configs(paths: Iterable[str]) -> dict[str, Any]:
    """Return the settings of several files; if several have a setting, the last one applies.

    Raises:
        SettingsError: as `read`.
    """
    config: dict[str, Any] = {}
    for path in paths:
        config.update(read(path, "--config"))
    return config


def parse(content: bytes, name: str, option: str) -> dict[str, Any]:
    """Return the JSON object of the content of a file.

    Args:
        content: of the file; a byte order mark of UTF-8 is ignored.
        name: of the file.
        option: the command line option that names it.

    Raises:
        SettingsError: it is not JSON, or not an object.
    """
    text = _decode(content, name, option)
    try:
        value = strict_json.loads(text)
    except ValueError as error:
        raise _not_json(text, name, option, error) from error
    if not isinstance(value, dict):
        what = f"{name} holds no JSON object, but {_kind(value)}"
        raise SettingsError(what, where=option, hint='it must look like `{"name": "value", ...}`')
    return value


@dataclass(frozen=True, slots=True)
class StateFile:
    """A state, and where in its file it was found."""

    state: dict[str, Any]
    remark: str = ""
    """One sentence, if the file holds more than the state; otherwise empty."""


def read_state(path: str) -> StateFile:
    """Return the state of a file; see `parse_state`."""
    return parse_state(_content(path, "--state"), path)


def parse_state(content: bytes, name: str) -> StateFile:
    """Return the state in the content of a file.

    That is a state as a target writes it, a STATE message, whose `value` is used, or several lines
    of either, of which the last is used.

    Args:
        content: of the file.
        name: of the file.

    Raises:
        SettingsError: the file is not text, empty, or not JSON.
        StateError: it holds something else.
    """
    text = _decode(content, name, "--state")
    try:
        value = strict_json.loads(text)
    except ValueError as error:
        lines = _messages(text)
        if lines is None:
            raise _not_json(text, name, "--state", error) from error
        return _last_state(lines, name)
    if not isinstance(value, dict):
        what = f"{name} holds no JSON object, but {_kind(value)}"
        raise StateError(what, where="--state", hint=_FRESH)
    return StateFile(_checked(_unwrapped(value, name), name))


def _content(path: str, option: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:  # a name with a zero byte is a ValueError
        reason = error.strerror if isinstance(error, OSError) else None
        what = f"{path} cannot be read: {reason or error}"
        raise SettingsError(what, where=option, hint="check the path of the file") from error


def _decode(content: bytes, name: str, option: str) -> str:
    if content.startswith(_UTF_16) or _is_wide(content):
        hint = "save it as UTF-8; PowerShell: `... | Out-File -Encoding utf8 FILE`"
        raise SettingsError(f"{name} is in UTF-16", where=option, hint=hint)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"{name} is not UTF-8 text: {error}"
        raise SettingsError(what, where=option, hint="save it as UTF-8") from error
    if not text.strip():
        hint = "write the settings into it; docs/settings.md lists them"
        if option == "--state":
            hint = "leave out --state for the first run; a run that wrote no state leaves no file"
        raise SettingsError(f"{name} is empty", where=option, hint=hint)
    return text


def _is_wide(content: bytes) -> bool:
    """Whether a text has two or four bytes for each character, without a byte order mark."""
    return bool(content[:2].strip(b"\0")) and json.detect_encoding(content).startswith("utf-16")


def _not_json(text: str, name: str, option: str, error: ValueError) -> SettingsError:
    if not text.lstrip().startswith(("{", "[")) and _YAML.search(text):
        hint = 'write it as JSON, such as `{"seller_id": "A2EXAMPLESELLER"}`; YAML is for Meltano'
        return SettingsError(f"{name} is YAML, not JSON", where=option, hint=hint)
    if isinstance(error, strict_json.NotAccepted):
        return SettingsError(f"{name} {error}", where=option, hint=error.hint)
    hint = _CHECK_COMMAS if option == "--state" else _json_hint(text, error)
    return SettingsError(f"{name} is not JSON: {error}", where=option, hint=hint)


def _json_hint(text: str, error: ValueError) -> str:
    """Return what to do about settings that are not JSON, by what stands where the parser stops."""
    rest = text[error.pos :] if isinstance(error, json.JSONDecodeError) else ""
    if not rest.strip():
        return "its end is missing: a brace, a bracket or a quotation mark"
    # Before Python 3.13 the parser stops at the bracket, not at the comma before it.
    if rest.startswith(("}", "]")) and text[: len(text) - len(rest)].rstrip().endswith(","):
        return _LAST_COMMA
    return next((hint for form, hint in _NOT_JSON if form.match(rest)), _CHECK_COMMAS)


def _kind(value: object) -> str:
    names: dict[type, str] = {list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _messages(text: str) -> list[dict[str, Any]] | None:
    """Return the JSON objects of several lines, None if the text is something else."""
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        values = [strict_json.loads(line) for line in lines]
    except ValueError:
        return None
    return values if all(isinstance(value, dict) for value in values) else None


def _last_state(lines: list[dict[str, Any]], name: str) -> StateFile:
    found = [
        number
        for number, line in enumerate(lines, 1)
        if line.get("type") == "STATE" or ("type" not in line and "bookmarks" in line)
    ]
    if not found:
        what = f"{name} has {len(lines)} lines, and none of them is a state"
        raise StateError(what, where="--state", hint=_FRESH)
    last = found[-1]
    remark = f"{name} has {len(lines)} lines; the last state, in line {last}, is used"
    return StateFile(_checked(_unwrapped(lines[last - 1], name), name), remark)


def _unwrapped(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the state of a STATE message or of `meltano state get`, or else the value itself."""
    if "type" not in value:
        state = value.get(MELTANO_KEY)
        return state if isinstance(state, dict) and len(value) == 1 else value
    state = value.get("value")
    if value["type"] != "STATE" or not isinstance(state, dict):
        what = f"{name} is not a state, but a Singer message of the type {value['type']}"
        if value["type"] == "STATE":
            what = f"{name}: the `value` of the STATE message is not a JSON object"
        hint = 'give a line with `"type": "STATE"`, or the last line that the target wrote'
        raise StateError(what, where="--state", hint=hint)
    return state


def _checked(state: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a state if its top level has the right form.

    Raises:
        StateError: it is something else.
    """
    if others := sorted(state.keys() - _STATE_KEYS):
        raise _no_state(others, name)
    bookmarks = state.get("bookmarks", {})
    if not isinstance(bookmarks, dict):
        raise StateError(f"{name}: `bookmarks` is not a JSON object", where="--state", hint=_FRESH)
    for stream, bookmark in bookmarks.items():
        if not isinstance(bookmark, dict):
            what = f"{name}: the bookmark of {stream} is not a JSON object"
            raise StateError(what, where="--state", hint=_FRESH)
    return state


def _no_state(keys: list[str], name: str) -> StateError:
    """Describe a JSON object with other keys than those of a state."""
    if known := [key for key in keys if key in settings.SCHEMA["properties"]]:
        what = f"{name} is a configuration, not a state: it has the setting `{known[0]}`"
        hint = "give it to --config, and the last state that the target wrote to --state"
    else:
        what = f"{name} is not a state of this tap: it has the key `{keys[0]}`"
        hint = _FRESH
    return StateError(what, where="--state", hint=hint)
