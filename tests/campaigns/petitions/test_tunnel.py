"""Through the letter marathon case by case: sign or skip, and go on where one stopped."""

from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions import services
from campaigns.petitions.models import Petition, Signature
from campaigns.supporters.models import Supporter
from campaigns.supporters.services.erasure import erase_supporter
from tests.devices import device_of
from tests.factories.facts import make_case, make_petition
from tests.factories.people import make_supporter, sign
from tests.factories.solidarity import YEAR, make_marathon
from tests.pages import ServedPage
from tests.rows import changed, every_row
from tests.steps import FROM_HERE, address, deliver_mail, typed_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def petitions():
    names = ("Sela", "Davit", "Brisa")
    return [make_petition(case=make_case(given_name=name)) for name in names]


@pytest.fixture(autouse=True)
def edition(petitions):
    return make_marathon(*petitions)


def step(number, language="fr"):
    return address("petitions:marathon_step", YEAR, number, language=language)


def end(language="fr"):
    return address("petitions:marathon_end", YEAR, language=language)


def do(client, number, wish, language="fr", **typed):
    return client.post(step(number, language), {"do": wish, **typed}, headers=FROM_HERE)


def labels(client, number=1, language="fr"):
    page = ServedPage(client.get(step(number, language)).text)
    return [
        " ".join(link.words.split())
        for link in page.all("a")
        if "stepper__step" in link.attributes.get("class", "")
    ]


def test_the_first_case_asks_who_one_is_and_each_further_one_is_one_press(
    client, petitions, mailoutbox
):
    assert 'name="email"' in client.get(step(1)).text
    first = do(client, 1, "sign", **typed_signature(source="stall"))
    assert (first.status_code, first.url) == (303, step(2))
    page = client.get(step(2))
    assert "M··· D···" in page.text
    assert 'name="email"' not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    for secret in ("mila@example.org", "Dubreux"):
        assert secret not in page.text
    assert do(client, 2, "skip").url == step(3)
    assert do(client, 3, "sign").url == end()
    rows = Signature.objects.order_by("petition")
    assert [row.petition for row in rows] == [petitions[0], petitions[2]]
    assert {(row.given_name, row.family_name, row.country, row.source) for row in rows} == {
        ("Mila", "Dubreux", "BE", "stall")
    }
    assert all(row.confirmed_at is None for row in rows)
    # However many presses: one mail, which speaks for all of them.
    [mail] = deliver_mail(mailoutbox)
    assert all(petition.case.name in mail.body for petition in (petitions[0], petitions[2]))

    finished = client.get(end())
    assert petitions[1].case.name in finished.text
    assert step(2) in {link.attributes["href"] for link in ServedPage(finished.text).all("a")}
    assert do(client, 2, "sign").url == end()
    assert Signature.objects.count() == 3


def test_the_way_is_kept_for_a_month_on_these_pages_alone_in_every_language_without_address(
    client, petitions
):
    answer = do(client, 1, "sign", **typed_signature(email="canary@example.org"))
    assert len(answer.cookies) == 4
    for cookie in answer.cookies.values():
        assert cookie["path"].endswith(f"/marathon/{YEAR}/")
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["max-age"] == 30 * 24 * 3600
        for secret in ("canary", "Mila", "Dubreux"):
            assert secret not in unquote(cookie.value)
    do(client, 2, "skip", language="nl")
    assert do(client, 3, "sign", language="nl").url == end("nl")
    spoken = labels(client, language="en")
    assert ["signed" in label or "skipped" in label for label in spoken] == [True, True, True]
    dutch = labels(client, language="nl")
    assert len(dutch) == 3
    assert all(
        petition.case.name in label for petition, label in zip(petitions, dutch, strict=True)
    )


def test_a_forged_way_is_no_way(client, petitions):
    do(client, 1, "sign", **typed_signature())
    name = "one-by-one-fr"
    client.cookies[name] = client.cookies[name].value[:-3] + "xyz"
    page = client.get(step(2))
    assert page.status_code == 200
    assert 'name="email"' in page.text


def test_looking_changes_nothing_and_pressing_twice_is_pressing_once(client, petitions):
    before = every_row()
    for number in (1, 2, 3):
        client.get(step(number))
        client.head(step(number))
    client.get(end())
    assert not client.cookies
    assert changed(before, every_row()) == set()
    do(client, 1, "sign", **typed_signature())
    again = do(client, 1, "sign", **typed_signature())
    assert again.url == step(2)
    assert Signature.objects.count() == 1
    assert do(client, 1, "skip").url == step(2)
    assert client.get(step(4)).status_code == 404


def test_a_slip_keeps_what_was_typed_and_a_child_is_met_kindly(client):
    before = every_row()
    answer = do(client, 1, "sign", **typed_signature(email="nobody"))
    assert answer.status_code == 422
    assert ServedPage(answer.text).typed()["given_name"] == "Mila"
    assert do(client, 1, "sign", **typed_signature(age="UNDER_13")).status_code == 200
    assert changed(before, every_row()) == set()


def test_whoever_types_a_known_address_sees_what_they_typed_and_nothing_stored(client, now):
    make_supporter(
        email="mila@example.org", given_name="Zora", family_name="Quist", confirmed_at=now
    )
    typed = typed_signature(given_name="Ben", family_name="Obi", country="NL")
    do(client, 1, "sign", **typed)
    page = client.get(step(2)).text
    assert "B··· O···" in page
    assert "Z···" not in page
    do(client, 2, "sign")
    assert {(row.given_name, row.country) for row in Signature.objects.all()} == {("Ben", "NL")}
    # Not you? The name is forgotten, the way is not.
    assert do(client, 3, "forget").url == step(3)
    assert 'name="email"' in client.get(step(3)).text
    assert Supporter.objects.get().given_name == "Zora"


def test_somebody_erased_meanwhile_is_asked_again(client, now):
    do(client, 1, "sign", **typed_signature())
    erase_supporter(supporter=Supporter.objects.get(), now=now)
    answer = do(client, 2, "sign")
    assert (answer.status_code, answer.url) == (303, step(2))
    assert 'name="email"' in client.get(step(2)).text
    assert not Signature.objects.filter(supporter__isnull=False).exists()


def test_a_case_that_closes_on_the_way_says_so_and_the_way_goes_on(client, petitions):
    do(client, 1, "sign", **typed_signature())
    Petition.objects.filter(pk=petitions[1].pk).update(closes_at=timezone.now())
    answer = do(client, 2, "sign")
    assert answer.status_code == 410
    links = {link.attributes["href"] for link in ServedPage(answer.text).all("a")}
    assert step(3) in links
    assert ServedPage(answer.text).all("form", data_form="sign") == []
    assert Signature.objects.count() == 1
    assert do(client, 3, "sign").url == end()


def test_on_a_device_that_knows_somebody_every_case_is_one_press(petitions, now):
    known = make_supporter(email="mila@example.org", confirmed_at=now, country="BE")
    services.confirm_signature(signature=sign(petitions[0], email=known.email), now=now)
    OutgoingMessage.objects.all().delete()
    device: Client = device_of(known)
    # What was signed in another way is known here, too.
    assert [petitions[0].case.name in device.get(step(1)).text] == [True]
    assert ServedPage(device.get(step(1)).text).all("form", data_form="sign") == []
    assert do(device, 2, "sign").url == step(3)
    assert do(device, 3, "sign").url == end()
    assert Signature.objects.filter(supporter=known, confirmed_at__isnull=False).count() == 3
    assert OutgoingMessage.objects.get().kind == "petitions/acknowledge_signatures"
