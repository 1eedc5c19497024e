from __future__ import annotations

import pytest

from tap_mws_reports.sandbox.faults import (
    BY_OPTION,
    FAULT_TABLE,
    WITHOUT_END,
    Fault,
    FaultKind,
    Faults,
    option_name,
)


@pytest.mark.rows("kind", FaultKind, ids=lambda kind: kind.value)
def test_every_kind_has_a_row(kind: FaultKind) -> None:
    facts = FAULT_TABLE[kind]
    assert facts.effect
    assert set(facts.services) <= {"mws", "sp_api"}
    assert BY_OPTION[option_name(kind)] is kind
    assert "_" not in option_name(kind)


def test_a_rate_is_respected_and_reproducible() -> None:
    def strikes(seed: int) -> list[bool]:
        fault = Fault(FaultKind.RESET, rate=0.25, times=WITHOUT_END)
        faults = Faults([fault], seed)
        return [faults.strikes(FaultKind.RESET, "any") for _ in range(2_000)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 400 < sum(strikes(1)) < 600


def test_removing_a_kind_does_not_change_the_others() -> None:
    def strikes(*kinds: FaultKind) -> list[bool]:
        faults = Faults([Fault(each, rate=0.5, times=WITHOUT_END) for each in kinds])
        found = []
        for _ in range(100):
            faults.strikes(FaultKind.STALL, "any")
            found.append(faults.strikes(FaultKind.RESET, "any"))
        return found

    assert strikes(FaultKind.RESET) == strikes(FaultKind.STALL, FaultKind.RESET)


def test_faults_are_counted() -> None:
    faults = Faults([Fault(FaultKind.RESET, times=2)])
    for _ in range(5):
        faults.strikes(FaultKind.RESET, "any")
    assert faults.struck == {FaultKind.RESET: 2}
