from __future__ import annotations

from dataclasses import replace

import pytest

from tap_mws_reports.cli.type_details import called_in, names_in, option_fact, settings_for
from tap_mws_reports.report_types import Identity, ReportType, all_known
from tap_mws_reports.report_types.report_type import Option

THING = ReportType("_GET_THING_", "GET_THING", "thing", "range", "Things", Identity("document"))
RAW = Option("raw")
SIZE = Option("size", ("small", "large"), required=True, meaning="how much of it")


def test_every_type_has_a_name_and_an_entry_in_the_settings() -> None:
    for known in all_known():
        assert called_in(known)
        assert bool(names_in(known)) == bool(settings_for(known)) != known.download_only


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ({}, {"mws": ("_GET_THING_",), "sp_api": ("GET_THING",)}),
        ({"sp_api_name": None}, {"mws": ("_GET_THING_",)}),
        ({"services": ("sp_api",)}, {"sp_api": ("GET_THING",)}),
        (
            {"services": ("sp_api",), "other_sp_api_names": ("A", "GET_THING")},
            {"sp_api": ("GET_THING", "A")},
        ),
    ],
)
def test_names(told, names) -> None:
    assert names_in(replace(THING, **told)) == names


@pytest.mark.parametrize(
    ("option", "message"),
    [(RAW, "any text"), (SIZE, "small or large; required; how much of it")],
)
def test_option(option, message) -> None:
    assert option_fact(option) == message


@pytest.mark.parametrize(
    ("told", "entries"),
    [
        ({}, ["_GET_THING_"]),
        ({"services": ("sp_api",)}, ["GET_THING"]),
        (
            {"options": (RAW,)},
            ["_GET_THING_", {"type": "_GET_THING_", "options": {"raw": "..."}}],
        ),
        ({"options": (RAW, SIZE)}, [{"type": "_GET_THING_", "options": {"size": "small"}}]),
    ],
)
def test_settings(told, entries) -> None:
    assert settings_for(replace(THING, **told)) == entries
