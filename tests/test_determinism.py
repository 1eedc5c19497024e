"""The same seed gives the same bytes, though calls of many sellers overlap."""

from __future__ import annotations

import pytest

from benchmarks.virtual_run import REPORT_TYPES, Lognormal, VirtualRun
from tap_mws_reports.sandbox.faults import Fault, FaultKind

pytestmark = pytest.mark.usefixtures("without_logs")

FEW, MANY = 2, 100
MEDIANS = dict(zip(REPORT_TYPES, (30, 60, 120, 300, 600), strict=True))
OPERATIONS = ("createReport", "getReportDocument")


def written(seed: int, connections: int = 8) -> tuple[bytes, float]:
    """Run over faults that make calls wait and be repeated; return the output and the seconds."""
    run = VirtualRun(
        Lognormal(MEDIANS, 0.5),
        3,
        "sp_api",
        seed=seed,
        call_time=0.3,
        download_time=2.0,
        max_connections=connections,
    )
    run.amazon.faults.replace(
        Fault(kind, name, times=2)
        for kind in (FaultKind.THROTTLE, FaultKind.HTTP_500)
        for name in OPERATIONS
    )
    run.keeps_output = True
    run.want(10)
    began = run.clock.now()
    run.run()
    return bytes(run.output), (run.clock.now() - began).total_seconds()


def test_the_same_seed_gives_the_same_bytes(pytestconfig) -> None:
    number = MANY if pytestconfig.getoption("--every-kill") else FEW
    outputs = [written(seed) for seed in range(number)]
    assert [written(seed) for seed in range(number)] == outputs
    assert len({output for output, _ in outputs}) == number, "seeds differ"


def test_one_connection_gives_the_same_rows_later() -> None:
    def schemas(output: bytes) -> list[bytes]:
        return sorted(each for each in output.splitlines() if each.startswith(b'{"type":"SCHEMA"'))

    (output, quick), (alone, slow) = written(1), written(1, connections=1)
    assert schemas(output) == schemas(alone)
    assert output.count(b'"type":"RECORD"') == alone.count(b'"type":"RECORD"') > 0
    assert quick < slow
