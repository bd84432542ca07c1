"""Editions of the letter marathon: filled in by campaigners, looked at by moderators."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.cases.models import CaseConsent
from campaigns.petitions import services
from campaigns.petitions.models import Edition
from campaigns.petitions.services import confirm_signature, tally_signatures
from home import setup
from tests.factories.facts import make_petition
from tests.factories.people import sign
from tests.factories.solidarity import (
    make_english_staff,
    make_friend,
    make_marathon,
    write,
    write_and_confirm,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaigner(client):
    client.force_login(make_english_staff(setup.CAMPAIGNERS))
    return client


def typed(*petitions, entries=(), **changes):
    """The form as the browser sends it; `entries` are what is there already."""
    keys = [entry.pk for entry in entries]
    sent = {
        "year": "2026",
        "opens_at": "2026-11-20 10:00",
        "closes_at": "2027-01-15 12:00",
        "entries-TOTAL_FORMS": len(petitions),
        "entries-INITIAL_FORMS": len(keys),
        "entries-MIN_NUM_FORMS": 0,
        "entries-MAX_NUM_FORMS": 10,
        **changes,
    }
    for number, petition in enumerate(petitions):
        sent[f"entries-{number}-petition"] = petition.pk
        sent[f"entries-{number}-id"] = keys[number] if number < len(keys) else ""
        sent.setdefault(f"entries-{number}-ORDER", number + 1)
        sent[f"entries-{number}-DELETE"] = changes.get(f"entries-{number}-DELETE", "")
    return sent


def order(edition):
    return [entry.petition.reference for entry in edition.entries.all()]


def test_an_edition_with_ten_petitions_is_added_and_put_in_another_order(campaigner):
    petitions = [make_petition() for _number in range(10)]
    assert campaigner.get(reverse("editions:add")).status_code == 200
    response = campaigner.post(reverse("editions:add"), typed(*petitions))
    assert response.status_code == 302
    edition = Edition.objects.get()
    assert order(edition) == [petition.reference for petition in petitions]
    path = reverse("editions:edit", args=[edition.pk])
    assert campaigner.get(path).status_code == 200
    changes = {f"entries-{number}-ORDER": 10 - number for number in range(10)}
    changes["entries-0-DELETE"] = "on"
    sent = typed(*petitions, entries=edition.entries.all(), year="2031", **changes)
    assert campaigner.post(path, sent).status_code == 302
    edition = Edition.objects.get()
    assert order(edition) == [petition.reference for petition in reversed(petitions[1:])]
    assert edition.year == 2026  # Its addresses stand under that year.


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_at": "2026-11-20 10:00"}, "An edition closes after it has opened."),
        ({"closes_at": "2025-11-20 10:00"}, "An edition closes after it has opened."),
        ({"year": "26"}, "Give the year in four digits"),
        ({"year": "99999"}, "year"),
    ],
)
def test_dates_and_year_that_cannot_be_are_refused_in_words(campaigner, changes, words):
    response = campaigner.post(reverse("editions:add"), typed(make_petition(), **changes))
    assert response.status_code == 200
    assert words in response.text
    assert not Edition.objects.exists()


def test_a_petition_stands_in_an_edition_once_and_the_form_says_where(campaigner):
    petitions = [make_petition(), make_petition()]
    response = campaigner.post(reverse("editions:add"), typed(*petitions, petitions[0]))
    assert response.status_code == 200
    [bad] = [form for form in response.context["form"].formsets["entries"].forms if form.errors]
    assert bad.prefix == "entries-2"
    assert bad.errors["petition"] == ["This petition is in the list already."]
    assert "This petition is in the list already." in response.text
    assert not Edition.objects.exists()


def test_an_eleventh_petition_is_refused(campaigner):
    petitions = [make_petition() for _number in range(11)]
    response = campaigner.post(reverse("editions:add"), typed(*petitions))
    assert response.status_code == 200
    assert not Edition.objects.exists()


def test_a_year_has_one_edition(campaigner):
    make_marathon()
    response = campaigner.post(reverse("editions:add"), typed())
    assert response.status_code == 200
    assert Edition.objects.count() == 1


def test_the_workspace_says_what_runs_what_came_in_and_what_waits(campaigner, now):
    friend, other = make_friend(), make_petition()
    edition = make_marathon(friend, other)
    for number in range(3):
        signature = sign(friend, email=f"s{number}@example.org")
        if number:
            confirm_signature(signature=signature, now=now)
    sign(other, email="held@example.org", is_held=True)
    tally_signatures(now=now)
    write(friend, email="a@example.org", now=now)
    write_and_confirm(friend, email="b@example.org", now=now)
    approved = write_and_confirm(friend, email="c@example.org", now=now)
    services.approve_message(message=approved, now=now)
    CaseConsent.objects.filter(case=other.case, scope="MARATHON").delete()
    path = reverse("editions:inspect", args=[edition.pk])
    response = campaigner.get(path)
    state, cases, messages, *_pages = response.context["sections"]
    assert str(state.rows[0][1].words) == "open"
    assert [[cell.words for cell in row[4:]] for row in cases.rows] == [
        [3, 2, 0],
        [0, 0, 1],
        [3, 2, 1],
    ]
    assert cases.notes == [f"{other.case}: no valid consent for the letter marathon."]
    assert [cell.words for cell in messages.rows[0][1:6]] == ["yes", 1, 1, 1, 0]
    assert [cell.words for cell in messages.rows[1][1:6]] == ["no", 0, 0, 0, 0]
    assert messages.notes == ["1 message waits to be read."]
    assert reverse("staff_petitions:inspect", args=[friend.pk]) in response.text
    printed = reverse("solidarity_messages:print", args=[edition.pk, friend.case_id])
    assert printed in response.text
    listed = campaigner.get(reverse("editions:index")).text
    assert path in listed
    for changes, words in (
        ({"opens_at": now + timedelta(days=1)}, "not open yet"),
        ({"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1)}, "over"),
    ):
        Edition.objects.update(**changes)
        assert words in campaigner.get(path).text
        assert words in campaigner.get(reverse("editions:index")).text


def test_the_workspace_leads_to_the_pages_of_each_language(campaigner, home_pages):
    from home.models import MarathonPage

    edition = make_marathon()
    page = MarathonPage(title="Marathon des lettres", slug="marathon", edition=edition)
    home_pages["fr"].add_child(instance=page)
    shown = campaigner.get(reverse("editions:inspect", args=[edition.pk])).text
    assert "Marathon des lettres" in shown
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in shown


def test_an_edition_takes_a_constant_number_of_queries(
    campaigner, django_assert_max_num_queries, now
):
    petitions = [make_friend() for _number in range(10)]
    edition = make_marathon(*petitions)
    path = reverse("editions:inspect", args=[edition.pk])
    campaigner.get(path)
    with django_assert_max_num_queries(25):
        campaigner.get(path)


def test_moderators_look_and_do_not_write(client):
    edition = make_marathon(make_friend())
    client.force_login(make_english_staff(setup.MODERATORS))
    assert client.get(reverse("editions:inspect", args=[edition.pk])).status_code == 200
    before = Edition.objects.values_list("closes_at", flat=True).get()
    for name, keys in (("add", []), ("edit", [edition.pk]), ("delete", [edition.pk])):
        path = reverse(f"editions:{name}", args=keys)
        for response in (client.get(path), client.post(path, typed())):
            assert response.status_code in {302, 403}
    assert Edition.objects.values_list("closes_at", flat=True).get() == before
    assert timezone.now() < before
