"""The sellers that the sandbox knows, one for each region."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Application:
    """A developer's application of SP-API; none of the credentials is real."""

    application_id: str
    client_id: str
    client_secret: str


APPLICATION = Application(
    "amzn1.sellerapps.app.sandbox",
    "amzn1.application-oa2-client.sandbox",
    "sandbox-client-secret",
)
"""The application that all sellers have authorised."""


@dataclass(frozen=True, slots=True)
class SandboxSeller:
    """A seller and its developer account; none of the credentials is real.

    ``refresh_token`` is that of the seller's authorisation of `APPLICATION`.
    """

    region: str
    seller_id: str
    access_key_id: str
    secret_access_key: str
    refresh_token: str
    marketplace_ids: tuple[str, ...]


SELLERS: dict[str, SandboxSeller] = {
    member.region: member
    for member in (
        SandboxSeller(
            "NA",
            "A1SANDBOXNA",
            "sandbox-key-na",
            "sandbox-secret-na",
            "Atzr|sandbox-refresh-na",
            ("ATVPDKIKX0DER",),
        ),
        SandboxSeller(
            "EU",
            "A2SANDBOXEU",
            "sandbox-key-eu",
            "sandbox-secret-eu",
            "Atzr|sandbox-refresh-eu",
            ("A1PA6795UKMFR9", "A1F83G8C2ARO7P", "A13V1IB3VIYZZH"),
        ),
        SandboxSeller(
            "FE",
            "A3SANDBOXFE",
            "sandbox-key-fe",
            "sandbox-secret-fe",
            "Atzr|sandbox-refresh-fe",
            ("A1VC38T7YXB528",),
        ),
    )
}
