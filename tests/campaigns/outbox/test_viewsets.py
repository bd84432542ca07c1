"""The supporter service sees what became of a mail, and who gets none. Nobody else does."""

import pytest
from django.urls import reverse

from campaigns.mailboxes import mailbox_key
from campaigns.outbox.models import DeliveryEvent, OutgoingMessage, Suppression
from campaigns.outbox.services import suppress
from home.setup import CAMPAIGNERS, EDITORS, SUPPORTER_SERVICE, TRANSLATORS
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
MAILBOX = mailbox_key("reader@example.org")


@pytest.fixture
def message(now):
    message = OutgoingMessage.objects.create(
        kind="tests/any",
        language="en",
        dedupe_key="one",
        state=OutgoingMessage.State.CANCELLED,
        error="Suppressed: EVERYTHING, HARD_BOUNCE.",
        mailbox=MAILBOX,
        not_before=now,
        created_at=now,
    )
    DeliveryEvent.objects.create(
        key="one",
        message_id=message.pk,
        event_type="bounced",
        provider="Postmark",
        reason="bounced",
        status_code="5.1.1",
        occurred_at=now,
    )
    return message


def page(client, name: str, *args) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_of_a_mail_says_why_it_was_not_sent_and_what_was_reported(client, message):
    client.force_login(make_staff(SUPPORTER_SERVICE))
    assert "Suppressed: EVERYTHING, HARD_BOUNCE." in page(client, "outgoing_messages:index")
    words = page(client, "outgoing_messages:inspect", message.pk)
    assert "Suppressed: EVERYTHING, HARD_BOUNCE." in words
    assert "bounced (bounced 5.1.1)" in words


def test_suppressions_are_listed_and_cannot_be_changed(client, now):
    suppress(
        mailbox=MAILBOX,
        scope=Suppression.Scope.EVERYTHING,
        reason=Suppression.Reason.HARD_BOUNCE,
        now=now,
    )
    row = Suppression.objects.get()
    client.force_login(make_staff(SUPPORTER_SERVICE))
    words = page(client, "suppressions:index")
    assert MAILBOX[:8] not in words
    page(client, "suppressions:inspect", row.pk)
    for name in ("edit", "delete"):
        response = client.post(reverse(f"suppressions:{name}", args=[row.pk]))
        assert response.status_code in {302, 403}
    assert Suppression.objects.get().lifted_at is None


@pytest.mark.parametrize("role", [EDITORS, TRANSLATORS, CAMPAIGNERS])
def test_nobody_else_sees_either(client, message, role):
    client.force_login(make_staff(role))
    for name in ("outgoing_messages:index", "suppressions:index"):
        assert client.get(reverse(name)).status_code in {302, 403}
