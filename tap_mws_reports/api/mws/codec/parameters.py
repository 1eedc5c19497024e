"""A call's values as flat parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tap_mws_reports import errors
from tap_mws_reports.api.mws.codec import wire_values
from tap_mws_reports.api.mws.operations import Operation, Parameter, ParameterKind


def encode_parameters(operation: Operation, given: Mapping[str, object]) -> dict[str, str]:
    """Turn values by name into parameters by wire name; None is left out.

    The parameters that every call has (``Action``, ``Version``, who asks) are not among them.

    Raises:
        RequestRefused: a value is missing, unknown, of another kind, or beyond its limit.
    """
    known = {parameter.name for parameter in operation.parameters}
    unknown = sorted(given.keys() - known)
    if unknown:
        what = f"{operation.name} has no parameter named {', '.join(unknown)}"
        raise errors.RequestRefused(what, hint=f"see {operation.page}")
    encoded: dict[str, str] = {}
    for parameter in operation.parameters:
        try:
            encoded |= _encode(parameter, given.get(parameter.name))
        except ValueError as error:
            what = f"{operation.name}: {parameter.name}: {error}"
            raise errors.RequestRefused(what, hint=f"see {operation.page}") from error
    return encoded


def _encode(parameter: Parameter, value: object) -> dict[str, str]:
    if value is None or (parameter.kind is ParameterKind.LIST and not value):
        if parameter.required:
            message = "is required"
            raise ValueError(message)
        return {}
    if parameter.kind is ParameterKind.LIST:
        return _encode_list(parameter, value)
    text = wire_values.write(parameter.kind, value)
    if parameter.required and not text:
        message = "is required"
        raise ValueError(message)
    check_limit(parameter, value)
    return {parameter.wire: text}


def _encode_list(parameter: Parameter, value: object) -> dict[str, str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        message = f"{value!r} is not a list"
        raise ValueError(message)  # noqa: TRY004 - as for every other value that does not fit
    check_limit(parameter, value)
    texts = [wire_values.write(ParameterKind.TEXT, member) for member in value]
    return {f"{parameter.wire}.{number}": text for number, text in enumerate(texts, start=1)}


def check_limit(parameter: Parameter, value: object) -> None:
    """Raise ValueError where a COUNT or the length of a LIST is beyond its limit."""
    if parameter.kind is ParameterKind.COUNT and isinstance(value, int):
        if value < 1 or (parameter.limit is not None and value > parameter.limit):
            message = f"{value} is not between 1 and {parameter.limit}"
            raise ValueError(message)
    elif (
        parameter.limit is not None
        and isinstance(value, Sequence)
        and parameter.kind is ParameterKind.LIST
        and len(value) > parameter.limit
    ):
        message = f"{len(value)} values, at most {parameter.limit} are allowed"
        raise ValueError(message)
