from __future__ import annotations

import pytest
from report_pages.index_page import index_page
from report_pages.markdown import anchor

from tap_mws_reports.cli.types import by_category
from tap_mws_reports.report_types import all_known


@pytest.mark.parametrize(
    "piece",
    [
        "- [Other](#other): 1 report type\n- [Tax & law](#tax--law): 1 report type\n",
        "| By day<br>[`traffic_by_day`](streams/traffic_by_day.md)<br>`GET_TRAFFIC` | range "
        "| `_seller_id`, `day` | 1 |",
        "| A form (withdrawn 2020-01-31)<br>[`form`](streams/form.md)<br>`_GET_FORM_`"
        "<br>`GET_FORM` | snapshot | `_seller_id`, `_report_id`, `_row_number` |  |",
    ],
)
def test_the_index(traffic, form, piece) -> None:
    assert piece in index_page((traffic, form))


def test_every_category_has_its_own_section() -> None:
    places = [anchor(category) for category, _ in by_category(all_known())]

    assert len(set(places)) == len(places)
