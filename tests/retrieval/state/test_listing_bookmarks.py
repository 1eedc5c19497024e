from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tap_mws_reports.retrieval.state.listing_bookmarks import ListedItem, ListingBookmark

KEY = "submitted_date"


def at(second: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)


def news(state: dict[str, Any], entries: list[ListedItem]) -> list[str]:
    bookmark = ListingBookmark(state, KEY)
    keys = [entry.key for entry in entries if bookmark.is_new(entry)]
    bookmark.move(entries)
    return keys


def test_first_run_reads_everything() -> None:
    assert ListingBookmark({}, KEY).since is None
    assert news({}, [ListedItem("a", at(1)), ListedItem("b", at(2))]) == ["a", "b"]


def test_second_run_reads_nothing_again() -> None:
    state: dict[str, Any] = {}
    entries = [ListedItem("a", at(1)), ListedItem("b", at(2))]
    news(state, entries)
    assert news(state, entries[1:]) == []
    assert ListingBookmark(state, KEY).since == at(2)


def test_a_later_entry_of_the_same_second_is_new() -> None:
    state: dict[str, Any] = {}
    news(state, [ListedItem("a", at(1))])
    assert news(state, [ListedItem("a", at(1)), ListedItem("b", at(1))]) == ["b"]
    assert news(state, [ListedItem("a", at(1)), ListedItem("b", at(1))]) == []


def test_an_unfinished_entry_is_read_until_it_is_final() -> None:
    state: dict[str, Any] = {}
    news(state, [ListedItem("slow", at(1), final=False), ListedItem("b", at(9))])
    assert ListingBookmark(state, KEY).since == at(1)
    assert news(state, [ListedItem("slow", at(1), final=False), ListedItem("b", at(9))]) == ["slow"]
    assert news(state, [ListedItem("slow", at(1)), ListedItem("b", at(9))]) == ["slow"]
    assert news(state, [ListedItem("b", at(9))]) == []


def test_an_unfinished_entry_that_amazon_dropped_is_removed() -> None:
    state: dict[str, Any] = {}
    news(state, [ListedItem("slow", at(1), final=False)])
    news(state, [])
    assert state["unfinished"] == []
    assert ListingBookmark(state, KEY).since == at(1)


def test_an_entry_listed_by_the_other_service_is_not_new() -> None:
    state: dict[str, Any] = {}
    by_mws = [ListedItem("2117", at(1), alias="500"), ListedItem("2118", at(1), alias="501")]
    assert news(state, by_mws[:1]) == ["2117"]
    by_sp_api = [ListedItem("500", at(1), alias="500"), ListedItem("501", at(1), alias="501")]
    assert news(state, by_sp_api) == ["501"]
    assert news(state, by_mws) == []


def test_an_entry_without_another_key_is_distinguished_from_similar_ones() -> None:
    state: dict[str, Any] = {}
    news(state, [ListedItem("2117", at(1))])
    assert news(state, [ListedItem("2117", at(1)), ListedItem("2118", at(1))]) == ["2118"]
