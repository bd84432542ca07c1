"""Every public form that takes an address, with known and unknown addresses to send through it.

For the tests that compare the answers, and the benchmark that compares their times.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.petitions.services import confirm_signature
from campaigns.supporters.services import confirm_subscription
from tests.factories.people import ask_for, make_supporter, sign
from tests.factories.solidarity import YEAR, make_writable, typed_message
from tests.steps import address, typed_signature


@dataclass(frozen=True)
class TakesAddress:
    """A form: where it posts to, and what it sends for an address."""

    name: str
    path: str
    typed: Callable[[str], Mapping[str, Any]]


def forms_that_take_an_address(petition: Any, formula: Any) -> list[TakesAddress]:
    """All of them; an architecture test would not know which field is an address.

    Makes the petition's case one of an edition, to which people may write.
    """
    make_writable(petition)
    return [
        TakesAddress(
            "message",
            address("petitions:message", YEAR, petition.reference),
            lambda email: typed_message(email=email),
        ),
        TakesAddress(
            "sign",
            address("petitions:sign", petition.reference),
            lambda email: typed_signature(email=email),
        ),
        TakesAddress(
            "sign up",
            address("supporters:sign_up"),
            lambda email: {
                "formulas": [formula.pk],
                "given_name": "Mila",
                "email": email,
                "language": "fr",
            },
        ),
        TakesAddress("see my data", address("supporters:access"), lambda email: {"email": email}),
        TakesAddress(
            "stop all mails",
            address("supporters:stop_all_request"),
            lambda email: {"email": email},
        ),
    ]


def make_known(email: str, number: int, *, petition: Any, formula: Any, now: datetime) -> None:
    """Somebody we know, by turns: as a supporter, as a signer, as a subscriber, and as both."""
    if number % 4 == 0:
        make_supporter(email=email, confirmed_at=now)
    if number % 4 in {1, 3}:
        confirm_signature(signature=sign(petition, email=email, now=now), now=now)
    if number % 4 in {2, 3}:
        for subscription in ask_for(formula, email=email, now=now):
            confirm_subscription(subscription=subscription, language="fr", now=now)


def client_number(number: int) -> str:
    """An address of its own for each request: limits of clients are another matter."""
    return f"2001:db8:{number:x}::1"
