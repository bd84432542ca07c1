"""One mail speaks for all that waits: the cap on mails loses nobody's signature."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from campaigns.cases.models import Case
from campaigns.outbox.models import OutgoingMessage
from campaigns.outbox.services import sweep
from campaigns.petitions import services
from campaigns.petitions.links import CONFIRM_SIGNATURE
from campaigns.petitions.models import Signature
from campaigns.petitions.selectors import waiting_besides
from tests.factories.facts import make_case, make_petition
from tests.factories.people import sign
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import (
    FROM_HERE,
    LANGUAGES,
    address,
    deliver_mail,
    html_of,
    link_in,
    open_link,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_named_petition(name: str, **case: object):
    first, last = name.split()
    return make_petition(case=make_case(given_name=first, family_name=last, **case))


@pytest.fixture
def pressed(now):
    return sign(make_named_petition("Ana Drovik"), now=now)


@pytest.fixture
def other(now):
    return sign(make_named_petition("Tomas Belk"), now=now - DAY)


def page_of(client, signature: Signature) -> ServedPage:
    token = CONFIRM_SIGNATURE.token({"signature": str(signature.pk)})
    page = open_link(client, address("petitions:confirm_signature", token))
    served = ServedPage(page.text)
    served.path = page.request["PATH_INFO"]
    return served


def is_confirmed(signature: Signature) -> bool:
    signature.refresh_from_db()
    return signature.confirmed_at is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_is_about_the_one_pressed_and_names_the_others(mailoutbox, now, language):
    sign(make_named_petition("Tomas Belk"), now=now - DAY)
    deliver_mail(mailoutbox)
    sign(make_named_petition("Irena Sol"), email="somebody-else@example.org", now=now)
    deliver_mail(mailoutbox)
    # …whose own mail the mailbox has had.
    sign(make_named_petition("Ana Drovik"), language=language, now=now + DAY)
    sweep(now=now + DAY, until=now + 2 * DAY)
    mail = mailoutbox[-1]
    assert "Ana Drovik" in mail.body
    assert "Tomas Belk" in mail.body
    assert "Tomas Belk" in html_of(mail)
    assert "Irena Sol" not in mail.body
    assert "Tomas" not in mail.subject
    assert link_in(mail)


def test_the_page_offers_the_others_unticked_and_masked(client, pressed, other):
    page = page_of(client, pressed)
    [box] = page.all("input", type="checkbox")
    assert box.attributes["value"] == str(other.pk)
    assert page.ticked() == []
    assert "Tomas Belk" in page.html
    for secret in ("Mila", "Dubreux", "mila@example.org"):
        assert secret not in page.html


def test_one_press_confirms_the_one_and_no_other(client, pressed, other):
    client.post(page_of(client, pressed).path, headers=FROM_HERE)
    assert is_confirmed(pressed)
    assert not is_confirmed(other)


def test_what_is_ticked_is_confirmed_along(client, pressed, other, now):
    third = sign(make_petition(), now=now)
    client.post(page_of(client, pressed).path, {"also": [str(other.pk)]}, headers=FROM_HERE)
    assert is_confirmed(pressed)
    assert is_confirmed(other)
    assert not is_confirmed(third)


def test_a_link_that_has_done_its_work_still_leads_to_the_others(client, pressed, other):
    client.post(page_of(client, pressed).path, headers=FROM_HERE)
    client.post(page_of(client, pressed).path, {"also": [str(other.pk)]}, headers=FROM_HERE)
    assert is_confirmed(other)


@pytest.mark.parametrize("forged", ["", "x", "\0", str(UUID(int=0)), "1" * 99])
def test_a_forged_box_confirms_nothing(client, pressed, other, forged):
    client.post(page_of(client, pressed).path, {"also": forged}, headers=FROM_HERE)
    assert is_confirmed(pressed)
    assert not is_confirmed(other)


def test_nobody_confirms_for_somebody_else(client, pressed, now):
    foreign = sign(make_petition(), email="somebody-else@example.org", now=now)
    client.post(page_of(client, pressed).path, {"also": str(foreign.pk)}, headers=FROM_HERE)
    assert not is_confirmed(foreign)


def test_what_is_old_confirmed_or_taken_down_is_not_offered(pressed, now):
    sign(make_petition(), now=now - 31 * DAY)
    services.confirm_signature(signature=sign(make_petition(), now=now), now=now)
    hidden = sign(make_petition(), now=now)
    Case.objects.filter(pk=hidden.petition.case_id).update(state=Case.State.HIDDEN)
    recent = sign(make_petition(), now=now - 29 * DAY)
    assert waiting_besides(pressed, now=now) == [recent]


def test_the_signatures_of_the_erased_are_nobodys_to_confirm(client, pressed, other, now):
    token = CONFIRM_SIGNATURE.token({"signature": str(pressed.pk)})
    erased = sign(make_petition(), email="erased@example.org", now=now)
    Signature.objects.filter(pk__in=[pressed.pk, erased.pk]).update(supporter=None)
    pressed.refresh_from_db()
    assert waiting_besides(pressed, now=now) == []
    before = every_row()
    services.confirm_signatures(signatures=[pressed], now=now)
    assert every_row() == before
    page = open_link(client, address("petitions:confirm_signature", token))
    assert page.status_code == 410


def test_confirming_several_twice_is_confirming_them_once(pressed, other, now):
    services.confirm_signatures(signatures=[pressed, other], now=now)
    assert is_confirmed(pressed)
    assert is_confirmed(other)
    before = every_row()
    services.confirm_signatures(signatures=[pressed, other], now=now + DAY)
    assert every_row() == before


def test_a_mail_whose_own_case_was_taken_down_still_speaks_for_the_others(
    pressed, other, mailoutbox
):
    Case.objects.filter(pk=pressed.petition.case_id).update(state=Case.State.HIDDEN)
    OutgoingMessage.objects.exclude(arguments__petition=pressed.petition_id).delete()
    [mail] = deliver_mail(mailoutbox)
    assert "Tomas Belk" in mail.body
    assert "Drovik" not in mail.body


def test_a_mail_with_nothing_left_to_speak_for_is_not_sent(pressed, mailoutbox):
    Case.objects.update(state=Case.State.HIDDEN)
    assert deliver_mail(mailoutbox) == []


def test_a_mail_that_waited_says_nothing_that_may_not_be_said_any_more(
    pressed, other, now, mailoutbox
):
    """It was owed while consent held, and is due after its end."""
    for signature in (pressed, other):
        signature.petition.case.consents.update(ends_on=(now + DAY).date())
    OutgoingMessage.objects.update(not_before=now + 3 * DAY)
    with time_machine.travel(now + 3 * DAY):
        assert deliver_mail(mailoutbox) == []
