"""One mail and one press for all that somebody signed in the letter marathon."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions import services
from campaigns.petitions.links import CONFIRM_MARATHON
from campaigns.petitions.models import Signature
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.recognition import COOKIE
from campaigns.supporters.services.erasure import erase_supporter
from tests.factories.facts import make_case, make_petition
from tests.factories.people import sign
from tests.factories.solidarity import YEAR, make_marathon
from tests.pages import ServedPage
from tests.rows import changed, every_row
from tests.steps import (
    FROM_HERE,
    address,
    deliver_mail,
    html_of,
    link_in,
    open_link,
    typed_signature,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def petitions():
    names = ("Sela", "Davit", "Brisa")
    return [make_petition(case=make_case(given_name=name)) for name in names]


@pytest.fixture
def edition(petitions):
    return make_marathon(*petitions)


def tick(petitions, **typed):
    path = address("petitions:marathon_sign", YEAR, language=typed.pop("language", "fr"))
    data = typed_signature(petitions=[each.reference for each in petitions], **typed)
    assert Client().post(path, data, headers=FROM_HERE).status_code == 303


def confirmed():
    return set(
        Signature.objects.filter(confirmed_at__isnull=False).values_list("petition", flat=True)
    )


@pytest.fixture
def page(edition, petitions, mailoutbox):
    """The page behind the mail, in Dutch."""
    tick(petitions, language="nl")
    [mail] = deliver_mail(mailoutbox)
    assert link_in(mail) in html_of(mail)
    return open_link(Client(), link_in(mail))


def post(page, **ticked):
    return page.client.post(page.request["PATH_INFO"], ticked, headers=FROM_HERE)


def test_the_page_shows_all_that_waits_ticked_and_gives_nothing_away(page, petitions):
    served = ServedPage(page.text)
    keys = {str(pk) for pk in Signature.objects.values_list("pk", flat=True)}
    assert set(served.ticked()) == keys
    assert page.text.count("M··· D···") == 3
    for secret in ("mila@", "Dubreux"):
        assert secret not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert len([button for button in served.all("button") if button.inside(method="post")]) == 1


def test_the_page_says_beside_its_button_that_the_device_will_know_them(page):
    with translation.override("nl"):
        told = gettext(
            "On this device you can then sign the next petition with one press."
            " One press ends that."
        )
    assert told in page.text


def test_one_press_confirms_what_is_ticked_and_the_device_knows_them_from_now_on(page, petitions):
    keys = ServedPage(page.text).ticked()
    answer = post(page, signatures=keys[:2])
    assert (answer.status_code, answer.url) == (303, f"/nl/marathon/{YEAR}/confirmed/")
    assert COOKIE in answer.cookies
    assert page.client.get(answer.url).status_code == 200
    assert confirmed() == {petition.pk for petition in petitions[:2]}
    assert Consent.objects.filter(action=Consent.Action.CONFIRMED).count() >= 2
    before = every_row()
    assert post(page, signatures=keys[:2]).status_code in {303, 422}
    assert changed(before, every_row()) == set()
    # The third one can still be confirmed, and then nothing is left.
    post(page, signatures=keys[2:])
    assert len(confirmed()) == 3
    left = ServedPage(page.client.get(page.request["PATH_INFO"]).text)
    assert left.all("form", method="post") == []


def test_nothing_ticked_confirms_nothing_and_asks_again(page):
    before = every_row()
    answer = post(page)
    assert answer.status_code == 422
    assert COOKIE not in answer.cookies
    assert changed(before, every_row()) == set()
    assert ServedPage(answer.text).all("button", type="submit")


def test_nobody_confirms_the_signatures_of_others(page, petitions):
    stranger = sign(petitions[0], email="other@example.org")
    assert post(page, signatures=[str(stranger.pk)]).status_code == 422
    assert confirmed() == set()


def test_one_mail_at_once_and_at_most_one_more_which_is_spared_once_all_is_confirmed(
    edition, petitions, mailoutbox, now
):
    for petition in petitions:
        tick([petition])
    [mail] = deliver_mail(mailoutbox)
    assert all(petition.case.name in mail.body for petition in petitions)
    page = open_link(Client(), link_in(mail))
    post(page, signatures=ServedPage(page.text).ticked())
    assert len(confirmed()) == 3
    assert deliver_mail(mailoutbox, after=HOUR) == []
    assert set(OutgoingMessage.objects.values_list("state", flat=True)) <= {"SENT", "CANCELLED"}


def test_whoever_signs_again_after_all_was_confirmed_hears_that_it_counts(
    edition, petitions, mailoutbox, now
):
    for petition in petitions:
        services.confirm_signature(signature=sign(petition), now=now)
    OutgoingMessage.objects.all().delete()
    tick(petitions)
    [mail] = deliver_mail(mailoutbox, after=HOUR)
    assert "sign-marathon" not in mail.body
    assert "confirm-marathon" not in mail.body


def test_the_link_of_somebody_erased_opens_nothing(page, now):
    erase_supporter(supporter=Supporter.objects.get(), now=now)
    token = CONFIRM_MARATHON.token({"supporter": 1, "edition": 1})
    assert (
        Client().get(address("petitions:confirm_marathon", token), follow=True).status_code == 410
    )
    assert page.client.get(page.request["PATH_INFO"]).status_code == 410
