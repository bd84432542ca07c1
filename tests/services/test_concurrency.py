"""Presses at the same moment, on the real server and the real database."""

import uuid

import pytest

from tests.running_site import RunningSite

from .visitors import sign_at_once

pytestmark = pytest.mark.services

PRESSES = 24
ROUNDS = 10


def test_variants_of_one_address_at_once_are_one_signature(running_site: RunningSite) -> None:
    tag = uuid.uuid4().hex[:12]
    for number in range(ROUNDS):
        name = f"Press-{tag}-{number}"
        variants = [
            f"{name}@example.org",
            f"{name.upper()}@Example.ORG",
            f"{name}+tram@example.org",
        ]
        answers = sign_at_once(
            running_site,
            [variants[press % 3] for press in range(PRESSES)],
            [("fr", "nl", "de", "en")[press % 4] for press in range(PRESSES)],
        )
        assert {status for status, _location in answers} == {303}
        assert {location[3:] for _status, location in answers} == {"/petitions/ana-drovik/thanks/"}

    counted = running_site.query(
        "from campaigns.petitions.models import Signature;"
        "from campaigns.supporters.models import Supporter;"
        f"people = Supporter.objects.filter(email_canonical__startswith='press-{tag}');"
        "print(people.count(), Signature.objects.filter(supporter__in=people).count())"
    )
    assert counted == f"{ROUNDS} {ROUNDS}"
