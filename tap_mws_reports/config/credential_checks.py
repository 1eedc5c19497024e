"""Recognise credentials and ids not filled in, copied badly, or in the wrong setting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.marketplaces import MARKETPLACES
from tap_mws_reports.config.problems import ConfigProblem
from tap_mws_reports.config.seller_settings import SellerSettings

CHECKED = (
    "seller_id",
    "aws_access_key_id",
    "aws_secret_access_key",
    "mws_auth_token",
    "lwa_client_id",
    "lwa_client_secret",
    "refresh_token",
)
"""The settings with an id, a secret or a token."""


@dataclass(frozen=True, slots=True)
class CredentialForm:
    """What a value looks like, and where it belongs."""

    pattern: str
    """A regular expression for its beginning."""
    shown: str
    """How messages show it: never the value."""
    meaning: str
    setting: str = ""
    """Where it belongs; empty if in none of the settings."""
    fix: str = ""
    """What to do, if it belongs in none of them."""


FORMS = (
    CredentialForm(
        r"amzn1\.application-oa2-client\.",
        "amzn1.application-oa2-client.",
        "a client id",
        "lwa_client_id",
    ),
    CredentialForm(r"amzn1\.oa2-cs\.", "amzn1.oa2-cs.", "a client secret", "lwa_client_secret"),
    CredentialForm(r"Atzr\|", "Atzr|", "a refresh token", "refresh_token"),
    CredentialForm(
        r"Atza\|",
        "Atza|",
        "an access token, which is valid for an hour",
        fix="give the refresh token, which begins with `Atzr|`",
    ),
    CredentialForm(
        r"amzn1\.(sp\.solution|sellerapps\.app)\.",
        "amzn1.sp.solution.",
        "the id of an application",
        fix="give its LWA client id, which begins with `amzn1.application-oa2-client.`: "
        "Developer Console, LWA credentials, View",
    ),
    CredentialForm(r"amzn\.mws\.", "amzn.mws.", "an MWS authorisation token", "mws_auth_token"),
    CredentialForm(
        r"A[KS]IA[A-Z0-9]{16}$", "AKIA", "the id of an AWS access key", "aws_access_key_id"
    ),
)
"""Sources: https://developer-docs.amazon.com/sp-api/docs/viewing-your-application-information-and-credentials,
https://developer.amazon.com/docs/login-with-amazon/refresh-token.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes"""

_BLANK_TO_FILL = re.compile(r"(?:.*[.|])?your(?:[ -][a-z]+)+")
"""What the examples have in the place of a value, such as `Atzr|your-token`."""


def credential_problems(account: SellerSettings) -> Iterator[ConfigProblem]:
    """Yield what is wrong with the ids, secrets and tokens of a seller. No value is repeated."""
    for name in CHECKED:
        value = account.settings.get(name)
        if not isinstance(value, str) or not value.strip():
            continue  # missing, which is reported elsewhere
        if value != value.strip():
            what = "it has blanks or line ends around it"
            yield ConfigProblem(account.place(name), what, "remove them")
        elif not value.isprintable():
            what = "it has line ends or other control characters in it"
            yield ConfigProblem(account.place(name), what, "copy it again, as one line")
        elif _BLANK_TO_FILL.fullmatch(value):
            what = f"it still holds the text of the example, `{value}`"
            yield ConfigProblem(account.place(name), what, "put your own value there")
        elif " " in value:
            what = "it has a blank in it, which no id, secret or token has"
            yield ConfigProblem(account.place(name), what, "copy it again, and nothing else")
        elif name == "seller_id" and (problem := _no_seller(value)):
            yield ConfigProblem(account.place(name), *problem)
        elif form := _misplaced(name, value):
            fix = form.fix or f"move it to `{form.setting}`"
            what = f"it holds {form.meaning} (`{form.shown}...`)"
            yield ConfigProblem(account.place(name), what, fix)


def _misplaced(name: str, value: str) -> CredentialForm | None:
    found = next((form for form in FORMS if re.match(form.pattern, value)), None)
    return None if found is None or found.setting == name else found


def _no_seller(value: str) -> tuple[str, str] | None:
    """Return what another value in the place of a seller id is, and the fix."""
    fix = "give the seller's id: Seller Central, Account Info, Your Merchant Token"
    if value in MARKETPLACES:
        return f"it holds the id of a marketplace, {marketplaces.label(value)}", fix
    if "@" in value:
        return "it holds an e-mail address", fix
    return None
