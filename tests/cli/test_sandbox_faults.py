"""`mws-reports sandbox --fault` and `mws-reports sandbox trigger`."""

from __future__ import annotations

import argparse
import json

import pytest

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.cli import main, serve
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import WITHOUT_END, Fault, FaultKind


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    serve.add_to(parser.add_subparsers())
    return parser.parse_args(["sandbox", *arguments])


def test_faults_have_names_and_rates() -> None:
    given = parsed("--fault", "throttle=0.1", "--fault", "lost-answer=0.05", "--seed", "7")
    assert given.seed == 7
    assert given.fault == [
        Fault(FaultKind.THROTTLE, times=WITHOUT_END, rate=0.1),
        Fault(FaultKind.LOST_ANSWER, times=WITHOUT_END, rate=0.05),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("earthquake=0.1", "earthquake is none of"),
        ("throttle", "a probability from 0 to 1"),
        ("throttle=2", "a probability from 0 to 1"),
        ("throttle=often", "a probability from 0 to 1"),
    ],
)
def test_what_is_no_fault_is_refused(capsys: pytest.CaptureFixture[str], text, said) -> None:
    with pytest.raises(SystemExit):
        parsed("--fault", text)
    assert said in capsys.readouterr().err


def test_an_event_is_triggered_in_a_running_sandbox(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sandbox", "trigger", "cancel", "--port", str(port)]) == 0
    assert json.loads(capsys.readouterr().out)["event"] == "cancel"


def test_without_a_sandbox_the_error_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "trigger", "expire", "--port", "1"]) == 1
    assert "TAP-302" in capsys.readouterr().err


def test_the_sandbox_of_the_command_has_the_faults() -> None:
    given = parsed("--fault", "throttle=1.0")
    amazon = Amazon(SystemClock().now(), given.seed, faults=given.fault)
    assert amazon.faults.strikes(FaultKind.THROTTLE, "any")
