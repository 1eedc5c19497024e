from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.marketplaces import find
from tap_mws_reports.sandbox.sample_data import SellerData
from tap_mws_reports.sandbox.sample_data.orders import LONGEST_LIFE
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
START = NOW - timedelta(days=60)
COUNTRIES = ["US", "DE", "JP"]
EVERYWHERE = [each for member in SELLERS.values() for each in member.marketplace_ids]
LIVES = {
    ("Pending", "Unshipped", "Shipped"),
    ("Pending", "Cancelled"),
}
SPANS = ["placed", "changed", "shipped", "returns", "reimbursements", "feedback"]


def trade(country: str, seed: int = 1) -> SellerData:
    return SellerData(seed, find(country).marketplace_id)


@pytest.fixture(scope="module", params=COUNTRIES)
def shop(request) -> SellerData:
    return trade(request.param)


def test_the_same_seed_gives_the_same_data(shop) -> None:
    other_job = SellerData(shop.seed, shop.marketplace.marketplace_id)
    for interval in SPANS:
        told = list(getattr(shop, interval)(START, NOW, NOW))
        assert told
        assert told == list(getattr(other_job, interval)(START, NOW, NOW))


def test_another_seed_gives_different_data() -> None:
    one, other = (list(trade("US", seed).placed(START, NOW, NOW)) for seed in (1, 2))
    assert not {order.order_id for order in one} & {order.order_id for order in other}


def test_a_day_does_not_depend_on_earlier_queries() -> None:
    day = NOW - timedelta(days=30)
    alone = list(trade("US").placed(day, day + timedelta(days=1), NOW))
    among = trade("US")
    all_of_them = list(among.placed(START, NOW, NOW))
    assert alone == list(among.placed(day, day + timedelta(days=1), NOW))
    assert set(alone) < set(all_of_them)


@pytest.mark.parametrize("interval", SPANS)
def test_a_range_is_the_sum_of_its_parts(shop, interval) -> None:
    ask = getattr(shop, interval)
    middle = START + timedelta(days=23, hours=7, minutes=11)
    whole = list(ask(START, NOW, NOW))
    parts = [*ask(START, middle, NOW), *ask(middle, NOW, NOW)]
    assert sorted(map(repr, parts)) == sorted(map(repr, whole))


def test_a_range_includes_its_start_and_excludes_its_end(shop) -> None:
    order = next(shop.placed(START, NOW, NOW))
    moment, instant = order.purchased, timedelta(microseconds=1)
    assert order in shop.placed(moment, moment + instant, NOW)
    assert order not in shop.placed(moment - timedelta(hours=1), moment, NOW)


def test_an_order_id_has_amazons_format(shop) -> None:
    orders = list(shop.placed(START, NOW, NOW))
    item_ids = [item.item_id for order in orders for item in order.items]
    assert all(re.fullmatch(r"\d{3}-\d{7}-\d{7}", order.order_id) for order in orders)
    assert len({order.order_id for order in orders}) == len(orders)
    assert len(set(item_ids)) == len(item_ids)


def test_an_order_has_one_of_two_histories(shop) -> None:
    orders = list(shop.placed(START, NOW, NOW))
    assert {tuple(status for _, status in order.changes) for order in orders} == LIVES
    for order in orders:
        moments = [moment.astimezone(UTC) for moment, _ in order.changes]
        assert moments == sorted(set(moments))
        assert moments[-1] - moments[0] < LONGEST_LIFE


def test_an_order_has_the_status_of_its_last_change(shop) -> None:
    for order in shop.placed(START, START + timedelta(days=5), NOW):
        for moment, status in order.changes:
            assert order.last_change(moment) == (moment, status)
            assert order.last_change(moment + timedelta(seconds=1)) == (moment, status)


def test_every_change_lists_an_order_again(shop) -> None:
    for order in shop.placed(START, START + timedelta(days=5), NOW):
        for moment, _ in order.changes:
            seen = moment + timedelta(seconds=1)
            assert order in shop.changed(moment, seen, seen)


def test_unshipped_orders_are_shipped_by_the_seller(shop) -> None:
    orders = list(shop.unshipped(NOW))
    assert orders
    for order in orders:
        assert not order.fba
        assert order.last_change(NOW)[1] == "Unshipped"


def test_returns_and_reimbursements_are_of_shipped_fba_items(shop) -> None:
    for event in [*shop.returns(START, NOW, NOW), *shop.reimbursements(START, NOW, NOW)]:
        assert event.item in event.order.items
        assert event.item.product.fba
        assert event.order in shop.placed(
            event.order.purchased, event.order.purchased + timedelta(seconds=1), NOW
        )
        assert event.order.shipped < event.moment < NOW


@pytest.mark.parametrize("interval", ["shipped", "returns", "reimbursements", "feedback"])
def test_no_data_is_in_the_future(shop, interval) -> None:
    ask, earlier = getattr(shop, interval), NOW - timedelta(days=20)
    assert set(ask(START, NOW, earlier)) == set(ask(START, earlier, NOW))
    assert set(ask(START, earlier, NOW)) < set(ask(START, NOW, NOW))


@pytest.mark.parametrize("marketplace_id", EVERYWHERE)
def test_every_text_fits_the_marketplaces_code_page(marketplace_id) -> None:
    shop = SellerData(1, marketplace_id)
    cities = {order.city for order in shop.placed(START, NOW, NOW)}
    words = {product.title for product in shop.products} | cities
    for word in words:
        assert word.encode(shop.marketplace.code_page).decode(shop.marketplace.code_page) == word


@pytest.mark.parametrize("key", ["sku", "asin", "fnsku", "listing_id"])
def test_a_product_is_distinguished_from_others(shop, key) -> None:
    assert len({getattr(product, key) for product in shop.products}) == len(shop.products) > 20
    assert {product.fba for product in shop.products} == {True, False}


@pytest.mark.parametrize(("country", "day"), [("US", "2020-03-08"), ("DE", "2020-03-29")])
def test_changes_of_an_order_keep_their_order_over_daylight_saving(country, day) -> None:
    midnight = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    for seed in range(30):
        shop = trade(country, seed)
        for order in shop.placed(midnight, midnight + timedelta(days=1), NOW):
            moments = [moment.astimezone(UTC) for moment, _ in order.changes]
            assert moments == sorted(moments)


def test_orders_of_the_future_are_not_shown(shop) -> None:
    later = NOW + timedelta(days=1)
    assert list(shop.placed(START, later, NOW)) == list(shop.placed(START, NOW, NOW))
    assert list(shop.changed(START, later, NOW)) == list(shop.changed(START, NOW, NOW))
