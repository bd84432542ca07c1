"""What the mails about subscriptions say, and to whom."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from campaigns.outbox.models import OutgoingMessage
from campaigns.supporters import services
from campaigns.supporters.models import Subscription
from tests.factories.facts import make_formula
from tests.factories.people import ask_for
from tests.steps import LANGUAGES, deliver_mail, html_of, link_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_confirmation_goes_to_the_mailbox_in_the_language_asked_for(mailoutbox, language):
    formula = make_formula()
    ask_for(formula, language=language, email="Mila+ua@Example.org")
    [mail] = deliver_mail(mailoutbox)
    assert mail.to == ["Mila+ua@Example.org"]
    assert formula.title[language] in mail.subject
    assert link_in(mail).startswith(f"/{language}/confirm-mails/")
    assert html_of(mail).count(link_in(mail)) >= 1
    assert "List-Unsubscribe" not in mail.extra_headers


def test_asking_for_what_one_receives_already_is_said_in_the_inbox_alone(mailoutbox, now):
    formula = make_formula()
    [subscription] = ask_for(formula, now=now - timedelta(hours=2))
    services.confirm_subscription(subscription=subscription, language="fr", now=now)
    deliver_mail(mailoutbox)
    with time_machine.travel(now + timedelta(hours=1)):  # A mailbox gets one in ten minutes.
        ask_for(formula, now=now + timedelta(hours=1))
        [mail] = deliver_mail(mailoutbox)
    assert "/confirm-mails/" not in mail.body
    assert formula.title["fr"] in mail.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_welcome_can_be_stopped_with_one_press(mailoutbox, now, language):
    [subscription] = ask_for(make_formula(), language=language, now=now)
    deliver_mail(mailoutbox)
    services.confirm_subscription(subscription=subscription, language=language, now=now)
    [mail] = deliver_mail(mailoutbox)
    unsubscribe = f"{settings.BASE_URL}{link_in(mail)}"
    assert f"/{language}/stop-mails/" in unsubscribe
    assert mail.extra_headers["List-Unsubscribe"] == f"<{unsubscribe}>"
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert unsubscribe in html_of(mail)


def test_a_welcome_is_not_sent_to_whoever_stopped_meanwhile(mailoutbox, now):
    [subscription] = ask_for(make_formula(), now=now)
    deliver_mail(mailoutbox)
    services.confirm_subscription(subscription=subscription, language="fr", now=now)
    services.end_subscription(subscription=subscription, now=now)
    assert deliver_mail(mailoutbox) == []
    welcome = OutgoingMessage.objects.get(kind="supporters/welcome_subscription")
    assert welcome.state == "CANCELLED"


def test_a_mail_about_a_subscription_that_is_gone_is_cancelled(mailoutbox, now):
    ask_for(make_formula(), now=now)
    Subscription.objects.all().delete()
    assert deliver_mail(mailoutbox) == []
    assert OutgoingMessage.objects.get().state == "CANCELLED"


def test_outgoing_rows_hold_ids_and_no_person(mailoutbox, now):
    ask_for(make_formula(), email="mila@example.org", now=now)
    deliver_mail(mailoutbox)
    for row in OutgoingMessage.objects.values():
        assert "mila" not in str(row).lower()
        for value in row["arguments"].values():
            assert isinstance(value, int) or all(part.isdecimal() for part in value.split(","))
