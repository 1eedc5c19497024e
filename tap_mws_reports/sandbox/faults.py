"""Injected faults; each strikes a given number of times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class FaultKind(Enum):
    """The kind of a fault; the comment says its subject and its effect."""

    NO_DATA = "no_data"  # a report type: there is nothing to report
    CANCELLED = "cancelled"  # a report type: Amazon gives it up, without a reason; in SP-API FATAL
    STUCK = "stuck"  # a report type: the request stays in progress for ever
    ERROR_SENTENCE = "error_sentence"  # a report type: the document is a sentence
    HTML = "html"  # a report type: the document is a page
    CORRUPT_MD5 = "corrupt_md5"  # a report type: the body is not what its MD5 says
    SHORT_BODY = "short_body"  # a report type: the body ends early
    UNFRAMED = "unframed"  # a report type: the body comes without its length
    CUT_UNFRAMED = "cut_unframed"  # a report type: the same, and without MD5, and it ends early
    FLIPPED = "flipped"  # a report type: bytes within the body differ; its length is right
    FATAL = "fatal"  # a report type: it fails, and the document says why
    THROTTLE = "throttle"  # an operation, in SP-API or a report type: quota left, but no answer
    HTTP_500 = "http_500"  # an operation: 500 InternalError
    # Of SP-API alone:
    HTTP_503 = "http_503"  # an operation: 503 ServiceUnavailable
    ACCESS_ENDED = "access_ended"  # an operation: the access token has ended before its time
    ACCESS_REVOKED = "access_revoked"  # a seller: it no longer lets the application in
    ROLE_MISSING = "role_missing"  # a report type: the application may not ask for it
    REDIRECT = "redirect"  # an operation or a report type's document: an answer sends elsewhere
    URL_ENDED = "url_ended"  # a report type: a document's address has ended before its time
    GZIP_UNTOLD = "gzip_untold"  # a report type: compressed, and nothing says so
    GZIP_UNTRUE = "gzip_untrue"  # a report type: said to be compressed, but plain


@dataclass(slots=True)
class Fault:
    """One fault.

    ``subject`` is a report type or an operation; None stands for any. Of a report type ``start``
    narrows it to the window that begins then.
    """

    kind: FaultKind
    subject: str | None = None
    times: int = 1
    start: datetime | None = None

    def concerns(self, kind: FaultKind, subject: str, start: datetime | None) -> bool:
        """Whether the fault applies and has not been used up."""
        is_its_kind = self.kind is kind and self.subject in {None, subject}
        return is_its_kind and self.start in {None, start} and self.times > 0


class Faults:
    """The faults that are left."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Let these faults come from now on instead of those still to come."""
        self._faults[:] = faults

    def strikes(self, kind: FaultKind, subject: str, start: datetime | None = None) -> bool:
        """Whether a fault strikes now; it is counted as having struck."""
        for fault in self._faults:
            if fault.concerns(kind, subject, start):
                fault.times -= 1
                return True
        return False
