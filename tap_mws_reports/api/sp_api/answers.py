"""Amazon's JSON as values, by the types of `operations`."""

from __future__ import annotations

import msgspec

from tap_mws_reports.api.sp_api.operations import Operation
from tap_mws_reports.api.sp_api.response_models import ResponseModel
from tap_mws_reports.errors import ConnectionBroken


def decode(operation: Operation, body: bytes) -> ResponseModel | None:
    """Return the answer as the type of the operation; None where its body is empty.

    Raises:
        ConnectionBroken: the body is no such answer, or not all of it.
    """
    if operation.answer is None:
        return None
    try:
        return msgspec.json.decode(body, type=operation.answer)
    except (ValueError, RecursionError) as error:
        what = f"{operation.name}: the answer is not what Amazon's model says: {error}"
        raise ConnectionBroken(what) from error
