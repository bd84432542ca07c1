"""Robots look at every link of every mail, in every way: nothing changes, and all still works."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from campaigns.outbox import kinds
from campaigns.outbox.models import OutgoingMessage
from campaigns.supporters import services
from campaigns.supporters.models import AccessRequest, Supporter
from campaigns.supporters.services import access, address_changes
from campaigns.supporters.services.reminding import remind_unconfirmed
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import ask_for, make_supporter, sign
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
    deliver_mail(mailoutbox)
    sent = set(OutgoingMessage.objects.filter(state="SENT").values_list("kind", flat=True))
    assert sent == {kind.name for kind in kinds.every_kind() if not kind.name.startswith("tests/")}
    return mailoutbox


def addresses_in(mail):
    """Every path of ours in a mail, in its text, its layout and its headers."""
    everything = f"{mail.body} {html_of(mail)} {mail.extra_headers}".replace("&amp;", "&")
    found = re.findall(rf"{re.escape(settings.BASE_URL)}[^\s\"'<>]*", everything)
    return sorted({urlsplit(address).path or "/" for address in found})


def test_looking_changes_nothing_and_every_button_still_works(mails):
    before = every_row()
    for mail in mails:
        for path in addresses_in(mail):
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
    for mail in mails:
        for path in links_in(mail.body):
            person = Client()
            page = person.get(path, follow=True)
            assert page.status_code == 200, path
            doors.add(path.split("/")[2])
            if "stop-mails" not in path:  # A press on another link of the mail may have ended it.
                assert press_button(person, page).status_code == 303, path
    assert len(doors) == len(every_purpose())
    assert Supporter.objects.filter(email="moved@example.org").exists()
