from __future__ import annotations

from collections.abc import Mapping

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.mws import service
from tap_mws_reports.api.mws.codec import Response

Script = list[Response | errors.TapError]


class Caller:
    def __init__(self, *script: Response | errors.TapError) -> None:
        self._script = list(script)
        self.calls: list[tuple[str, dict[str, object]]] = []

    def __call__(self, name: str, values: Mapping[str, object]) -> Response:
        self.calls.append((name, dict(values)))
        step = self._script.pop(0)
        if isinstance(step, errors.TapError):
            raise step
        return step


def page(*ids: str, token: str | None = None) -> Response:
    items: tuple[dict[str, object], ...] = tuple({"report_id": each} for each in ids)
    return Response(items=items, has_next=token is not None, next_token=token)


def corrupted() -> errors.RequestRefused:
    return errors.RequestRefused("no such token", amazon_code="NextTokenCorrupted")


def listed(caller: Caller) -> list[object]:
    return [
        item["report_id"]
        for item in service.iterate_items(caller, "GetReportList", {"max_count": 2})
    ]


@pytest.mark.parametrize(
    ("script", "ids", "tokens"),
    [
        pytest.param([page()], [], [], id="nothing"),
        pytest.param([page("3", "2")], ["3", "2"], [], id="one page"),
        pytest.param(
            [page("3", token="a"), page("2", token="b"), page("1")],
            ["3", "2", "1"],
            ["a", "b"],
            id="three pages",
        ),
        pytest.param([page(token="a"), page("1")], ["1"], ["a"], id="an empty page and more"),
        pytest.param(
            [page("3", "2", token="a"), page("2", "1")],
            ["3", "2", "1"],
            ["a"],
            id="an item that moved to the next page",
        ),
        pytest.param(
            [Response(items=({"report_id": "1"},), has_next=False, next_token="a")],
            ["1"],
            [],
            id="an unused token",
        ),
    ],
)
def test_pages(script: Script, ids: list[str], tokens: list[str]) -> None:
    caller = Caller(*script)
    assert listed(caller) == ids
    assert caller.calls == [
        ("GetReportList", {"max_count": 2}),
        *(("GetReportListByNextToken", {"next_token": token}) for token in tokens),
    ]


def test_a_page_is_fetched_only_when_it_is_needed() -> None:
    caller = Caller(page("3", token="a"))
    assert next(service.iterate_items(caller, "GetReportList", {}))["report_id"] == "3"
    assert len(caller.calls) == 1


def test_an_expired_token_restarts_the_list_without_duplicates() -> None:
    caller = Caller(
        page("3", "2", token="a"), corrupted(), page("4", "3", token="b"), page("2", "1")
    )
    assert listed(caller) == ["3", "2", "4", "1"]
    assert [name for name, _ in caller.calls] == [
        "GetReportList",
        "GetReportListByNextToken",
        "GetReportList",
        "GetReportListByNextToken",
    ]


@pytest.mark.parametrize(
    "script",
    [
        [page("1", token="a"), corrupted(), page("1", token="b"), corrupted()],
        [errors.RequestRefused("no", amazon_code="InvalidReportRequestId")],
        [page("1", token="a"), errors.CredentialsError("no")],
    ],
)
def test_other_errors_are_raised(script: Script) -> None:
    caller = Caller(*script)
    with pytest.raises(errors.TapError):
        listed(caller)
    assert len(caller.calls) == len(script)
