"""No form says whether it knows an address: the same bytes, the same work.

`make bench` compares the times.
"""

from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.petitions.services import tally_signatures
from tests.benchmarks.statements import short
from tests.enumeration import client_number, forms_that_take_an_address, make_known
from tests.factories.facts import make_formula, make_petition
from tests.steps import FROM_HERE

pytestmark = pytest.mark.django_db
N = 24  # The benchmark sends 500 of each.
# Of one length: what was typed comes back in a form, and the form says how long it is.
KNOWN = [f"known-{number:03}@example.org" for number in range(N)]
UNKNOWN = [f"other-{number:03}@example.org" for number in range(N)]
FORMS = ["sign", "message", "sign up", "see my data", "stop all mails"]


@pytest.fixture
def forms(now):
    petition, formula = make_petition(), make_formula()
    before = now - timedelta(days=2)
    for number in range(N):
        make_known(KNOWN[number], number, petition=petition, formula=formula, now=before)
    tally_signatures(now=now)
    return {form.name: form for form in forms_that_take_an_address(petition, formula)}


def answers(form, email: str, client: Client, **typed: str) -> list:
    """All that a stranger gets to see: of the press and of the page that it leads to."""
    sent = client.post(form.path, {**form.typed(email), **typed}, headers=FROM_HERE)
    seen = [sent, client.get(sent.url)] if sent.status_code == 303 else [sent]
    return [
        (
            response.status_code,
            sorted(response.headers.items()),
            sorted(response.cookies),
            # What was typed wrong comes back as it was typed.
            response.content.replace(email.encode(), b""),
        )
        for response in seen
    ]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *((name, {}) for name in FORMS),
        ("sign", {"age": "?"}),
        ("message", {"age": "?"}),
        ("sign up", {"age": "?"}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_bytes(forms, now, name, typed):
    form = forms[name]
    pairs = zip(KNOWN, UNKNOWN, strict=True)
    emails = ["first-000@example.org", *(email for pair in pairs for email in pair)]
    with time_machine.travel(now, tick=False):
        first, *others = [
            answers(form, email, Client(REMOTE_ADDR=client_number(number)), **typed)
            for number, email in enumerate(emails, 1)
        ]
    assert first[0][0] == (422 if typed else 303)
    for email, answer in zip(emails[1:], others, strict=True):
        assert answer == first, email


@pytest.mark.parametrize("name", FORMS)
def test_known_and_unknown_addresses_cost_the_same_statements(forms, name):
    form, numbers = forms[name], count(1)

    def statements(email: str) -> list[str]:
        client = Client(REMOTE_ADDR=client_number(next(numbers)))
        with CaptureQueriesContext(connection) as captured:
            client.post(form.path, form.typed(email), headers=FROM_HERE)
        return [short(query["sql"]) for query in captured]

    statements("first@example.org")  # The wording is stored once.
    expected = statements("second@example.org")
    assert any(statement.startswith("INSERT") for statement in expected)
    for known, unknown in zip(KNOWN, UNKNOWN, strict=True):
        assert statements(known) == expected, known
        assert statements(unknown) == expected, unknown


def test_these_are_all_the_forms_of_the_public_that_take_an_address(forms):
    """A new one has to be added to `tests.enumeration`, or named here with the reason."""
    from campaigns.petitions import forms as of_petitions
    from campaigns.petitions import message_forms
    from campaigns.supporters import forms as of_supporters
    from campaigns.supporters import forms_of_own_page
    from campaigns.supporters.fields import AddressField

    found = {
        name
        for module in (of_petitions, message_forms, of_supporters, forms_of_own_page)
        for name, form in vars(module).items()
        if isinstance(form, type)
        and any(
            isinstance(field, AddressField) for field in getattr(form, "base_fields", {}).values()
        )
    }
    # AddressForm stands behind the mailed link to the own page, and asks the new mailbox.
    assert found == {"SignForm", "NewMessageForm", "SignUpForm", "AccessForm", "AddressForm"}
