"""Describe what is wrong with values that the JSON schema of the settings rejects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import jsonschema

from tap_mws_reports.config import settings
from tap_mws_reports.config.problems import ConfigProblem, setting_path
from tap_mws_reports.errors import closest, did_you_mean

_Error: TypeAlias = Any
"""A `jsonschema.ValidationError`, whose attributes jsonschema declares as possibly unset."""

_EXAMPLES: Mapping[str, object] = {
    "marketplace_ids": ["US"],
    "reports": ["GET_MERCHANT_LISTINGS_ALL_DATA"],
    "sellers": [{"seller_id": "A2EXAMPLESELLER"}],
    "exclude_columns": ["buyer*"],
    "start_date": "2026-01-31",
    "end_date": "2026-01-31",
    "type": "GET_MERCHANT_LISTINGS_ALL_DATA",
    "options": {"reportPeriod": "WEEK"},
    "columns": {"price": "decimal"},
    "window_days": 7,
    "lookback_days": 3,
    "max_open": 50,
    "application_share": "1/4",
    "seller_id": "A2EXAMPLESELLER",
    "notification_queue_url": "https://sqs.us-east-1.amazonaws.com/123456789012/reports",
    "endpoint_url": "http://127.0.0.1:8080",
}
"""Of settings whose example is neither their default nor an allowed value."""

_TYPES = {
    "string": "a text",
    "array": "a list",
    "object": "an object",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True}
_BOOLEANS |= {"false": False, "no": False, "off": False, "0": False}
_WRONG = "the value does not have the right format"


def schema_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Yield a problem for each value that the schema rejects. No secret is repeated."""
    validator = jsonschema.Draft7Validator(settings.SCHEMA)
    seen: set[str] = set()
    for error in sorted(validator.iter_errors(dict(config)), key=_order):
        inner = _innermost(error)
        path = [*inner.absolute_path]
        # A value of another type is none of the allowed ones either: it is reported once.
        if setting_path(path) in seen:
            continue
        seen.add(setting_path(path))
        shown = not _is_secret(path)
        what = f"{_WRONG}: {_reason(inner, shown=shown)}"
        yield ConfigProblem(setting_path(path), what, _fix(path, inner))


def _order(error: _Error) -> tuple[list[str], bool]:
    """Order errors by their place; of one place that which names the allowed values is first."""
    return [str(part) for part in error.absolute_path], error.validator != "enum"


def _innermost(error: _Error) -> _Error:
    """Return the error within the form of an entry that the user most likely meant."""
    if not error.context:
        return error
    meant = "object" if isinstance(error.instance, dict) else "string"
    fitting = [
        each
        for each in error.context
        if error.validator_value[each.schema_path[0]].get("type") == meant
    ]
    return fitting[0] if fitting else error


def _reason(error: _Error, *, shown: bool) -> str:
    value, allowed = error.instance, error.validator_value
    given = json.dumps(value, ensure_ascii=False) if shown else "the value"
    if error.validator == "enum":
        return f"{given} is none of {', '.join(f'`{each}`' for each in allowed)}"
    if error.validator == "minimum":
        return f"{given} is less than {allowed}"
    if error.validator == "maximum":
        return f"{given} is more than {allowed}"
    if error.validator == "required":
        return f"`{next(name for name in allowed if name not in value)}` is missing"
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        name = next(name for name in value if name not in known)
        return "; ".join(filter(None, (f"there is no `{name}`", did_you_mean(name, known))))
    return f"{given} is not {_expected(allowed)}"


def _expected(types: str | Sequence[str] | object) -> str:
    names = [types] if isinstance(types, str) else types
    if not isinstance(names, list):
        return "a text or an object"
    return " or ".join(_TYPES[name] for name in names if name in _TYPES)


def _fix(path: Sequence[str | int], error: _Error) -> str:
    names = [part for part in path if isinstance(part, str)]
    name = next(name for name in reversed(names) if name in _EXAMPLES or _property(name))
    example = _EXAMPLES.get(name, _property(name).get("default"))
    if (meant := _meant(error)) is not None:
        example = meant
    if error.validator in {"additionalProperties", "required"} and name == "reports":
        example = [{"type": _EXAMPLES["type"]}]
    if error.validator == "enum":
        allowed = error.validator_value
        example = closest(str(error.instance), allowed) or allowed[0]
    meaning = settings.description(name)
    if example is None:
        return f"the setting: {meaning}"
    return f"write it as in `{json.dumps({name: example})}`"


def _meant(error: _Error) -> bool | int | None:
    """Return what a text in the place of a number or a boolean says, None if nothing does."""
    if error.validator != "type" or not isinstance(error.instance, str):
        return None
    text, wanted = error.instance.strip().lower(), error.validator_value
    if "boolean" in wanted:
        return _BOOLEANS.get(text)
    return int(text) if "integer" in wanted and text.isdecimal() else None


def _property(name: str) -> Mapping[str, Any]:
    known: Mapping[str, Any] = settings.SCHEMA["properties"].get(name, {})
    return known


def _is_secret(path: Sequence[str | int]) -> bool:
    properties = settings.SCHEMA["properties"]
    return bool(path) and bool(properties.get(str(path[0]), {}).get("secret"))
