"""Every error of the project, in one tree, grouped by what the caller does next.

TapError
├── Stop              nothing more can be done in this run
│   ├── SettingsError         exit 2: change the settings
│   ├── CredentialsError      exit 3: Amazon does not accept who is asking
│   ├── StateError            exit 2: the state cannot be used with these settings
│   └── HostUnreachable       exit 1: no answer from the host after every retry
├── Retry             the same call may succeed when it is repeated soon
│   ├── ConnectionBroken      the answer did not arrive, or not whole
│   ├── QueueUnavailable      the queue of notifications cannot be read
│   ├── ServiceUnavailable    HTTP 500 or 503 without a word about quotas
│   └── DocumentDamaged       the document is not the one Amazon's Content-MD5 speaks of
├── Wait              the quota is used up; `retry_after` says for how long
│   └── Throttled
├── SkipWindow        this report cannot be retrieved now, the others can
│   ├── RequestRefused        Amazon answered 4xx
│   ├── SellerLost            its seller cannot be asked any more, the others can
│   ├── ReportCancelled       the report request ended without a document
│   ├── ReportStuck           the report request was not finished in time
│   ├── ErrorDocument         an error message was delivered in place of a report
│   ├── UnreadableDocument    the document has a form that cannot be read as rows
│   ├── DocumentNotKept       a file such as a PDF cannot be written to `documents_directory`
│   ├── NewColumns            a document has new columns and `new_columns` is `fail`
│   └── RowsLost              lines in the document and rows out do not add up
├── LoadFailed        the destination did not take the rows; they are loaded by the next run
└── Incomplete        the run went on to its end, but not everything could be had
"""

from __future__ import annotations


class TapError(Exception):
    """What happened, where, and what to do about it.

    Args:
        what: one sentence that says what happened.
        where: seller, report type, window or request id, where known.
        hint: what the reader can do, naming the setting where there is one.
        amazon_code: the error code in Amazon's answer, such as ``AccessDenied``.
        request_id: Amazon's id of the failed call, wanted by its support.
    """

    code = "TAP-000"
    exit_code = 1

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
        self.what = what
        self.where = where
        self.hint = hint
        self.amazon_code = amazon_code
        self.request_id = request_id

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


class StateError(Stop):
    """The state belongs to another seller, or has a form that is not known."""

    code = "TAP-102"
    exit_code = 2


class CredentialsError(Stop):
    """Amazon does not accept who is asking, or how the call is signed."""

    code = "TAP-201"
    exit_code = 3


class HostUnreachable(Stop):
    """The host did not answer, however often it was asked."""

    code = "TAP-301"


class Retry(TapError):
    """The same call may succeed when it is repeated soon."""


class ConnectionBroken(Retry):
    """The answer did not arrive, or did not arrive whole."""

    code = "TAP-302"


class ServiceUnavailable(Retry):
    """Amazon answered 500 or 503 without a word about quotas."""

    code = "TAP-303"


class QueueUnavailable(Retry):
    """The queue of notifications cannot be read; reports can be polled instead."""

    code = "TAP-305"


class DocumentDamaged(Retry):
    """The document is shorter than announced, or its MD5 is another one."""

    code = "TAP-304"


class Wait(TapError):
    """The quota of an operation is used up."""


class Throttled(Wait):
    """Amazon answered RequestThrottled or QuotaExceeded.

    Args:
        what: one sentence that says what happened.
        retry_after: seconds until Amazon says a call is allowed, or None when it did not say.
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

    may_still_come = False
    """Whether Amazon may still be working on it."""

    records_failure = True
    """Whether the state records it, so that later runs retry."""


class RequestRefused(SkipWindow):
    """Amazon refused the call (HTTP 4xx); repeating it would change nothing."""

    code = "TAP-501"


class SellerLost(SkipWindow):
    """Of several sellers this one cannot be asked any more; a run for it alone would have ended.

    The state of the seller stays as it is: what is wrong is no window's fault, and windows that
    were cut while it lasted would only be many and short.
    """

    code = "TAP-202"
    records_failure = False


class ReportCancelled(SkipWindow):
    """The report request ended without a document, and not because there was no data."""

    code = "TAP-502"


class ReportStuck(SkipWindow):
    """The report request was not finished within the time allowed."""

    code = "TAP-503"
    may_still_come = True


class ErrorDocument(SkipWindow):
    """An error message was delivered in place of a report."""

    code = "TAP-601"


class UnreadableDocument(SkipWindow):
    """The document has a form that cannot be read as rows."""

    code = "TAP-602"


class NewColumns(SkipWindow):
    """A document has columns that are not in the schema, and the user wants to know first."""

    code = "TAP-604"


class RowsLost(SkipWindow):
    """The lines of a document and the rows made of it do not add up."""

    code = "TAP-603"


class DocumentNotKept(SkipWindow):
    """A document that is a file cannot be written to where it is to be kept."""

    code = "TAP-605"


class Incomplete(TapError):
    """The run went on to its end, but some windows or streams failed; the state is good."""

    code = "TAP-701"


class TargetGone(TapError):
    """Whoever read the messages is gone; what it had not yet stored comes again."""

    code = "TAP-702"


class LoadFailed(TapError):
    """The destination did not take a load package; no bookmark has moved because of it."""

    code = "TAP-703"
