from __future__ import annotations

from collections import Counter

import pytest

from tap_mws_reports.retrieval.shard import Shard, shard_index


@pytest.mark.parametrize(
    ("text", "shard"),
    [("0/1", (0, 1)), ("3/16", (3, 16)), (" 15 / 16 ", (15, 16)), ("9999/10000", (9999, 10000))],
)
def test_a_shard_is_read(text: str, shard: tuple[int, int]) -> None:
    assert Shard.parse(text) == Shard(*shard)
    assert Shard.parse(str(Shard(*shard))) == Shard(*shard)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("16/16", "16 shards are numbered from 0 to 15"),
        ("0/0", "0 is not a number of shards"),
        ("0/10001", "10001 is not a number of shards"),
        ("", "not a shard"),
        ("3", "not a shard"),
        ("-1/4", "not a shard"),
        ("a/4", "not a shard"),
        ("1/2/3", "not a shard"),
    ],
)
def test_an_invalid_shard_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Shard.parse(text)


@pytest.mark.parametrize(
    ("seller_id", "count", "index"),
    [
        ("A2EXAMPLESELLER", 1, 0),
        ("A2EXAMPLESELLER", 10_000, 9927),
        ("A1SANDBOXNA", 16, 7),
        ("A1SANDBOXNA", 10_000, 1351),
    ],
)
def test_a_sellers_shard_never_changes(seller_id: str, count: int, index: int) -> None:
    # A release that moved sellers would read them from a state that does not have them.
    assert shard_index(seller_id, count) == index


@pytest.mark.parametrize("count", [1, 2, 4, 16])
def test_each_seller_is_in_one_shard_and_shards_are_balanced(count: int) -> None:
    sellers = [f"A{number:06}" for number in range(1600)]
    sizes = Counter(
        index for each in sellers for index in range(count) if Shard(index, count).has(each)
    )
    assert sizes.total() == len(sellers)
    assert min(sizes.values()) > 0.7 * len(sellers) / count
