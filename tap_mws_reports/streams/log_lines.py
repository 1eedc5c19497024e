"""Keep each log record in one line, whatever characters Amazon's texts contain."""

from __future__ import annotations

import logging

from tap_mws_reports.errors import printable


class _OneLine(logging.Filter):
    """Escapes control characters and line breaks of each message."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Escape the message of a record; let every record pass."""
        message = record.getMessage()
        escaped = printable(message)
        if escaped != message:
            record.msg, record.args = escaped, ()
        return True


_ONE_LINE = _OneLine()


def keep_records_in_one_line() -> None:
    """Let every handler of the root logger write one line for each message.

    A traceback, logged at the level ``DEBUG`` and for faults of the tap, keeps its lines.
    """
    for handler in logging.getLogger().handlers:
        handler.addFilter(_ONE_LINE)
