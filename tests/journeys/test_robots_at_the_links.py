"""Robots look at every link of every mail, in every way: nothing changes, and all still works."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from campaigns.letters.links import TELL_US
from campaigns.letters.models import LetterAct
from campaigns.mailings.links import DOORS
from campaigns.mailings.models import MailingContent
from campaigns.mailings.services import send_tests, work
from campaigns.outbox import kinds
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions.links import sign_marathon_link
from campaigns.petitions.mailed_presses import sign_one_link
from campaigns.petitions.models import Edition, Signature
from campaigns.petitions.selectors import wording_of
from campaigns.petitions.services import SignatureRequest, sign_as_known, sign_petitions
from campaigns.supporters import services
from campaigns.supporters.models import AccessRequest, Consent, Supporter
from campaigns.supporters.services import Person, access, address_changes
from campaigns.supporters.services.reminding import remind_unconfirmed
from campaigns.supporters.wordings import signature_wording
from tests.factories.facts import make_formula, make_petition, make_urgent_action
from tests.factories.mailings import make_audience, make_mailing, make_readers, start
from tests.factories.people import ask_for, make_staff, make_supporter, sign
from tests.factories.solidarity import make_marathon
from tests.mailed_doors import every_purpose
from tests.rows import changed, every_row
from tests.steps import deliver_mail, html_of, links_in, press_button

QUERIES = ({}, {"utm_source": "mail"}, {"do": "undo"}, {"confirm": "1"})


@pytest.fixture
def mails(site, mailoutbox, now):
    """One real mail of every kind."""
    ask_for(make_formula(), email="late@example.org", now=now - timedelta(days=7))
    OutgoingMessage.objects.all().delete()  # A mailbox is not written to twice in a row.
    remind_unconfirmed(now=now)
    ask_for(make_formula(), email="asker@example.org")
    sign(make_petition(), email="signer@example.org")
    [subscription] = ask_for(make_formula(), email="reader@example.org")
    services.confirm_subscription(subscription=subscription, language="fr", now=now)
    for name, wish in (("seer", AccessRequest.Wish.SEE), ("stopper", AccessRequest.Wish.STOP)):
        supporter = make_supporter(email=f"{name}@example.org")
        access.request_access(email=supporter.email, wish=wish, language="fr", now=now)
    mover = make_supporter(email="mover@example.org")
    address_changes.request_address_change(
        supporter=mover, email="moved@example.org", language="fr", now=now
    )
    edition = make_marathon(make_petition())
    sign_petitions(
        edition=edition,
        petitions=[entry.petition for entry in edition.entries.all()],
        request=SignatureRequest(Person("walker@example.org", "Mila", "Dubreux"), "BE"),
        language="fr",
        wording=signature_wording("fr"),
        now=now,
    )
    # Some time ago, so that what it is about is over and the receipt goes.
    presser = make_supporter(email="presser@example.org", country="BE", confirmed_at=now)
    sign_as_known(
        petitions=[pressed := make_petition()],
        supporter=presser,
        country="BE",
        method=Consent.Method.DEVICE,
        language="fr",
        wordings={pressed.pk: wording_of(pressed, "fr", is_known=True)},
        now=now - timedelta(minutes=15),
    )
    send_tests(
        mailing=make_mailing(languages=("fr",)),
        languages=["fr"],
        to_list=False,
        by=make_staff(email="desk@example.org"),
        now=now,
    )
    deliver_mail(mailoutbox)
    sent = set(OutgoingMessage.objects.filter(state="SENT").values_list("kind", flat=True))
    assert sent == {kind.name for kind in kinds.every_kind() if not kind.name.startswith("tests/")}
    return mailoutbox


@pytest.fixture
def mailing(site, mailoutbox, now):
    """A mailing as one reader got it, each of its links in it."""
    audience = make_audience()
    make_readers(audience.formula, 1, language="fr", country="BE", family_name="Dubreux")
    mailing = make_mailing(
        audience=audience,
        languages=(),
        petition_id=make_petition().pk,
        issue_id=make_urgent_action().issues.get().pk,
    )
    doors = " ".join(f"{{{door.placeholder}}}" for door in DOORS.values())
    MailingContent.objects.create(
        mailing=mailing,
        language="fr",
        page_id=1,
        subject="Noor",
        html=f"<html lang='fr'><p>{doors}</p></html>",
        text=doors,
        size=1,
        frozen_at=now,
    )
    start(mailing)
    work(until=timezone.now() + timedelta(seconds=10))
    [mail] = mailoutbox
    return mail


@pytest.fixture
def links_of_mailings(mails, now):
    """Links that the mailings of this suite do not hold."""
    reader = make_supporter(email="mailed@example.org", country="BE", confirmed_at=now)
    link = sign_one_link(
        supporter_id=reader.pk,
        petition_id=make_petition().pk,
        source="mailing",
        language="fr",
        now=now,
    )
    many = sign_marathon_link(
        supporter_id=reader.pk,
        edition_id=Edition.objects.get().pk,
        source="mailing",
        language="fr",
        now=now,
    )
    tell = TELL_US.address(
        {
            "supporter": reader.pk,
            "issue": make_urgent_action().issues.get().pk,
            "source": "mailing",
            "at": now.timestamp(),
        },
        language="fr",
    )
    return [urlsplit(each).path for each in (link, many, tell)]


def addresses_in(mail):
    """Every path of ours in a mail, in its text, its layout and its headers."""
    everything = f"{mail.body} {html_of(mail)} {mail.extra_headers}".replace("&amp;", "&")
    found = re.findall(rf"{re.escape(settings.BASE_URL)}[^\s\"'<>]*", everything)
    return sorted({urlsplit(address).path or "/" for address in found})


def test_looking_changes_nothing_and_every_button_still_works(mails, links_of_mailings):
    before = every_row()
    for path in [path for mail in mails for path in addresses_in(mail)] + links_of_mailings:
        robot = Client()
        for query in QUERIES:
            for ask in (robot.get, robot.head, robot.options):
                answer = ask(path, query)
                assert answer.status_code in {200, 302, 405}, path
                if answer.status_code == 302:
                    for look in (robot.get, robot.head, robot.options):
                        assert look(answer.url, query).status_code == 200, path
    assert changed(before, every_row()) == set()

    doors = set()
    for path in [path for mail in mails for path in links_in(mail.body)] + links_of_mailings:
        person = Client()
        page = person.get(path, follow=True)
        assert page.status_code == 200, path
        # A door of mailings passes on to the page that the purpose has.
        doors.add(page.redirect_chain[0][0].split("/")[2])
        if "stop-mails" not in path:  # A press on another link of the mail may have ended it.
            assert press_button(person, page).status_code == 303, path
    assert len(doors) == len(every_purpose())
    assert Supporter.objects.filter(email="moved@example.org").exists()


def test_so_it_is_with_every_link_of_a_mailing(mailing):
    before = every_row()
    paths = [path for path in addresses_in(mailing) if "/m/" in path]
    assert len(paths) == len(DOORS)
    for path in paths:
        robot = Client()
        for query in QUERIES:
            for ask in (robot.get, robot.head, robot.options):
                answer = ask(path, query)
                assert answer.status_code in {200, 302}, path
                if answer.status_code == 302:
                    for look in (robot.get, robot.head, robot.options):
                        assert look(answer.url, query).status_code == 200, path
    assert changed(before, every_row()) == set()

    # Stopping last: the other links would have less to do after it.
    for path in sorted(paths, key=lambda each: "/stop" in each):
        person = Client()
        page = person.get(path, follow=True)
        assert press_button(person, page).status_code == 303, path
    assert Signature.objects.count() == 1
    assert LetterAct.objects.count() == 1
