"""The tally follows whatever happens within one round, and the nightly recount finds nothing."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from campaigns.petitions.models import Invalidation, Petition, Signature, TallyPart
from campaigns.petitions.services import (
    confirm_signature,
    recount_signatures,
    release_signatures,
    tally_signatures,
    withdraw_signatures,
)
from campaigns.petitions.services.invalidating import (
    Conditions,
    apply_invalidation,
    count_invalidation,
    reverse_invalidation,
)
from campaigns.petitions.tasks import recount
from campaigns.supporters.models import Supporter
from campaigns.supporters.services.erasure import erase_supporter
from campaigns.transitions import Refused
from tests.factories.facts import make_petition
from tests.factories.people import sign
from tests.rows import changed, every_row

from .crowds import crowd, figures

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def counted(petition: Petition) -> Counter[str]:
    """What the signatures themselves say."""
    found: Counter[str] = Counter()
    for signature in Signature.objects.filter(petition=petition):
        if signature.invalidation_id:
            found["invalid"] += 1
        elif signature.confirmed_at:
            found.update(["received", "confirmed"])
        elif signature.held_at:
            found["held"] += 1
        else:
            found["received"] += 1
    return found


def test_an_injected_seven_and_a_wrong_part_are_repaired_and_reported(now, caplog):
    petition, other = make_petition(), make_petition()
    crowd(petition, 5, at=now, source="leaflet")
    crowd(other, 2, at=now)
    tally_signatures(now=now)
    part = TallyPart.objects.get(petition=petition)
    right = every_row(but={"petitions.Tally", "wagtailcore.ModelLogEntry"})

    petition.tally.received += 7
    petition.tally.save()
    TallyPart.objects.filter(pk=part.pk).update(confirmed=1)
    recount.run()
    assert figures(petition, now=now) == (5, 5, 0, 0)
    assert changed(right, every_row(but={"petitions.Tally", "wagtailcore.ModelLogEntry"})) == set()
    entry = ModelLogEntry.objects.get(action="petitions.recount")
    assert (entry.object_id, entry.data) == (
        str(petition.pk), {"drift": {"received": 7}, "parts": 1}
    )  # fmt: skip
    [record] = [record for record in caplog.records if "counted anew" in record.getMessage()]
    assert record.levelname == "ERROR"


def test_a_wrong_part_alone_and_one_of_nobody_are_repaired_too(now):
    petition = make_petition()
    crowd(petition, 5, at=now)
    tally_signatures(now=now)
    TallyPart.objects.update(source="elsewhere")
    recount_signatures(petition=petition, now=now)
    parts = dict(TallyPart.objects.values_list("source", "received"))
    assert parts == {"": 5, "elsewhere": 0}
    assert ModelLogEntry.objects.get(action="petitions.recount").data == {"drift": {}, "parts": 2}


def test_nothing_changes_but_the_moment_while_all_is_right(now):
    petition = make_petition()
    crowd(petition, 5, at=now)
    crowd(petition, 2, at=now, confirmed=False, held_at=now)
    tally_signatures(now=now)
    before = every_row()
    assert recount_signatures(petition=petition, now=now + MINUTE) == {}
    after = every_row()
    assert changed(before, after) == {"petitions.Tally"}
    [one], [other] = before["petitions.Tally"], after["petitions.Tally"]
    assert {name for name in one if one[name] != other[name]} == {"recounted_at"}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("sign", "sign", "sign held", "confirm", "confirm", "withdraw", "release"),
                *("invalidate", "reverse", "erase", "forget the network"),
            ]
        ),
        st.integers(0, 3),
    ),
    max_size=12,
)


def take(step: str, number: int, petition: Petition, now) -> None:
    """Something that happens to a petition, to its `number`th person or network."""
    mine = Signature.objects.filter(petition=petition)
    theirs = mine.filter(supporter__email=f"person-{number}@example.org")
    if step in {"sign", "sign held"}:
        sign(petition, email=f"person-{number}@example.org", is_held=step != "sign",
             network=f"{number % 2:016x}", source="leaflet" * (number % 2), now=now)  # fmt: skip
    elif step == "confirm":
        for signature in theirs:
            confirm_signature(signature=signature, now=now)
    elif step == "withdraw":
        withdraw_signatures(theirs, now=now)
    elif step == "release":
        release_signatures(petition=petition, now=now)
    elif step == "erase":
        for person in Supporter.objects.filter(email=f"person-{number}@example.org"):
            erase_supporter(supporter=person, now=now)
    elif step == "forget the network":
        theirs.update(network="")
    elif step == "invalidate":
        conditions = Conditions(network=f"{number % 2:016x}", only_unconfirmed=number > 1)
        try:
            row = count_invalidation(
                petition=petition, conditions=conditions, reason="Looks like a program",
                by=None, now=now,
            )  # fmt: skip
        except Refused:
            return
        apply_invalidation(invalidation=row, by=None, now=now)
    elif step == "reverse":
        for row in Invalidation.objects.filter(petition=petition, reversed_at=None)[:1]:
            reverse_invalidation(invalidation=row, by=None, now=now)


@settings(
    max_examples=30,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, rounds=st.integers(1, 3))
def test_after_each_round_the_tally_is_a_plain_count(now, steps, rounds):
    with transaction.atomic():
        petition = make_petition()
        for number, (step, who) in enumerate(steps):
            moment = now + number * MINUTE
            take(step, who, petition, moment)
            if number % rounds == 0:
                agrees(petition, moment)
        agrees(petition, now + MINUTE * 20)
        assert recount_signatures(petition=petition, now=now) == {}
        assert not ModelLogEntry.objects.filter(action="petitions.recount").exists()
        transaction.set_rollback(True)
    assert connection.needs_rollback is False


def agrees(petition: Petition, now) -> None:
    """One round, and the tally says what the signatures say, as do its parts together."""
    tally_signatures(now=now)
    truth = counted(petition)
    parts = TallyPart.objects.filter(petition=petition)
    for kind in ("received", "confirmed", "held", "invalid"):
        tally = Petition.objects.select_related("tally").get(pk=petition.pk)
        shown = getattr(tally.tally, kind) if hasattr(tally, "tally") else 0
        assert shown == truth[kind], kind
        assert sum(parts.values_list(kind, flat=True)) == truth[kind], kind
