"""Which operation a request is for."""

from __future__ import annotations

import re
from functools import cache

from tap_mws_reports.api.sp_api.operations import (
    NOTIFICATIONS,
    OPERATIONS,
    REPORTS,
    TOKENS,
    Operation,
)
from tap_mws_reports.sandbox.http import Request
from tap_mws_reports.sandbox.sp_api.refusals import Refusal, not_found

REGION_OF_HOST = {
    "sellingpartnerapi-na.amazon.com": "NA",
    "sellingpartnerapi-eu.amazon.com": "EU",
    "sellingpartnerapi-fe.amazon.com": "FE",
}
_SECTIONS = tuple(f"{section}/" for section in (REPORTS, TOKENS, NOTIFICATIONS))
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def is_call(request: Request) -> bool:
    """Whether a request is for SP-API, by its path or its host."""
    return request.path.startswith(_SECTIONS) or request.host in REGION_OF_HOST


def find(request: Request) -> tuple[Operation, dict[str, str]]:
    """Return the operation and the parameters in its path.

    Raises:
        Refusal: there is none at the path, or none by the method.
    """
    at_path = [(each, found) for each in OPERATIONS.values() if (found := _match(each, request))]
    if not at_path:
        raise not_found(f"There is nothing at {request.path}")
    for operation, found in at_path:
        if operation.method == request.method:
            return operation, found.groupdict()
    message = f"{request.method} is not a method of this resource"
    allowed = ", ".join(operation.method for operation, _ in at_path)
    raise Refusal(405, "MethodNotAllowed", message, headers={"Allow": allowed})


def _match(operation: Operation, request: Request) -> re.Match[str] | None:
    return _pattern(operation.path).fullmatch(request.path)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", re.escape(path)))
