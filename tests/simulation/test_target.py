from __future__ import annotations

import json
import random

import pytest

from simulation.target import ModelTarget


def line(**message: object) -> bytes:
    return json.dumps(message).encode()


SCHEMA = line(type="SCHEMA", stream="s", key_properties=["id"], schema={})


def row(number: int, text: str = "") -> bytes:
    return line(type="RECORD", stream="s", record={"id": number, "text": text})


def state(number: int) -> bytes:
    return line(type="STATE", value={"n": number})


def filled(flushes: float) -> ModelTarget:
    target = ModelTarget(random.Random(1), flushes)
    for each in (SCHEMA, row(1), state(1), row(2), state(2), row(3)):
        target.receive(each)
    return target


@pytest.mark.parametrize(("flushes", "known"), [(1.0, {"n": 2}), (0.0, None)])
def test_a_state_is_kept_only_after_its_rows(flushes, known) -> None:
    target = filled(flushes)
    assert target.state == known
    target.commit()
    assert target.state == {"n": 2}
    assert sorted(target.tables["s"]) == [(1,), (2,), (3,)]


def test_a_kill_leaves_a_part_of_what_is_not_committed() -> None:
    left = set()
    for seed in range(30):
        target = ModelTarget(random.Random(seed), 0.0)
        for each in (SCHEMA, row(1), state(1), row(2)):
            target.receive(each)
        target.killed()
        assert target.state is None
        left.add(len(target.tables["s"]))
    assert left == {0, 1, 2}


def test_the_last_row_of_a_key_counts() -> None:
    target = ModelTarget(random.Random(1), 1.0)
    for each in (SCHEMA, row(1, "old"), row(1, "new"), state(1)):
        target.receive(each)
    assert target.tables["s"][(1,)]["text"] == "new"
    assert len(target.history["s"]) == 2
