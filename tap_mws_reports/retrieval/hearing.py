"""Hearing of one seller's report requests by notification, instead of looking at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tap_mws_reports.api.interface import Notice
from tap_mws_reports.retrieval.looking import Looking
from tap_mws_reports.retrieval.work import Announcement, Phase, Work


class Hearing:
    """Takes notifications in; nothing is expected of them before `expect_notices` says so.

    Args:
        works: what is wanted of the seller.
        looking: draws the consequences, and looks up what a notification does not tell.
    """

    def __init__(self, works: Sequence[Work], looking: Looking) -> None:
        self._works = works
        self._looking = looking
        self._known = {work.report_request_id for work in works}
        self._expects_notices = False

    @property
    def missed(self) -> int:
        """How many reports were found ready although no notification had told so."""
        return self._looking.missed

    def expect_notices(self, *, expected: bool) -> None:
        """Look at reports only when their notifications are overdue, or all as they become due.

        Requests of earlier runs are looked at in any case: somebody may have read the notification.
        """
        self._expects_notices = expected
        if not expected:
            for work in self._works:
                work.expect_no_notification()

    def asked(self, works: Sequence[Work]) -> None:
        """A report request was made that serves these works: its end will be told, if any is."""
        for work in works:
            self._known.add(work.report_request_id)
            if self._expects_notices:
                work.expect_notification()

    def hear(self, notice: Notice, now: datetime) -> bool:
        """Take in what a notification says; return whether it speaks of a request of the seller."""
        works = [each for each in self._works if each.report_request_id == notice.report_request_id]
        for work in works:
            if work.phase is Phase.OPEN and work.announcement is not Announcement.CAME:
                self._looking.hear(work, notice, now)
        return bool(works) or notice.report_request_id in self._known
