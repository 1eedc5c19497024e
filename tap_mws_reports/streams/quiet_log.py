"""The log while a terminal shows the progress: warnings alone, and above what is shown."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def quiet_log(terminal: TextIO) -> Iterator[None]:
    """Turn the log lines that would go to a terminal to ``sys.stderr`` as it is now.

    What the progress shows is not said as well, unless the log is to tell everything (``DEBUG``).
    Files and other places that the log goes to get every line.
    """
    root = logging.getLogger()
    handlers = [each for each in root.handlers if getattr(each, "stream", None) is terminal]
    before = [(handler, handler.level) for handler in handlers]
    for handler in handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)
        if root.level > logging.DEBUG:
            handler.setLevel(max(handler.level, logging.WARNING))
    try:
        yield
    finally:
        for handler, level in before:
            handler.setLevel(level)
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(terminal)
