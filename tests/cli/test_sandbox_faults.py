"""`mws-reports sandbox --fault` and `mws-reports sandbox trigger`."""

from __future__ import annotations

import json

import click
import pytest

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.cli import main
from tap_mws_reports.cli.serve import FaultParameter
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import WITHOUT_END, Fault, FaultKind


def parsed(text: str) -> Fault:
    return FaultParameter().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "kind", "rate"),
    [
        ("throttle=0.1", FaultKind.THROTTLE, 0.1),
        ("lost-answer=0.05", FaultKind.LOST_ANSWER, 0.05),
        ("throttle=1", FaultKind.THROTTLE, 1.0),
    ],
)
def test_faults_have_names_and_rates(text, kind, rate) -> None:
    assert parsed(text) == Fault(kind, times=WITHOUT_END, rate=rate)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("earthquake=0.1", "earthquake is none of"),
        ("throttle", "a probability from 0 to 1"),
        ("throttle=2", "a probability from 0 to 1"),
        ("throttle=often", "a probability from 0 to 1"),
    ],
)
def test_an_invalid_fault_is_refused(capsys: pytest.CaptureFixture[str], text, message) -> None:
    with pytest.raises(click.UsageError, match=message):
        parsed(text)
    assert main(["sandbox", "--fault", text]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_an_event_is_triggered_in_a_running_sandbox(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sandbox", "trigger", "cancel", "--port", str(port)]) == 0
    assert json.loads(capsys.readouterr().out)["event"] == "cancel"


def test_a_missing_sandbox_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "trigger", "expire", "--port", "1"]) == 1
    error = capsys.readouterr().err
    assert "TAP-302" in error
    assert "help: start a sandbox at this port: mws-reports sandbox --port 1" in error


def test_the_sandbox_has_the_faults() -> None:
    amazon = Amazon(SystemClock().now(), 1, faults=[parsed("throttle=1.0")])
    assert amazon.faults.strikes(FaultKind.THROTTLE, "any")
