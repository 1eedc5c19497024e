from __future__ import annotations

import re
from datetime import datetime

import pytest

from tap_mws_reports.documents.cells.timestamps import instant_reader, timestamp_reader, zone_offset
from tap_mws_reports.documents.document_reader import MarketplaceFormat

US = MarketplaceFormat(time_zone="America/Los_Angeles", date_order="MDY")
GERMANY = MarketplaceFormat(time_zone="Europe/Paris", date_order="DMY")
JAPAN = MarketplaceFormat(time_zone="Asia/Tokyo", date_order="YMD")
INDIA = MarketplaceFormat(time_zone="Asia/Kolkata", date_order="DMY")

READABLE = [
    ("2025-05-05T10:19:22+00:00", US, "2025-05-05T10:19:22+00:00"),
    ("2025-05-02T09:17:26-07:00", US, "2025-05-02T09:17:26-07:00"),
    ("2020-11-03T17:08:47Z", GERMANY, "2020-11-03T17:08:47Z"),
    ("2020-11-03T17:08:47.123Z", GERMANY, "2020-11-03T17:08:47.123Z"),
    ("2021-05-24T00:00:00-07:00", US, "2021-05-24T00:00:00-07:00"),
    ("2021-05-24T00:00:00+0900", JAPAN, "2021-05-24T00:00:00+09:00"),
    ("2022-07-11 01:34:18 PDT", US, "2022-07-11T01:34:18-07:00"),
    ("2020-03-05 07:39:41 PST", US, "2020-03-05T07:39:41-08:00"),
    ("2025-06-09 05:23:19 UTC", US, "2025-06-09T05:23:19+00:00"),
    ("09.06.2025 05:23:19 UTC", GERMANY, "2025-06-09T05:23:19+00:00"),
    ("02/05/2020 05:18:00 MEST", GERMANY, "2020-05-02T05:18:00+02:00"),
    ("31/12/2019 02:53:37 MET", GERMANY, "2019-12-31T02:53:37+01:00"),
    ("15/04/2020 15:15:46 BST", GERMANY, "2020-04-15T15:15:46+01:00"),
    ("2021/04/27 11:09:23 JST", JAPAN, "2021-04-27T11:09:23+09:00"),
    ("2021/04/27 1:09:23 JST", JAPAN, "2021-04-27T01:09:23+09:00"),
    ("05/07/2020 10:00:00 IST", INDIA, "2020-07-05T10:00:00+05:30"),
    ("Jun 8, 2025 10:23:05 PM PDT", US, "2025-06-08T22:23:05-07:00"),
    ("Jun 8, 2025 12:23:05 AM PDT", US, "2025-06-08T00:23:05-07:00"),
    ("Jun 8, 2025 12:23:05 PM PDT", US, "2025-06-08T12:23:05-07:00"),
    ("Fri May 12 03:03:18 UTC 2017", US, "2017-05-12T03:03:18+00:00"),
    ("2022-09-14T15:00:00+00:00", JAPAN, "2022-09-14T15:00:00+00:00"),
    ("15/04/2020 15:15:46 GMT", GERMANY, "2020-04-15T15:15:46+00:00"),
    ("Jun 8, 2025, 10:23:05\u202fPM PDT", US, "2025-06-08T22:23:05-07:00"),
    ("8 juin 2025 05:23:19 UTC", GERMANY, "2025-06-08T05:23:19+00:00"),
    ("8. Juni 2025 05:23:19 MESZ", GERMANY, "2025-06-08T05:23:19+02:00"),
    ("8 giu 2025 05:23:19 UTC", GERMANY, "2025-06-08T05:23:19+00:00"),
    ("8 de junio de 2025 05:23:19 UTC", GERMANY, "2025-06-08T05:23:19+00:00"),
    ("8 jun 2025 10:23:05 p. m. GMT-7", GERMANY, "2025-06-08T22:23:05-07:00"),
    ("8 Jun 2025 10:23:05 pm GMT+10:00", GERMANY, "2025-06-08T22:23:05+10:00"),
    ("2025/06/08 10:00:00 GMT+9", JAPAN, "2025-06-08T10:00:00+09:00"),
    ("2025-06-08 10:00:00 UTC+0530", INDIA, "2025-06-08T10:00:00+05:30"),
    ("2021-02-01 22 h 11 min 12 s HNP", US, "2021-02-01T22:11:12-08:00"),
    ("1 août 2021 9 h 01 min 02 s HAP", US, "2021-08-01T09:01:02-07:00"),
    ("8 juin 2025, 05\u00a0h\u00a023\u00a0min\u00a019\u00a0s HAE", US, "2025-06-08T05:23:19-04:00"),
]

UNREADABLE = [
    ("2025-02-30T00:00:00Z", US),
    ("2025-05-05T25:00:00Z", US),
    ("2025-05-05T10:19:22+25:00", US),
    ("2025-05-05T10:19:22", US),  # without a time zone
    ("2025-05-05", US),
    ("2025-05-05 10:19:22 XYZ", US),
    ("2025-05-05 10:19:22 IST", US),
    ("2025-05-05 10:19:22 PSTy", US),
    ("25/12/2024 10:00:00 PDT", US),
    ("Jun 8, 2025 13:23:05 PM PDT", US),
    ("Jun 8, 2025 0:23:05 AM PDT", US),
    ("10:19:22 UTC", US),
    ("never", US),
    ("8 juin 2025 05:23:19", GERMANY),
    ("8 nuij 2025 05:23:19 UTC", GERMANY),
    ("2025/06/08 10:00:00 GMT+", JAPAN),
    ("2025/06/08 10:00:00 GMT+9:5", JAPAN),
    ("2025/06/08 10:00:00 JST+9", JAPAN),
    ("2021-02-01 22 h 11 min 12 s", US),
    ("2021-02-01 25 h 11 min 12 s HNP", US),
    ("2021-02-01 22 h 61 min 12 s HNP", US),
    ("2021-02-01 22 h 11 min HNP", US),
    ("2021-02-01 2 h 2021-02-01 22 h 11 min 12 s HNP", US),
]


@pytest.mark.parametrize(("cell", "marketplace_format", "expected"), READABLE)
def test_timestamp_keeps_its_offset(
    cell: str, marketplace_format: MarketplaceFormat, expected: str
) -> None:
    value = timestamp_reader(marketplace_format)(cell)

    assert value == expected
    assert datetime.fromisoformat(expected).tzinfo is not None


@pytest.mark.parametrize(("cell", "marketplace_format"), UNREADABLE)
def test_ambiguous_timestamps_do_not_fit(cell: str, marketplace_format: MarketplaceFormat) -> None:
    with pytest.raises(ValueError, match=".*"):
        timestamp_reader(marketplace_format)(cell)


@pytest.mark.parametrize(("cell", "marketplace_format", "expected"), READABLE)
def test_an_instant_is_the_utc_time_with_its_offset(
    cell: str, marketplace_format: MarketplaceFormat, expected: str
) -> None:
    instant = instant_reader(marketplace_format)(cell)

    assert instant is not None
    moment = datetime.fromisoformat(expected)
    assert datetime.fromisoformat(instant.utc) == moment
    assert instant.utc.endswith("+00:00")
    assert instant.offset == (expected[19:] if moment.utcoffset() else None)


@pytest.mark.parametrize(
    ("cell", "utc", "offset_told"),
    [
        ("2020-01-05T10:00:00-07:00", "2020-01-05T17:00:00+00:00", "-07:00"),
        ("2020-12-31T20:30:00-05:00", "2021-01-01T01:30:00+00:00", "-05:00"),
        ("2020-02-29T23:00:00-01:30", "2020-03-01T00:30:00+00:00", "-01:30"),
        ("2020-01-05T10:00:00-00:00", "2020-01-05T10:00:00+00:00", None),
        ("2020-01-05T10:00:00.1234567+05:30", "2020-01-05T04:30:00.1234567+00:00", "+05:30"),
        ("0001-01-01T00:00:00-05:00", "0001-01-01T05:00:00+00:00", "-05:00"),
        ("9999-12-31T23:59:59+05:00", "9999-12-31T18:59:59+00:00", "+05:00"),
    ],
)
def test_instants(cell: str, utc: str, offset_told: str | None) -> None:
    assert instant_reader(US)(cell) == (utc, offset_told)


@pytest.mark.parametrize("cell", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-07:00"])
def test_an_instant_beyond_all_years_does_not_fit(cell: str) -> None:
    assert timestamp_reader(US)(cell) == cell
    with pytest.raises(ValueError, match=re.escape(cell)):
        instant_reader(US)(cell)


@pytest.mark.parametrize("cell", ["", " ", "--", "N/A"])
def test_no_timestamp(cell: str) -> None:
    assert timestamp_reader(US)(cell) is None
    assert instant_reader(US)(cell) is None


@pytest.mark.parametrize(
    ("name", "time_zone", "expected"),
    [
        ("EST", "America/Los_Angeles", "-05:00"),
        ("EST", "Australia/Sydney", "+10:00"),
        ("CST", "Asia/Shanghai", "+08:00"),
        ("pdt", "UTC", "-07:00"),
    ],
)
def test_zone_name_means_what_it_means_in_the_marketplace(
    name: str, time_zone: str, expected: str
) -> None:
    assert zone_offset(name, time_zone) == expected
