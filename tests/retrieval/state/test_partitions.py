from __future__ import annotations

from typing import Any

import pytest

from tap_mws_reports.retrieval.state.partitions import Partitions, context_of

SELLER = "A2EXAMPLE"


def test_partitions_are_found_in_any_order_of_the_marketplaces() -> None:
    partitions = Partitions({})
    first = partitions.of(context_of(SELLER, ["B", "A"]))
    assert partitions.of(context_of(SELLER, ["A", "B"])) is first
    assert partitions.of(context_of("A3OTHER", ["A", "B"])) is not first
    assert partitions.of({"seller_id": SELLER}) is not first


def test_a_new_partition_is_in_the_state_and_the_others_stay_as_they_are() -> None:
    others = [{"context": context_of("A3GONE", ["A"]), "done": []}]
    state: dict[str, Any] = {"partitions": list(others)}
    partition = Partitions(state).of(context_of(SELLER, ["A"]))
    partition["done"] = [1]
    assert state["partitions"] == [*others, {"context": context_of(SELLER, ["A"]), "done": [1]}]


def test_of_two_partitions_with_the_same_context_the_first_counts() -> None:
    twice: list[dict[str, Any]] = [{"context": context_of(SELLER, ["A"])} for _ in range(2)]
    assert Partitions({"partitions": twice}).of(context_of(SELLER, ["A"])) is twice[0]


@pytest.mark.parametrize(
    ("seller_id", "sets", "otherwise"),
    [
        (SELLER, [("B", "A")], False),
        (SELLER, [("A",), ("B",)], True),
        ("A3OTHER", [("A",), ("C",)], False),
        ("A4NEW", [("A",)], False),
    ],
)
def test_earlier_requests_of_a_seller_are_known(seller_id, sets, otherwise) -> None:
    contexts = [context_of(SELLER, ["A", "B"]), context_of("A3OTHER", ["C"])]
    partitions = Partitions({"partitions": [{"context": context} for context in contexts]})
    assert partitions.has_other_marketplaces(seller_id, sets) is otherwise
