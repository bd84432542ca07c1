"""The letter marathon: several cases in one list, by form, by a known device, by a mailed link."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.cases.models import Case, CaseConsent
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions import services
from campaigns.petitions.links import sign_marathon_link
from campaigns.petitions.marathon import countdown, edition_of
from campaigns.petitions.models import Edition, Petition, Signature
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.recognition import COOKIE
from campaigns.supporters.services.recognising import forget_devices
from tests.devices import device_of
from tests.factories.facts import make_case, make_petition
from tests.factories.people import make_supporter, sign
from tests.factories.solidarity import YEAR, make_marathon
from tests.pages import ServedPage
from tests.rows import changed, every_row
from tests.steps import FROM_HERE, LANGUAGES, address, deliver_mail, open_link, typed_signature

pytestmark = pytest.mark.django_db
Scope = CaseConsent.Scope
DAY = timedelta(days=1)
PUBLIC = [Scope.WORK, Scope.WEB, Scope.NAME, Scope.SURNAME]


@pytest.fixture
def petitions():
    names = ("Sela", "Davit", "Brisa", "Yusra")
    return [make_petition(case=make_case(given_name=name, scopes=PUBLIC)) for name in names]


@pytest.fixture
def edition(petitions):
    return make_marathon(*petitions)


@pytest.fixture
def known(now):
    return make_supporter(email="mila@example.org", confirmed_at=now, country="BE")


def references(petitions) -> list[str]:
    return [petition.reference for petition in petitions]


def tick(client, petitions, *, language="fr", **typed):
    path = address("petitions:marathon_sign", YEAR, language=language)
    data = typed_signature(petitions=references(petitions), **typed)
    return client.post(path, data, headers=FROM_HERE)


def press(client, petitions, **typed):
    path = address("petitions:marathon_press", YEAR)
    return client.post(path, {"petitions": references(petitions), **typed}, headers=FROM_HERE)


def link_for(supporter, edition, *, now, language="fr"):
    link = sign_marathon_link(
        supporter_id=supporter.pk,
        edition_id=edition.pk,
        source="mailing-12",
        language=language,
        now=now,
    )
    return link.partition("//")[2].partition("/")[2].join(["/", ""])


def stop(petition):
    Petition.objects.filter(pk=petition.pk).update(closes_at=timezone.now() - DAY)


def signed():
    return set(Signature.objects.values_list("petition__reference", flat=True))


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_all_that_is_ticked_is_signed_with_one_press_and_asked_about_by_one_mail(
    client, edition, petitions, mailoutbox, language
):
    page = ServedPage(client.get(address("petitions:marathon_sign", YEAR, language=language)).text)
    assert len(page.all("form", data_form="sign-many")) == 1
    assert [box for box in page.ticked() if box in references(petitions)] == references(petitions)

    answer = tick(client, petitions, language=language, source="stall")
    assert (answer.status_code, answer.url) == (303, f"/{language}/marathon/{YEAR}/thanks/")
    assert not answer.cookies
    rows = Signature.objects.all()
    assert signed() == set(references(petitions))
    assert {(row.language, row.source, row.confirmed_at) for row in rows} == {
        (language, "stall", None)
    }
    assert OutgoingMessage.objects.count() == 1
    [mail] = deliver_mail(mailoutbox)
    assert "4" in mail.subject
    assert all(petition.case.name in mail.body for petition in petitions)
    assert client.get(answer.url).status_code == 200


def test_what_is_not_ticked_is_not_signed_and_pressing_twice_is_pressing_once(
    client, edition, petitions
):
    first = tick(client, petitions[:2])
    again = tick(client, petitions[:2])
    assert (first.status_code, first.url) == (again.status_code, again.url)
    tick(client, petitions[1:3], language="nl")
    assert signed() == set(references(petitions[:3]))
    assert Supporter.objects.count() == 1
    assert Signature.objects.count() == 3


def test_nothing_ticked_is_said_beside_the_list_and_nothing_typed_is_lost(
    client, edition, petitions
):
    before = every_row()
    answer = tick(client, [])
    assert answer.status_code == 422
    assert "no-store" in answer.headers["Cache-Control"]
    page = ServedPage(answer.text)
    assert page.typed()["given_name"] == "Mila"
    assert page.typed()["email"] == "mila@example.org"
    [fieldset] = [e for e in page.all("fieldset") if "aria-describedby" in e.attributes]
    [error] = page.all("p", id=fieldset.attributes["aria-describedby"])
    assert error.words.strip()
    assert page.error_beside("petitions")
    assert set(page.ticked()) & set(references(petitions)) == set()
    wrong = ServedPage(tick(client, petitions[:2], email="nobody").text)
    assert set(wrong.ticked()) & set(references(petitions)) == set(references(petitions[:2]))
    assert changed(before, every_row()) == set()


def test_of_those_ticked_one_that_has_closed_is_left_out_and_the_thanks_say_so(
    client, edition, petitions
):
    stop(petitions[2])
    answer = tick(client, petitions)
    assert answer.status_code == 303
    assert signed() == set(references([*petitions[:2], petitions[3]]))
    thanks = client.get(answer.url).text
    assert petitions[2].case.name in thanks
    assert petitions[3].case.name not in thanks
    listed = ServedPage(client.get(address("petitions:marathon_sign", YEAR)).text)
    assert petitions[2].reference not in listed.ticked()
    assert petitions[2].case.name in listed.all("fieldset")[0].words


@pytest.mark.parametrize(("opens", "closes"), [(-30, -1), (1, 30)], ids=["over", "not begun"])
def test_outside_of_its_days_an_edition_takes_nothing_and_says_why(
    client, edition, petitions, known, now, opens, closes
):
    device = device_of(known)
    link = link_for(known, edition, now=now)
    Edition.objects.update(opens_at=now + opens * DAY, closes_at=now + closes * DAY)
    step = address("petitions:marathon_step", YEAR, 1)
    before = every_row()
    answers = [
        client.get(address("petitions:marathon_sign", YEAR)),
        tick(client, petitions),
        device.get(address("petitions:marathon_press", YEAR)),
        press(device, petitions),
        client.get(step),
        client.post(step, typed_signature(do="sign"), headers=FROM_HERE),
    ]
    page = Client().get(link, follow=True)
    answers += [page]
    assert {answer.status_code for answer in answers} == {410}
    headings = {ServedPage(answer.text).all("h1")[0].words.strip() for answer in answers}
    assert len(headings) == 1
    assert changed(before, every_row()) == set()


def test_closed_between_looking_and_pressing_the_link_signs_nothing(edition, petitions, known, now):
    person = Client()
    page = open_link(person, link_for(known, edition, now=now))
    assert page.status_code == 200
    Edition.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    before = every_row()
    path = page.request["PATH_INFO"]
    answer = person.post(path, {"petitions": references(petitions)}, headers=FROM_HERE)
    assert answer.status_code == 410
    assert changed(before, every_row()) <= {"outbox.RateCount"}


def test_a_case_that_may_not_be_shown_is_not_in_the_list_and_cannot_be_signed(
    client, edition, petitions
):
    Case.objects.filter(pk=petitions[0].case_id).update(state=Case.State.HIDDEN)
    text = client.get(address("petitions:marathon_sign", YEAR)).text
    assert petitions[0].case.name not in text
    tick(client, petitions)
    assert petitions[0].reference not in signed()
    assert len(signed()) == 3


def test_children_and_robots_are_met_as_everywhere(client, edition, petitions):
    before = every_row()
    answer = tick(client, petitions, age="UNDER_13")
    assert answer.status_code == 200
    assert changed(before, every_row()) == set()
    tick(client, petitions, homepage="https://spam.example")
    assert {row.held_at is not None for row in Signature.objects.all()} == {True}


def test_the_total_is_the_sum_over_cases_and_languages_and_is_served_alone(
    client, edition, petitions, now
):
    for number, petition in enumerate(petitions):
        signature = sign(petition, email=f"{number}@example.org", language=LANGUAGES[number % 4])
        services.confirm_signature(signature=signature, now=now)
    services.tally_signatures(now=now)
    answer = client.get(f"/marathon/{YEAR}/count/")
    assert answer.json()["count"] == 4
    assert "max-age" in answer.headers["Cache-Control"]
    page = ServedPage(client.get(address("petitions:marathon_sign", YEAR, language="de")).text)
    [total] = page.all("strong", data_count=f"marathon-{YEAR}")
    assert total.words == "4"
    assert total.attributes["data-count-at"] == f"/marathon/{YEAR}/count/"
    assert len([e for e in page.all("strong") if "data-count" in e.attributes]) == 5
    assert client.get("/marathon/1999/count/", follow=True).status_code == 404


@pytest.mark.parametrize(
    ("closes_at", "day", "days"),
    [
        ("2027-01-01T00:00+01:00", 31, 9),
        ("2026-12-31T18:00+01:00", 31, 9),
        ("2026-12-22T12:00+01:00", 22, 0),
    ],
)
def test_the_last_day_is_the_one_on_which_people_can_still_sign(closes_at, day, days):
    now = datetime.fromisoformat("2026-12-22T10:00+01:00")
    edition = Edition(year=2026, opens_at=now - DAY, closes_at=datetime.fromisoformat(closes_at))
    found = countdown(edition, now=now)
    assert (found.last_day.day, found.days_left, found.is_open) == (day, days, True)


def test_a_device_that_knows_somebody_signs_for_all_with_one_press(edition, petitions, known):
    device = device_of(known)
    path = address("petitions:marathon_press", YEAR)
    page = device.get(path)
    assert "M··· D···" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert not [field for field in ("given_name", "email") if f'name="{field}"' in page.text]
    assert "mila@example.org" not in page.text
    assert "Dubreux" not in page.text
    fragment = device.get(path, {"fragment": "1", "source": "stall"})
    assert "M··· D···" in fragment.text
    assert 'value="stall"' in fragment.text
    assert "<html" not in fragment.text

    answer = press(device, petitions[:3], source="stall")
    assert answer.status_code == 303
    receipt = device.get(answer.url).text
    assert all(petition.case.name in receipt for petition in petitions[:3])
    rows = Signature.objects.all()
    assert len(rows) == 3
    assert all(
        row.confirmed_at and row.supporter == known and row.source == "stall" for row in rows
    )
    assert Consent.objects.filter(method=Consent.Method.DEVICE).count() == 3
    assert OutgoingMessage.objects.get().kind == "petitions/acknowledge_signatures"
    before = every_row()
    assert press(device, petitions[:3]).status_code == 303
    assert changed(before, every_row()) <= {"outbox.RateCount"}
    # What has been signed is said, and only the rest can be ticked.
    assert set(ServedPage(device.get(path).text).ticked()) == set(references(petitions[3:]))
    assert press(device, []).status_code == 422


def test_a_device_that_knows_nobody_is_led_to_the_form(client, edition, petitions):
    path = address("petitions:marathon_press", YEAR)
    answer = client.get(path, {"source": "stall"})
    assert answer.url == address("petitions:marathon_sign", YEAR) + "?source=stall"
    assert client.get(path, {"fragment": "1"}).status_code == 204
    before = every_row()
    assert press(client, petitions).status_code == 303
    assert changed(before, every_row()) == set()


def test_a_mailed_link_signs_for_all_cases_with_one_press(edition, petitions, known, now):
    sign_one = sign(petitions[0], email=known.email)
    services.confirm_signature(signature=sign_one, now=now)
    person = Client()
    before = every_row()
    page = open_link(person, link_for(known, edition, now=now, language="nl"))
    person.head(page.request["PATH_INFO"])
    assert changed(before, every_row()) == set()
    served = ServedPage(page.text)
    assert "M··· D···" in page.text
    for secret in ("mila@", "Dubreux"):
        assert secret not in page.text
    assert set(served.ticked()) == set(references(petitions[1:]))
    path = page.request["PATH_INFO"]
    assert person.post(path, {}, headers=FROM_HERE).status_code == 422
    answer = person.post(path, {"petitions": served.ticked()}, headers=FROM_HERE)
    assert answer.status_code == 303
    assert COOKIE in answer.cookies
    rows = Signature.objects.exclude(pk=sign_one.pk)
    assert len(rows) == 3
    assert {(row.source, row.language) for row in rows} == {("mailing-12", "nl")}
    assert all(row.confirmed_at for row in rows)
    again = person.post(path, {"petitions": served.ticked()}, headers=FROM_HERE)
    assert again.status_code == 303
    assert Signature.objects.count() == 4
    # Everything is signed: the page says so, and there is no button left.
    assert ServedPage(person.get(path).text).all("form", method="post") == []


def test_a_mailed_link_of_somebody_who_said_it_was_not_them_opens_nothing(edition, known, now):
    link = link_for(known, edition, now=now)
    forget_devices(supporter_id=known.pk, now=now + timedelta(seconds=1))
    assert Client().get(link, follow=True).status_code == 410


def test_more_cases_cost_no_more_statements_to_look_at(client, petitions):
    make_marathon(*petitions)
    make_marathon(petitions[0], year=YEAR + 1)
    counts = []
    for year in (YEAR, YEAR + 1):
        path = address("petitions:marathon_sign", year)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path + "?again")
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert edition_of(YEAR).entries.count() == 4
