"""What each error code means, and what to do about it: the one table of all codes.

`mws-reports explain` and docs/errors.md are made from it. `tests/cli/test_error_codes.py`
holds it to the classes in `errors`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tap_mws_reports.errors import TapError


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One error code."""

    code: str
    title: str
    meaning: str
    """What happened, and what it concerns."""
    remedy: tuple[str, ...]
    """What to do, the most likely first."""


ERROR_CODES: tuple[ErrorCode, ...] = (
    ErrorCode(
        "TAP-000",
        "Unexpected error",
        "The tap failed in a way that it does not know. The state that was written is valid.",
        ("Run again with `TAP_MWS_REPORTS_LOGLEVEL=DEBUG`, and report the traceback.",),
    ),
    ErrorCode(
        "TAP-101",
        "Settings are missing or wrong",
        "The configuration, a file or an option of the command line cannot be used. No call was "
        "made. All problems are listed at once.",
        (
            "Correct what the message names; docs/settings.md describes every setting.",
            "`mws-reports plan --config config.json` checks the settings without any call.",
        ),
    ),
    ErrorCode(
        "TAP-102",
        "The state cannot be used",
        "The state is of another seller or tap, has a date in the future, or is not a state. "
        "A run without it would request everything again, so none is started.",
        (
            "Give the last line that the target wrote: `tail -n 1 state.jsonl > state.json`.",
            "Leave out --state to start from `start_date`.",
            "If the date is in the future, correct the clock of the machine.",
        ),
    ),
    ErrorCode(
        "TAP-201",
        "Amazon does not accept the credentials of a seller",
        "Amazon rejects the refresh token, the keys or the signature of a seller. With several "
        "sellers the others continue.",
        (
            "Compare seller id, refresh token and region: each region has its own token.",
            "Let the seller authorise the application again, and set the new `refresh_token`.",
            "Check the clock of the machine: signatures and tokens expire within minutes.",
        ),
    ),
    ErrorCode(
        "TAP-202",
        "A seller is left out of the run",
        "Every call for one of several sellers fails. Its state is unchanged.",
        ("Read the reason behind the code; it is that of a run for this seller alone.",),
    ),
    ErrorCode(
        "TAP-203",
        "Amazon does not accept the application",
        "Client id and secret are refused for every seller of the application: they are mistyped, "
        "or the secret has expired (after 180 days).",
        (
            "Rotate the secret in the Developer Console and set `lwa_client_secret`.",
            "Compare `lwa_client_id`: it begins with `amzn1.application-oa2-client.`.",
        ),
    ),
    ErrorCode(
        "TAP-301",
        "The host did not respond",
        "No connection to Amazon, or to `endpoint_url`, after all retries.",
        (
            "Check network, proxy and firewall: the message names the host.",
            "If `endpoint_url` is set, is its server running?",
        ),
    ),
    ErrorCode(
        "TAP-302",
        "A response did not arrive",
        "The connection broke, or the response is incomplete. The call is repeated.",
        ("Nothing, unless it happens often: then check proxy and network.",),
    ),
    ErrorCode(
        "TAP-303",
        "Amazon is not available",
        "HTTP 500 or 503, not caused by a quota. The call is repeated.",
        ("Run again later.",),
    ),
    ErrorCode(
        "TAP-304",
        "A document is damaged",
        "It is shorter than announced, or its MD5 differs. It is downloaded again.",
        ("Nothing, unless it happens often: then look for a proxy that changes responses.",),
    ),
    ErrorCode(
        "TAP-305",
        "The notification queue cannot be read",
        "Reports are polled instead; no row is lost.",
        (
            "Check the AWS credentials and the permission `sqs:ReceiveMessage`.",
            "Compare `notification_queue_url` with the queue, also its region.",
        ),
    ),
    ErrorCode(
        "TAP-306",
        "A temporary file cannot be written",
        "Documents are downloaded into a temporary folder before they are read; it is full, "
        "missing or not writable. Earlier rows are written and the state is valid.",
        (
            "Free space, or set `TMPDIR` to a folder with room for the largest documents.",
            "Check that the user of the tap may write there.",
        ),
    ),
    ErrorCode(
        "TAP-401",
        "A quota is used up",
        "Amazon refused a call for its quota, or a report type has its own limit. The run "
        "waits, or leaves the reports to the next run.",
        (
            "Nothing: `mws-reports plan` shows when a run ends by its quotas.",
            "Programs of one application share its quotas; `application_share` divides them.",
        ),
    ),
    ErrorCode(
        "TAP-501",
        "Amazon refused a request",
        "HTTP 4xx for one report. The same request would be refused again.",
        (
            "Read Amazon's message: usually dates, options or marketplaces are not allowed.",
            "`mws-reports types NAME` shows what the report type takes.",
        ),
    ),
    ErrorCode(
        "TAP-502",
        "Amazon cancelled a report",
        "The report request ended without a document, although not for lack of data.",
        ("Run again: it is requested once more, for `retry_failed_days`.",),
    ),
    ErrorCode(
        "TAP-503",
        "A report was not finished in time",
        "Amazon worked on it for longer than `max_wait`. It is left to the next run, which looks "
        "for the same request first.",
        ("Run again later.", "Raise `max_wait` if the type is always slow."),
    ),
    ErrorCode(
        "TAP-504",
        "Amazon refuses a report type",
        "The application, or the seller, may not have this report type. The other types continue.",
        (
            "Add the role that the type needs; `mws-reports types NAME` names it if known.",
            "Then let the seller authorise the application again: older tokens lack the role.",
            "Or remove the type from `reports`.",
        ),
    ),
    ErrorCode(
        "TAP-601",
        "A document is an error message",
        "Amazon delivered an error text in place of a report.",
        ("Read the text; Amazon often repeats what was wrong in the request.",),
    ),
    ErrorCode(
        "TAP-602",
        "A document cannot be read as rows",
        "The tap cannot read its format.",
        (
            "Read it with `mws-reports read FILE`, and report what it says.",
            "If it is not a table, such as a PDF, it is kept in `documents_directory`.",
        ),
    ),
    ErrorCode(
        "TAP-603",
        "Lines and rows of a document do not add up",
        "A row would be lost, so none of the document is written.",
        ("Report it with the counts of the message.",),
    ),
    ErrorCode(
        "TAP-604",
        "A document has new columns",
        "`new_columns` is `fail`, and Amazon added columns.",
        ("Set `new_columns` to `add` or `ignore`.",),
    ),
    ErrorCode(
        "TAP-605",
        "A document cannot be kept",
        "A file such as a PDF cannot be written to `documents_directory`.",
        ("Check that the directory exists, is writable, and has space.",),
    ),
    ErrorCode(
        "TAP-606",
        "The host of a document did not deliver it",
        "It, or a proxy, refused the addresses that Amazon gave, or redirected, which is not "
        "followed. The report is ready: the next run downloads it without a new request.",
        (
            "Check the machine's clock and the proxy between it and the host.",
            "Run again.",
        ),
    ),
    ErrorCode(
        "TAP-701",
        "The run is incomplete",
        "Some reports failed. All other rows are written, and the state is valid.",
        ("Read the listed reasons; the next run retries those that may pass.",),
    ),
    ErrorCode(
        "TAP-702",
        "The target ended",
        "It stopped reading before the tap was done, or the output is a file on a full disk.",
        ("Look for its error above; the next run repeats the rows that it had not stored.",),
    ),
    ErrorCode(
        "TAP-703",
        "The destination rejected the rows",
        "It rejected a load package. No bookmark has moved because of it.",
        ("Read the destination's message; the next run loads the rows again.",),
    ),
)
"""Every code, in the order of the numbers."""


def find_code(text: str) -> ErrorCode | None:
    """Return the entry of a code, such as ``TAP-201``, ``tap201`` or ``201``."""
    digits = "".join(filter(str.isdigit, text))
    return next((each for each in ERROR_CODES if each.code == f"TAP-{digits}"), None)


def describe_code(entry: ErrorCode, error: type[TapError]) -> str:
    """Return an entry as text for a terminal, with the facts of its error class."""
    remedies = "\n".join(f"  - {each}" for each in entry.remedy)
    again = "may succeed" if error.may_pass else "fails in the same way until something is changed"
    return (
        f"{entry.code}: {entry.title} (exit code {error.exit_code})\n\n{entry.meaning}\n\n"
        f"What to do:\n{remedies}\n\nRunning again {again}."
    )
