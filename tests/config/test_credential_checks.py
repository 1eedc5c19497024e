from __future__ import annotations

import pytest

from tap_mws_reports.config.credential_checks import CHECKED, FORMS, credential_problems
from tap_mws_reports.config.seller_settings import seller_settings
from tap_mws_reports.config.service_choice import CREDENTIALS

OF_A_FORM = {
    "amzn1.application-oa2-client.": "amzn1.application-oa2-client.canary",
    "amzn1.oa2-cs.": "amzn1.oa2-cs.v1.canary",
    "Atzr|": "Atzr|canary",
    "Atza|": "Atza|canary",
    "amzn1.sp.solution.": "amzn1.sp.solution.canary",
    "amzn.mws.": "amzn.mws.canary",
    "AKIA": "AKIAIOSFODNN7EXAMPLE",
}


def problems(settings: dict[str, str]) -> list[str]:
    return [str(each) for each in credential_problems(seller_settings(settings)[0])]


@pytest.mark.parametrize("name", CHECKED)
@pytest.mark.parametrize("value", [" canary", "canary ", "canary\n", "\tcanary"])
def test_blanks_around_a_value_are_refused(name, value) -> None:
    assert problems({name: value}) == [f"{name}: it has blanks or line ends around it; remove them"]


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.shown)
def test_a_value_of_another_setting_is_recognised(form) -> None:
    value = OF_A_FORM[form.shown]
    others = [name for name in CHECKED if name != form.setting]
    fix = form.fix or f"move it to `{form.setting}`"
    for name in others:
        assert problems({name: value}) == [
            f"{name}: it holds {form.meaning} (`{form.shown}...`); {fix}"
        ]
    assert not form.setting or problems({form.setting: value}) == []


def test_swapped_credentials_are_both_named() -> None:
    swapped = {"lwa_client_id": "Atzr|canary", "refresh_token": "amzn1.application-oa2-client.x"}
    assert [each.split(":")[0] for each in problems(swapped)] == ["lwa_client_id", "refresh_token"]


def test_every_credential_is_checked() -> None:
    assert {name for names in CREDENTIALS.values() for name in names} < {*CHECKED}
    assert {form.setting for form in FORMS} <= {*CHECKED, ""}


def test_other_values_are_not_checked() -> None:
    assert problems(dict.fromkeys(CHECKED, "sandbox-secret")) == []
