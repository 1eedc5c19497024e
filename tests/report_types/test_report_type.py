from __future__ import annotations

from dataclasses import replace

import pytest

from tap_mws_reports.report_types import Kind, ReportType
from tap_mws_reports.report_types.report_type import ColumnSpec, Identity


def a_type(stream: str, **kinds: Kind) -> ReportType:
    columns = tuple(ColumnSpec(name, kind, name) for name, kind in kinds.items())
    return ReportType(
        name="_GET_PARTS_",
        sp_api_name="GET_PARTS",
        stream=stream,
        kind="range",
        title="A report with two lists",
        identity=Identity("document"),
        columns=columns,
    )


DAYS = a_type("days", day=Kind.DATE, units=Kind.INTEGER)
ASINS = a_type("asins", asin=Kind.TEXT, units=Kind.DECIMAL)
BOTH = replace(a_type("both"), parts=(DAYS, ASINS))


def kinds(report_type: ReportType) -> dict[str, Kind]:
    return {spec.name: spec.kind for spec in report_type.columns}


def test_the_streams_of_a_type_are_its_parts_or_itself() -> None:
    assert BOTH.streams == (DAYS, ASINS)
    assert DAYS.streams == (DAYS,)


def test_a_joined_type_has_the_columns_of_all_its_parts() -> None:
    joined = BOTH.joined()
    assert kinds(joined) == {"day": Kind.DATE, "units": Kind.INTEGER, "asin": Kind.TEXT}
    assert joined.streams == (joined,)
    assert DAYS.joined() == DAYS


@pytest.mark.parametrize(
    ("chosen", "of_days", "of_asins"),
    [
        ({"day": Kind.TEXT}, {"day": Kind.TEXT}, {}),
        ({"UNITS": Kind.TEXT}, {"units": Kind.TEXT}, {"units": Kind.TEXT}),
        ({"new": Kind.DATE}, {"new": Kind.DATE}, {"new": Kind.DATE}),
    ],
)
def test_chosen_kinds_go_to_the_parts_that_have_the_column(chosen, of_days, of_asins) -> None:
    days, asins = BOTH.with_kinds(chosen).streams
    assert kinds(days) == {**kinds(DAYS), **of_days}
    assert kinds(asins) == {**kinds(ASINS), **of_asins}
