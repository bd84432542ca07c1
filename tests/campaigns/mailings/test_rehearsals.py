"""Test mails: to ourselves, in the words that readers would get, with links that open nothing."""

import re

import pytest
from django.conf import settings
from django.utils import timezone

from campaigns.mailings import services
from campaigns.mailings.models import Delivery, Mailing, ProofReader
from campaigns.outbox.models import OutgoingMessage
from campaigns.transitions import Refused
from tests.factories.mailings import make_mailing
from tests.factories.pages import make_newsletter_page
from tests.factories.people import make_staff
from tests.steps import deliver_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return make_staff(email="me@example.org", first_name="Ruth")


def send(mailing, me, *languages, to_list=False):
    return services.send_tests(
        mailing=mailing, languages=languages, to_list=to_list, by=me, now=timezone.now()
    )


def test_to_myself_in_each_language_i_ask_for(me, mailoutbox):
    assert send(make_mailing(), me, "fr", "nl") == 2
    deliver_mail(mailoutbox)
    assert {mail.subject for mail in mailoutbox} == {
        "[Test] A letter for Noor (fr)",
        "[Test] A letter for Noor (nl)",
    }
    assert {tuple(mail.to) for mail in mailoutbox} == {("me@example.org",)}
    assert all("Ruth" in mail.body for mail in mailoutbox)


def test_its_links_open_nothing_of_anybodys(me, mailoutbox):
    send(make_mailing(), me, "fr")
    deliver_mail(mailoutbox)
    [mail] = mailoutbox
    found = re.findall(rf"{settings.BASE_URL}\S*", mail.body)
    assert found
    assert set(found) == {f"{settings.BASE_URL}/fr/"}
    assert "List-Unsubscribe" not in mail.extra_headers


def test_the_test_list_gets_it_in_its_own_languages(me, mailoutbox):
    for name, language in (("Anke", "nl"), ("Aude", "fr"), ("Frauke", "de")):
        ProofReader.objects.create(
            name=name, language=language, email=f"{name.lower()}@example.org"
        )
    assert send(make_mailing(languages=("fr", "nl")), me, to_list=True) == 2
    deliver_mail(mailoutbox)
    assert {mail.to[0] for mail in mailoutbox} == {"anke@example.org", "aude@example.org"}


def test_a_draft_is_tested_with_the_words_of_its_page(me, mailoutbox, site):
    page = make_newsletter_page(language="en", title="A family is together again")
    mailing = make_mailing(languages=(), page=page, state=Mailing.State.DRAFT)
    send(mailing, me, "en")
    deliver_mail(mailoutbox)
    assert mailoutbox[0].subject == "[Test] A family is together again"


def test_it_is_no_mailing(me, mailoutbox):
    mailing = make_mailing()
    send(mailing, me, "fr")
    deliver_mail(mailoutbox)
    assert not Delivery.objects.exists()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.APPROVED


def test_no_address_stands_in_the_queue(me):
    send(make_mailing(), me, "fr")
    assert "example.org" not in str(OutgoingMessage.objects.values())


def test_pressed_twice_it_is_sent_once(me, mailoutbox, time_machine):
    time_machine.move_to("2026-11-20 10:00:00.500", tick=False)
    mailing = make_mailing()
    send(mailing, me, "fr")
    send(mailing, me, "fr")
    deliver_mail(mailoutbox)
    assert len(mailoutbox) == 1


def test_what_cannot_be_sent_is_said(me):
    mailing = make_mailing(languages=("fr",))
    with pytest.raises(Refused, match="not published"):
        send(mailing, me, "nl")
    with pytest.raises(Refused, match="test readers"):
        send(mailing, me, to_list=True)
    with pytest.raises(Refused, match="no e-mail address"):
        send(mailing, make_staff(email=""), "fr")
