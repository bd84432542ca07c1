"""Signatures taken out of the count by written conditions: counted first, applied, reversed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import ModelLogEntry

from campaigns.petitions.handover import KIND
from campaigns.petitions.models import Invalidation, Signature
from campaigns.petitions.own_page import SECTION
from campaigns.petitions.services import confirm_signature
from campaigns.petitions.services.invalidating import (
    Conditions,
    apply_invalidation,
    count_invalidation,
    reverse_invalidation,
)
from campaigns.petitions.staff import move_signatures, signature_entries
from campaigns.transfers import sources
from campaigns.transfers.models import ExportJob
from campaigns.transitions import Refused
from home import setup
from tests.factories.facts import make_petition
from tests.factories.people import sign
from tests.pages import ServedPage
from tests.rows import changed, every_row

from .crowds import crowd, figures, staff_in_english

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BOTS = "3f2a" * 4
REASON = "A thousand within one minute"


@pytest.fixture(autouse=True)
def english():
    """Refusals are words, and these tests read them."""
    with translation.override("en"):
        yield


@pytest.fixture
def petition(site):
    return make_petition()


@pytest.fixture
def campaigner(site):
    return staff_in_english(setup.CAMPAIGNERS)


def count(petition, *, now, by=None, reason=REASON, **conditions) -> Invalidation:
    return count_invalidation(
        petition=petition, conditions=Conditions(**conditions), reason=reason, by=by, now=now
    )


def test_a_thousand_scripted_signatures_go_in_one_action_and_come_back(
    client, petition, campaigner, now
):
    crowd(petition, 30, at=now - HOUR, network="0" * 16)
    crowd(petition, 1000, at=now - MINUTE, network=BOTS, confirmed=False)
    assert figures(petition, now=now) == (1030, 30, 0, 0)
    client.force_login(campaigner)

    form = reverse("staff_petitions:transition", args=[petition.pk, "count"])
    before = every_row()
    client.get(form, {"network": "3f2a"})
    assert changed(before, every_row()) <= {"sessions.Session"}
    counted = client.post(form, {"network": BOTS, "only": "unconfirmed", "reason": REASON})
    row = Invalidation.objects.get()
    assert counted.url == reverse("invalidations:inspect", args=[row.pk])
    page = client.get(counted.url).text
    for words in (
        "1000",
        "from network 3f2a",
        "not confirmed",
        REASON,
        "counted, and nothing changed",
    ):
        assert words in page
    assert BOTS not in page
    assert figures(petition, now=now) == (1030, 30, 0, 0)

    # What comes in after the count is not meant, whatever it looks like.
    crowd(petition, 2, at=now + MINUTE, network=BOTS, confirmed=False)
    apply = reverse("invalidations:transition", args=[row.pk, "apply"])
    client.get(apply)
    assert figures(petition, now=now) == (1032, 30, 0, 0)
    for _press in range(2):
        assert client.post(apply).status_code == 302
    assert figures(petition, now=now) == (32, 30, 0, 1000)
    assert "applied: they do not count" in client.get(counted.url).text

    reverse_it = reverse("invalidations:transition", args=[row.pk, "reverse"])
    for _press in range(2):
        assert client.post(reverse_it).status_code == 302
    assert figures(petition, now=now) == (1032, 30, 0, 0)
    assert (
        "reversed: they count again"
        in client.get(reverse("staff_petitions:inspect", args=[petition.pk])).text
    )
    logged = ModelLogEntry.objects.for_instance(petition).order_by("timestamp", "pk")
    assert [(each.action, each.user, each.data) for each in logged] == [
        (f"petitions.{action}", campaigner, {"invalidation": row.pk, "signatures": 1000})
        for action in ("count_invalidation", "invalidate", "reverse_invalidation")
    ]


def test_each_condition_narrows_what_is_meant(petition, now):
    at = now - HOUR
    plain = {"network": "0" * 16, "domain": "example.org", "country": "BE", "source": ""}
    for name, value in [
        ("network", BOTS), ("domain", "bots.example"), ("country", "FR"), ("language", "nl"),
        ("source", "by-abcdefghijkl"), ("source", "leaflet"),
    ]:  # fmt: skip
        crowd(petition, 5, at=at, **{**plain, name: value})
    crowd(petition, 3, at=at - HOUR, held_at=at, **plain, confirmed=False)
    crowd(make_petition(), 9, at=at, network=BOTS)

    def fits(**conditions) -> int:
        return count(petition, now=now, **conditions).counted

    assert fits(network=BOTS) == fits(domain="bots.example") == fits(country="FR") == 5
    assert fits(language="nl") == fits(source="by") == fits(source="leaflet") == 5
    assert fits(source="") == 23
    assert fits(signed_until=at - 30 * MINUTE) == fits(only_held=True) == 3
    assert fits(signed_from=at - 30 * MINUTE) == 30
    assert fits(country="BE", only_unconfirmed=True) == 3
    kept = Invalidation.objects.latest("pk")
    assert Conditions.from_json(kept.conditions) == Conditions(country="BE", only_unconfirmed=True)
    moments = Conditions(signed_from=at, signed_until=now)
    assert Conditions.from_json(moments.as_json()) == moments


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        ({}, REASON),
        ({"only_unconfirmed": True}, REASON),
        ({"network": BOTS}, "bots"),
        ({"network": "1" * 16}, REASON),
        ({"domain": "family.example"}, REASON),
    ],
    ids=["all", "all unconfirmed", "no reason", "nobody", "a domain of four"],
)
def test_counting_is_refused_and_nothing_is_kept(petition, now, conditions, reason):
    crowd(petition, 4, at=now - HOUR, network=BOTS, domain="family.example", confirmed=False)
    with pytest.raises(Refused):
        count(petition, now=now, reason=reason, **conditions)
    assert not Invalidation.objects.exists()


def test_more_than_were_counted_are_not_taken(petition, now):
    """Somebody moved a clock, or wrote rows by hand: nobody has looked at these."""
    crowd(petition, 3, at=now - HOUR, network=BOTS)
    row = count(petition, network=BOTS, now=now)
    crowd(petition, 1, at=now - MINUTE, network=BOTS)
    with pytest.raises(Refused, match="3 signatures were counted, and 4 fit now"):
        apply_invalidation(invalidation=row, by=None, now=now + MINUTE)
    assert figures(petition, now=now) == (4, 4, 0, 0)
    row.refresh_from_db()
    assert row.applied_at is None


def test_who_confirms_in_between_is_a_person(petition, now):
    signatures = crowd(petition, 3, at=now - HOUR, network=BOTS, confirmed=False)
    row = count(petition, network=BOTS, only_unconfirmed=True, now=now)
    confirm_signature(signature=signatures[0], now=now)
    assert apply_invalidation(invalidation=row, by=None, now=now + MINUTE) == 2
    assert figures(petition, now=now) == (1, 1, 0, 2)


def test_an_old_count_and_an_empty_one_are_refused(petition, now):
    crowd(petition, 3, at=now - HOUR, network=BOTS)
    row = count(petition, network=BOTS, now=now)
    with pytest.raises(Refused, match="more than a day ago"):
        apply_invalidation(invalidation=row, by=None, now=now + 25 * HOUR)
    with pytest.raises(Refused, match="have not been taken out"):
        reverse_invalidation(invalidation=row, by=None, now=now)
    Signature.objects.update(network="")
    with pytest.raises(Refused, match="any more"):
        apply_invalidation(invalidation=row, by=None, now=now + HOUR)


def test_of_two_invalidations_each_puts_back_its_own(petition, now):
    crowd(petition, 3, at=now - HOUR, network=BOTS, country="FR")
    crowd(petition, 2, at=now - HOUR, country="FR")
    one, other = count(petition, network=BOTS, now=now), count(petition, country="FR", now=now)
    for row in (one, other):
        apply_invalidation(invalidation=row, by=None, now=now)
    assert figures(petition, now=now) == (0, 0, 0, 5)
    reverse_invalidation(invalidation=one, by=None, now=now)
    assert figures(petition, now=now) == (3, 3, 0, 2)


def test_whoever_signed_sees_what_everybody_sees_and_is_not_handed_over(petition, now):
    signature = sign(petition, network=BOTS, now=now - HOUR)
    before = SECTION.rows(signature.supporter_id)
    apply_invalidation(invalidation=count(petition, network=BOTS, now=now), by=None, now=now)
    assert SECTION.rows(signature.supporter_id) == before
    # The mailed link still confirms it; it stays out until somebody puts it back.
    confirm_signature(signature=signature, now=now)
    sign(petition, now=now + HOUR)
    assert figures(petition, now=now) == (0, 0, 0, 1)
    listed = sources.source_of(ExportJob(kind=KIND, about=petition.pk))
    assert not any(listed.chunks(ExportJob(kind=KIND, about=petition.pk)))
    reverse_invalidation(invalidation=Invalidation.objects.get(), by=None, now=now)
    assert figures(petition, now=now) == (1, 1, 0, 0)


def test_the_supporter_service_sees_why_it_does_not_count(petition, now):
    signature = sign(petition, network=BOTS, now=now - HOUR)
    confirm_signature(signature=signature, now=now)
    apply_invalidation(invalidation=count(petition, network=BOTS, now=now), by=None, now=now)
    [entry] = signature_entries(signature.supporter_id)
    assert entry.details[-1] == "found invalid together with others, and not counted"
    assert entry.mark == "wait"


def test_of_two_entries_of_one_person_the_valid_signature_stays(petition, now):
    invalid = sign(petition, email="one@example.org", network=BOTS, now=now - HOUR)
    confirm_signature(signature=invalid, now=now - HOUR)
    valid = sign(petition, email="other@example.org", now=now - MINUTE)
    apply_invalidation(invalidation=count(petition, network=BOTS, now=now), by=None, now=now)
    move_signatures(kept_id=invalid.supporter_id, merged_id=valid.supporter_id, now=now)
    assert Signature.objects.get(supporter=invalid.supporter_id) == valid
    assert figures(petition, now=now) == (1, 0, 0, 0)


def test_a_form_that_is_refused_keeps_what_was_typed(client, petition, campaigner, now):
    crowd(petition, 6, at=now - HOUR, network=BOTS, confirmed=False)
    figures(petition, now=now)
    client.force_login(campaigner)
    form = reverse("staff_petitions:transition", args=[petition.pk, "count"])
    answer = client.post(form, {"only": "unconfirmed", "reason": REASON})
    assert answer.status_code == 200
    assert "these fit every signature" in answer.text
    assert REASON in answer.text
    answer = client.post(
        form,
        {"signed_from": "2026-10-02 10:00", "signed_until": "2026-10-02 09:00", "reason": REASON},
    )
    assert "This is not after the beginning." in answer.text
    sources_offered = {
        option.attributes["value"]
        for option in ServedPage(answer.text).all("option")
        if option.inside(name="source")
    }
    assert sources_offered == {"", "="}


def test_a_superuser_does_not_edit_or_delete_one_either(client, petition, admin_user, now):
    crowd(petition, 6, at=now - HOUR, network=BOTS)
    row = count(petition, network=BOTS, now=now)
    client.force_login(admin_user)
    before = every_row()
    for name in ("edit", "delete"):
        path = reverse(f"invalidations:{name}", args=[row.pk])
        for response in (client.get(path), client.post(path, {"reason": "x"})):
            assert response.status_code in {302, 403, 404}
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}
