"""Flat parameters of a request as values, by the tables that the client writes them by."""

from __future__ import annotations

from collections.abc import Mapping

from tap_mws_reports.api.mws.codec import wire_values
from tap_mws_reports.api.mws.codec.parameters import check_limit
from tap_mws_reports.api.mws.operations import Operation, Parameter, ParameterKind


class BadParameter(ValueError):
    """A call that Amazon would refuse, with the code it would give."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def decode_call(operation: Operation, params: Mapping[str, str]) -> dict[str, object]:
    """Turn parameters by wire name into values by name; what is absent stays absent.

    Parameters of no meaning for the operation are ignored, as Amazon ignores ``Marketplace``.
    Lists come as tuples in the order of their numbers.

    Raises:
        BadParameter: a parameter is missing, unreadable, or beyond its limit.
    """
    decoded: dict[str, object] = {}
    for parameter in operation.parameters:
        value = _decode(parameter, params)
        if value is not None:
            decoded[parameter.name] = value
        elif parameter.required:
            message = f"The request must contain the parameter {parameter.wire}."
            raise BadParameter("MissingParameter", message)
    return decoded


def _decode(parameter: Parameter, params: Mapping[str, str]) -> object:
    try:
        value = _read(parameter, params)
        if value is not None:
            check_limit(parameter, value)
    except ValueError as error:
        message = f"Invalid value for parameter {parameter.wire}: {error}."
        raise BadParameter("InvalidParameterValue", message) from error
    return value


def _read(parameter: Parameter, params: Mapping[str, str]) -> object:
    if parameter.kind is ParameterKind.LIST:
        return _read_list(parameter, params)
    text = params.get(parameter.wire)
    return wire_values.read(parameter.kind, text) if text else None


def _read_list(parameter: Parameter, params: Mapping[str, str]) -> tuple[str, ...] | None:
    prefix = f"{parameter.wire}."
    numbered = {
        wire_values.read_count(name.removeprefix(prefix)): text
        for name, text in params.items()
        if name.startswith(prefix)
    }
    return tuple(numbered[number] for number in sorted(numbered)) or None
