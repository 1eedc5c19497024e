"""All errors of the project, grouped by how the caller handles them, and their "did you mean".

TapError
├── Stop              nothing more can be done in this run
│   ├── SettingsError         exit 2: change the settings
│   ├── CredentialsError      exit 3: Amazon does not accept the credentials
│   │   └── ApplicationRefused    exit 3: Amazon does not accept the application itself
│   ├── StateError            exit 2: the state cannot be used with these settings
│   ├── HostUnreachable       exit 1: the host did not respond after all retries
│   └── TemporaryFileError    exit 1: a temporary file cannot be written
├── Retry             the same call may succeed if it is repeated soon
│   ├── ConnectionBroken      no response, or an incomplete one
│   ├── QueueUnavailable      the queue of notifications cannot be read
│   ├── ServiceUnavailable    HTTP 500 or 503, not caused by a quota
│   └── DocumentDamaged       MD5 does not match Content-MD5
├── Wait              the quota is used up; `retry_after` says for how long
│   └── Throttled
├── SkipWindow        this report cannot be retrieved now; others can
│   ├── RequestRefused        Amazon answered 4xx
│   │   └── ReportTypeRefused     Amazon refuses all windows of this type
│   ├── SellerLost            all calls for its seller fail; other sellers continue
│   ├── ReportCancelled       the report request ended without a document
│   ├── ReportStuck           the report request was not finished in time
│   ├── ErrorDocument         the document is an error message instead of a report
│   ├── DocumentUnreachable   the document's host does not deliver it; the report is ready
│   ├── UnreadableDocument    the format of the document cannot be read as rows
│   ├── DocumentNotKept       a file such as a PDF cannot be written to `documents_directory`
│   ├── NewColumns            a document has new columns and `new_columns` is `fail`
│   └── RowsLost              the lines and rows of the document do not add up
├── LoadFailed        the destination rejected the rows; the next run loads them
└── Incomplete        the run completed, but some reports failed
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import ClassVar, Literal

Scope = Literal["run", "application", "seller", "report type", "window"]
"""What an error concerns; everything else continues."""

INTERRUPTED = 130
"""The exit code of a run that a signal stopped."""

STOPPED = "Stopped; the last STATE is valid. Run again to continue."
"""The message at the end of such a run. Before its first STATE, the given state is the last one."""

# Control characters except the tab, the separators of lines and paragraphs, and the characters that
# change the direction of text (https://unicode.org/reports/tr9/#Explicit_Directional_Embeddings).
_UNPRINTABLE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_ITEM = "\n  - "
"""The only line break of an error: before an item of a list."""


def printable(text: str) -> str:
    """Return a text in one line, with an escape for each character that controls a terminal.

    Amazon's messages, ids and column names may contain any character, and must not look like a
    line of the log.
    """
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class TapError(Exception):
    """An error with its cause, its location and a remedy.

    Args:
        what: one sentence that describes the error.
        where: seller, report type, window or request id, where known.
        hint: what the user can do, with the name of the setting if there is one.
        amazon_code: the error code in Amazon's response, such as ``AccessDenied``.
        request_id: Amazon's id of the failed call, needed by its support.
    """

    code = "TAP-000"
    exit_code = 1
    scope: ClassVar[Scope] = "run"
    may_pass: ClassVar[bool] = True
    """Whether the same run may succeed later, without a change."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        amazon_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(what)
        self.what = _ITEM.join(map(printable, what.split(_ITEM)))
        self.where = printable(where)
        self.hint = printable(hint)
        self.amazon_code = printable(amazon_code)
        self.request_id = printable(request_id)

    @property
    def cause(self) -> tuple[str, ...]:
        """What failures with the same cause have in common: all but the id of the failed call."""
        return (self.code, self.what, self.where, self.hint)

    def __str__(self) -> str:
        """Render the error in one line, for logs and for the state's list of failed windows."""
        parts = [self.what]
        if self.where:
            parts.append(f"where: {self.where}")
        if self.hint:
            parts.append(f"help: {self.hint}")
        if self.request_id:
            parts.append(f"request id: {self.request_id}")
        return "; ".join(parts)

    def render(self) -> str:
        """Render the error as the block that ends a failed run on stderr."""
        lines = [f"error[{self.code}]: {self.what}"]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.hint:
            lines.append(f"   help: {self.hint}")
        if self.request_id:
            lines.append(f"request id: {self.request_id}")
        return "\n".join(lines)


class Stop(TapError):
    """Nothing more can be done in this run."""


class SettingsError(Stop):
    """One or more settings are missing or wrong."""

    code = "TAP-101"
    exit_code = 2
    may_pass = False


class StateError(Stop):
    """The state belongs to another seller, or has an unknown format."""

    code = "TAP-102"
    exit_code = 2
    may_pass = False


class CredentialsError(Stop):
    """Amazon does not accept the credentials or the signature of the call."""

    code = "TAP-201"
    exit_code = 3
    scope: ClassVar[Scope] = "seller"
    may_pass = False


class ApplicationRefused(CredentialsError):
    """Amazon does not accept the application's id and secret, for any seller."""

    code = "TAP-203"
    scope: ClassVar[Scope] = "application"


class HostUnreachable(Stop):
    """The host did not respond after all retries."""

    code = "TAP-301"


class TemporaryFileError(Stop):
    """A temporary file cannot be written, such as a document on a full disk."""

    code = "TAP-306"


class Retry(TapError):
    """The same call may succeed if it is repeated soon."""


class ConnectionBroken(Retry):
    """The response did not arrive, or is incomplete."""

    code = "TAP-302"


class ServiceUnavailable(Retry):
    """Amazon returned 500 or 503, not caused by a quota."""

    code = "TAP-303"


class QueueUnavailable(Retry):
    """The queue of notifications cannot be read; reports are polled instead."""

    code = "TAP-305"


class DocumentDamaged(Retry):
    """The document is shorter than announced, or its MD5 does not match Content-MD5."""

    code = "TAP-304"


class Wait(TapError):
    """The quota of an operation is used up."""


class Throttled(Wait):
    """Amazon returned RequestThrottled or QuotaExceeded.

    Args:
        what: one sentence that describes the error.
        retry_after: seconds until the next call is allowed, or None if unknown.
        amazon_code: ``RequestThrottled`` or ``QuotaExceeded``.
        request_id: Amazon's id of the failed call.
    """

    code = "TAP-401"

    def __init__(
        self,
        what: str,
        *,
        retry_after: float | None = None,
        amazon_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(what, amazon_code=amazon_code, request_id=request_id)
        self.retry_after = retry_after


class SkipWindow(TapError):
    """This report cannot be retrieved now; the others can."""

    scope: ClassVar[Scope] = "window"

    may_still_come = False
    """Whether the report request may still serve: then the next run polls it first."""

    records_failure = True
    """Whether the state records it, so that later runs retry."""


class RequestRefused(SkipWindow):
    """Amazon refused the call (HTTP 4xx); a retry would not succeed."""

    code = "TAP-501"
    may_pass = False


class ReportTypeRefused(RequestRefused):
    """Amazon refuses a report type in some marketplaces, whatever the window.

    The seller's other types continue. The windows of this one fail without further calls, and the
    next run tries again.
    """

    code = "TAP-504"
    scope: ClassVar[Scope] = "report type"


class SellerLost(SkipWindow):
    """All calls for one of several sellers fail; a run for this seller alone would have ended.

    The state of the seller is unchanged: the failure does not concern single windows.
    """

    code = "TAP-202"
    scope: ClassVar[Scope] = "seller"
    records_failure = False


class ReportCancelled(SkipWindow):
    """The report request ended without a document, although not for lack of data."""

    code = "TAP-502"


class ReportStuck(SkipWindow):
    """The report request was not finished within the time allowed."""

    code = "TAP-503"
    may_still_come = True


class ErrorDocument(SkipWindow):
    """The document is an error message instead of a report."""

    code = "TAP-601"


class DocumentUnreachable(SkipWindow):
    """The document's host, or a proxy, refuses to deliver it; the report itself is ready."""

    code = "TAP-606"
    may_still_come = True


class UnreadableDocument(SkipWindow):
    """The format of the document cannot be read as rows."""

    code = "TAP-602"
    may_pass = False


class NewColumns(SkipWindow):
    """A document has columns that are not in the schema, and `new_columns` is `fail`."""

    code = "TAP-604"
    may_pass = False


class RowsLost(SkipWindow):
    """The lines and rows of a document do not add up."""

    code = "TAP-603"
    may_pass = False


class DocumentNotKept(SkipWindow):
    """A document that is a file cannot be written to `documents_directory`."""

    code = "TAP-605"
    may_pass = False


class Incomplete(TapError):
    """The run completed, but some windows or streams failed; the state is valid."""

    code = "TAP-701"


class TargetGone(TapError):
    """The target ended; the next run repeats the rows that it had not stored."""

    code = "TAP-702"


class LoadFailed(TapError):
    """The destination rejected a load package; no bookmark has moved because of it."""

    code = "TAP-703"


def errors_by_code() -> dict[str, type[TapError]]:
    """Return the class of every error code; of several, the base class."""
    found: dict[str, type[TapError]] = {}
    kinds: list[type[TapError]] = [TapError]
    while kinds:
        kind = kinds.pop()
        found.setdefault(kind.code, kind)
        kinds += kind.__subclasses__()
    return found


_SIMILAR = 0.75
"""The lowest ratio of `difflib` for similar names: two swapped letters out of four have it."""


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most similar, in any case; None if no name is similar."""
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=_SIMILAR)
    return by_lower[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question that names the most similar name, or an empty text."""
    likely = closest(name, known)
    return f"did you mean `{likely}`?" if likely else ""
