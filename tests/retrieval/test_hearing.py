"""What notifications change in the works of a seller; what they lead to is seen in whole runs."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tap_mws_reports.api.interface import Notice, ProcessingStatus
from tap_mws_reports.retrieval.hearing import Hearing
from tap_mws_reports.retrieval.work import Announcement, Phase

DONE = Notice("1", ProcessingStatus.DONE, "A1", "11")
NONE, EXPECTED, CAME = Announcement


@dataclass
class Looking:
    """Notes of which works it hears."""

    missed: int = 0
    heard: list = field(default_factory=list)

    def hear(self, work, notice, now) -> None:
        self.heard.append(work)


@pytest.fixture
def looking() -> Looking:
    return Looking()


@pytest.mark.parametrize(
    ("phase", "announcement", "heard"),
    [
        (Phase.OPEN, NONE, 1),
        (Phase.OPEN, EXPECTED, 1),
        (Phase.OPEN, CAME, 0),
        (Phase.READY, EXPECTED, 0),
        (Phase.FETCHED, NONE, 0),
        (Phase.EMPTY, NONE, 0),
    ],
)
def test_a_request_is_heard_of_once(make_work, now, looking, phase, announcement, heard) -> None:
    work = make_work(submitted=60)
    work.phase, work.announcement = phase, announcement
    assert Hearing([work], looking).hear(DONE, now)
    assert len(looking.heard) == heard


def test_all_works_that_a_report_serves_hear_of_it(make_work, now, looking) -> None:
    works = [make_work(submitted=60), make_work(submitted=60), make_work()]
    assert Hearing(works, looking).hear(DONE, now)
    assert looking.heard == works[:2]


def test_the_request_of_somebody_else_is_not_taken_in(make_work, now, looking) -> None:
    assert not Hearing([make_work()], looking).hear(DONE, now)


def test_a_request_that_came_to_nothing_is_still_known(make_work, now, looking) -> None:
    """Its notification is this program's to delete, though nobody waits for it any more."""
    work = make_work()
    hearing = Hearing([work], looking)
    work.opened("1", now, now, adopted=False)
    hearing.asked([work])
    work.ask_again()
    assert hearing.hear(DONE, now)
    assert not looking.heard


def test_only_requests_made_while_notices_are_expected_wait_for_them(
    make_work, now, looking
) -> None:
    earlier, work, last = make_work(submitted=60), make_work(), make_work()
    hearing = Hearing([earlier, work, last], looking)
    for each, expected in ((work, True), (last, False)):
        hearing.expect_notices(expected=expected)
        each.opened("2", now, now, adopted=False)
        hearing.asked([each])
        if expected:
            assert [earlier.announcement, work.announcement] == [NONE, EXPECTED]
    assert [each.announcement for each in (earlier, work, last)] == [NONE] * 3
