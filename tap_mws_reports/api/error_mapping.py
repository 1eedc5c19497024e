"""The mapping from Amazon's errors to the project's."""

from __future__ import annotations

from typing import NamedTuple

from tap_mws_reports import errors


class ErrorMapping(NamedTuple):
    """The class of the error to raise, and its hint."""

    kind: type[errors.TapError]
    hint: str

    def error(
        self,
        what: str,
        *,
        where: str = "",
        amazon_code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> errors.TapError:
        """Return the error to raise. A `Throttled` has neither place nor hint."""
        if issubclass(self.kind, errors.Throttled):
            return errors.Throttled(
                what, retry_after=retry_after, amazon_code=amazon_code, request_id=request_id
            )
        return self.kind(
            what, where=where, hint=self.hint, amazon_code=amazon_code, request_id=request_id
        )
