"""What a refusal of Amazon's means to the project."""

from __future__ import annotations

from typing import NamedTuple

from tap_mws_reports import errors


class Meaning(NamedTuple):
    """What to raise, and what the reader can do."""

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
        """Return the error to raise. A used-up quota is no fault, and has no place and no hint."""
        if issubclass(self.kind, errors.Throttled):
            return errors.Throttled(
                what, retry_after=retry_after, amazon_code=amazon_code, request_id=request_id
            )
        return self.kind(
            what, where=where, hint=self.hint, amazon_code=amazon_code, request_id=request_id
        )
