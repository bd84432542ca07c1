"""What staff do with a mailing, button by button, and what they are told when it is refused."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from campaigns.mailings import models, services
from campaigns.mailings.models import Delivery, Mailing
from campaigns.mailings.sending_site import send_from_here
from campaigns.outbox import services as outbox
from campaigns.outbox.models import OutgoingMessage
from home import setup
from tests.factories.mailings import make_audience, make_mailing, make_readers, start
from tests.factories.pages import make_newsletter_page, make_standard_page
from tests.pages import ServedPage

from .desks import (
    approved,
    button,
    desk_of,
    draft,
    newsletter_in,
    offered,
    page_of,
    press,
    table,
    urgent_page,
    words_of,
)

pytestmark = pytest.mark.django_db
State = Mailing.State
BRUSSELS = ZoneInfo("Europe/Brussels")
ADD = "mailings_of_staff:add"


@pytest.fixture(autouse=True)
def _by_day(site):
    """Three in the afternoon, tomorrow: at night, staff are asked once more."""
    tomorrow = timezone.localtime() + timedelta(days=1)
    with time_machine.travel(tomorrow.replace(hour=15, minute=0), tick=True):
        send_from_here(now=timezone.now())
        yield


@pytest.fixture
def audience():
    found = make_audience()
    make_readers(found.formula, 8)
    return found


@pytest.fixture
def campaigner():
    return desk_of(setup.CAMPAIGNERS, email="campaigner@example.org")


@pytest.fixture
def moderator():
    return desk_of(setup.MODERATORS)


def typed(**changes) -> dict[str, object]:
    return {"title": "November", "falls_back": "on", **changes}


def local(moment) -> str:
    return timezone.localtime(moment, BRUSSELS).strftime("%Y-%m-%d %H:%M")


def errors(response) -> str:
    page = ServedPage(response.text)
    found = [
        each.words
        for each in page.elements
        if "error" in each.attributes.get("class", "")
        or "help-critical" in (each.attributes.get("class", ""))
    ]
    return " ".join(" ".join(found).split())


def test_a_mailing_goes_from_draft_to_readers_through_two_people(campaigner, moderator, audience):
    page = newsletter_in("fr", "nl", "de", "en")
    campaigner.post(reverse(ADD), typed(page=page.pk, audience=audience.pk))
    mailing = Mailing.objects.get()
    assert "Nothing." in words_of(page_of(campaigner, mailing))

    press(campaigner, mailing, "submit")
    assert "Approve" not in offered(page_of(campaigner, mailing))
    assert "somebody else approves it" in words_of(page_of(campaigner, mailing))
    assert offered(page_of(moderator, mailing))[0] == "Approve"

    approved(mailing, campaigner=campaigner, moderator=moderator)
    send_at = timezone.now() + timedelta(days=1)
    press(campaigner, mailing, "schedule", send_at=local(send_at))
    mailing.refresh_from_db()
    assert mailing.state == State.SCHEDULED
    assert local(mailing.send_at) == local(send_at)
    assert "leaves five minutes later" in words_of(page_of(moderator, mailing))

    press(campaigner, mailing, "send")
    services.prepare_what_is_due(until=timezone.now() + timedelta(minutes=1))
    mailing.refresh_from_db()
    assert mailing.state == State.PREPARED
    assert "until then all can be undone" in words_of(page_of(campaigner, mailing))


def test_the_page_comes_along_from_its_editor(campaigner):
    page = newsletter_in("fr", "nl")
    form = ServedPage(campaigner.get(reverse(ADD), {"page": page.pk}).text)
    [title] = form.all("input", name="title")
    [chosen] = form.all("input", name="page")
    assert (title.attributes["value"], chosen.attributes["value"]) == (page.title, str(page.pk))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: make_standard_page(title="Who we are"), "“Who we are” cannot be sent as a mail."),
        (lambda: make_newsletter_page(title="Soon", live=False), "“Soon” is not published"),
    ],
)
def test_a_page_that_cannot_be_mailed_is_refused_beside_its_field(
    campaigner, audience, make, words
):
    response = campaigner.post(reverse(ADD), typed(page=make().pk, audience=audience.pk))
    assert words in errors(response)
    assert 'value="November"' in response.text
    assert not Mailing.objects.exists()


def test_a_mailing_without_page_or_audience_is_refused_in_words(campaigner):
    said = errors(campaigner.post(reverse(ADD), typed()))
    assert "Choose the page whose words are sent." in said
    assert "Choose who gets it." in said


def test_what_is_missing_is_said_on_the_draft_and_refused_when_it_is_submitted(campaigner):
    mailing = draft(newsletter_in("fr", mail_subject="Hello {name}"))
    said = words_of(page_of(campaigner, mailing))
    assert "{name} means nothing here." in said
    assert "The audience is nobody" in said
    refused = press(campaigner, mailing, "submit")
    assert "{name} means nothing here" in errors(refused)
    mailing.refresh_from_db()
    assert mailing.state == State.DRAFT


def test_an_audience_of_nobody_is_refused(campaigner):
    mailing = draft()
    assert "The audience is nobody" in errors(press(campaigner, mailing, "submit"))
    assert mailing.contents.count() == 0


def test_an_unpublished_page_is_refused(campaigner, audience):
    page = newsletter_in("fr")
    mailing = draft(page, audience=audience)
    page.unpublish()
    assert "No translation of the page is published" in errors(press(campaigner, mailing, "submit"))


def test_the_author_cannot_approve_whatever_their_roles(audience):
    both = desk_of(setup.CAMPAIGNERS)
    both.user.groups.add(*desk_of(setup.MODERATORS).user.groups.all())
    mailing = draft(audience=audience)
    press(both, mailing, "submit")
    form = ServedPage(both.get(button(mailing, "approve")).text)
    [seal] = form.all("input", name="seal")
    refused = press(
        both,
        mailing,
        "approve",
        seal=seal.attributes["value"],
        languages=["fr", "nl", "de", "en"],
    )
    assert "Somebody else than the author approves a mailing." in errors(refused)


def test_whoever_approves_has_read_every_language(campaigner, moderator, audience):
    mailing = draft(audience=audience)
    press(campaigner, mailing, "submit")
    form = ServedPage(moderator.get(button(mailing, "approve")).text)
    [seal] = form.all("input", name="seal")
    assert table(form, "What it says")[0][:2] == ["French", "Novembre (fr)"]
    refused = press(
        moderator, mailing, "approve", seal=seal.attributes["value"], languages=["fr", "nl"]
    )
    assert "Please read these, too, and tick them: German, English." in errors(refused)
    mailing.refresh_from_db()
    assert mailing.state == State.SUBMITTED


def test_words_that_changed_while_they_were_read_are_not_approved(campaigner, moderator, audience):
    page = newsletter_in("fr")
    mailing = draft(page, audience=audience)
    press(campaigner, mailing, "submit")
    form = ServedPage(moderator.get(button(mailing, "approve")).text)
    [seal] = form.all("input", name="seal")

    press(campaigner, mailing, "send-back")
    page.mail_subject = "Something quite different"
    page.save_revision().publish()
    press(campaigner, mailing, "submit")

    answer = {"seal": seal.attributes["value"], "languages": ["fr"]}
    refused = press(moderator, mailing, "approve", **answer)
    assert "The words have changed since you opened this page" in errors(refused)
    assert "Something quite different" in refused.text
    mailing.refresh_from_db()
    assert mailing.state == State.SUBMITTED


def test_a_page_that_changes_afterwards_is_shown_and_not_sent(campaigner, audience):
    page = newsletter_in("fr", "nl")
    mailing = draft(page, audience=audience)
    press(campaigner, mailing, "submit")
    assert "The page has changed since" not in words_of(page_of(campaigner, mailing))
    page.mail_subject = "A better subject"
    page.save_revision().publish()
    shown = page_of(campaigner, mailing)
    assert "The page has changed since, in: French." in words_of(shown)
    assert "A better subject" not in shown.html
    press(campaigner, mailing, "send-back")
    press(campaigner, mailing, "submit")
    shown = page_of(campaigner, mailing)
    assert "The page has changed since" not in words_of(shown)
    assert "A better subject" in shown.html


@pytest.mark.parametrize("name", ["send", "cancel", "send-back", "unschedule"])
def test_of_two_people_who_press_at_once_the_second_is_told(campaigner, moderator, audience, name):
    mailing = approved(draft(audience=audience), campaigner=campaigner, moderator=moderator)
    other = desk_of(setup.CAMPAIGNERS)
    if name in {"unschedule"}:
        press(
            campaigner,
            mailing,
            "schedule",
            send_at=local(timezone.now() + timedelta(days=1)),
        )
    assert other.get(button(mailing, name)).status_code == 200
    press(campaigner, mailing, name)
    if name == "send":
        services.prepare_what_is_due(until=timezone.now() + timedelta(minutes=1))
    refused = press(other, mailing, name)
    assert "that cannot be done from there" in errors(refused)
    assert "nothing has happened" in refused.text


def test_send_pressed_twice_writes_to_everybody_once(campaigner, moderator, audience):
    mailing = approved(draft(audience=audience), campaigner=campaigner, moderator=moderator)
    for who in (campaigner, desk_of(setup.CAMPAIGNERS)):
        press(who, mailing, "send")
    services.prepare_what_is_due(until=timezone.now() + timedelta(minutes=1))
    services.prepare_what_is_due(until=timezone.now() + timedelta(minutes=1))
    assert Delivery.objects.filter(mailing=mailing).count() == 8


def test_a_schedule_in_the_past_is_refused_beside_the_field(campaigner, moderator, audience):
    mailing = approved(draft(audience=audience), campaigner=campaigner, moderator=moderator)
    an_hour_ago = local(timezone.now() - timedelta(hours=1))
    refused = press(campaigner, mailing, "schedule", send_at=an_hour_ago)
    assert "This moment is past: it is" in errors(refused)
    assert an_hour_ago in refused.text
    assert "Say on which day" in errors(press(campaigner, mailing, "schedule", send_at=""))
    mailing.refresh_from_db()
    assert mailing.state == State.APPROVED


def test_a_mail_at_night_is_asked_about_once_more(campaigner, moderator, audience):
    mailing = approved(draft(audience=audience), campaigner=campaigner, moderator=moderator)
    night = timezone.localtime(timezone.now(), BRUSSELS).replace(hour=23, minute=30)
    refused = press(campaigner, mailing, "schedule", send_at=local(night))
    assert "most readers are asleep" in errors(refused)
    [box] = ServedPage(refused.text).all("input", name="sure")
    assert box.attributes["type"] == "checkbox"
    press(campaigner, mailing, "schedule", send_at=local(night), sure="on")
    mailing.refresh_from_db()
    assert mailing.state == State.SCHEDULED


def test_a_mail_that_would_come_after_the_deadline_is_refused(campaigner, moderator, audience):
    page = urgent_page()
    mailing = approved(draft(page, audience=audience), campaigner=campaigner, moderator=moderator)
    issue = page.urgent_action.issues.get()
    after = timezone.now() + timedelta(days=(issue.act_before - timezone.localdate()).days + 1)
    refused = press(campaigner, mailing, "schedule", send_at=local(after))
    assert "The action is over by then" in errors(refused)

    hours_before = timezone.localtime(after, BRUSSELS) - timedelta(days=1)
    refused = press(campaigner, mailing, "schedule", send_at=local(hours_before))
    assert "many will read it too late" in errors(refused)


def test_a_copy_of_the_site_sends_nothing_and_says_why(campaigner, moderator, audience, settings):
    mailing = approved(draft(audience=audience), campaigner=campaigner, moderator=moderator)
    settings.BASE_URL = "https://rehearsal.example.org"
    assert "This database belongs to" in words_of(page_of(campaigner, mailing))
    assert "a copy sends nothing" in errors(press(campaigner, mailing, "send"))


def test_a_test_goes_to_myself_and_to_the_list(campaigner, audience):
    models.ProofReader.objects.create(name="Nele", email="nele@example.org", language="nl")
    mailing = draft(newsletter_in("fr", "nl"), audience=audience)
    assert "Nele (Dutch)" in campaigner.get(button(mailing, "test")).text
    press(campaigner, mailing, "test", languages=["fr", "nl"], to_list="on")
    owed = OutgoingMessage.objects.values_list("language", flat=True)
    assert sorted(owed) == ["fr", "nl", "nl"]


def test_a_test_for_nobody_is_refused_beside_the_field(campaigner, audience):
    mailing = draft(audience=audience)
    assert "Tick who reads the test." in errors(press(campaigner, mailing, "test"))
    without = desk_of(setup.CAMPAIGNERS, email="")
    refused = press(without, mailing, "test", languages=["fr"])
    assert "Your account has no e-mail address" in errors(refused)
    assert not OutgoingMessage.objects.exists()


def test_what_is_being_sent_is_paused_resumed_and_cancelled(campaigner, audience):
    mailing = start(make_mailing(audience=audience))
    press(campaigner, mailing, "pause")
    page = page_of(campaigner, mailing)
    assert "nothing leaves until somebody resumes it" in words_of(page)
    assert offered(page)[0] == "Resume"
    press(campaigner, mailing, "resume")
    press(campaigner, mailing, "cancel")
    page = page_of(campaigner, mailing)
    assert "Cancelled by staff." in words_of(page)
    assert offered(page) == []
    assert ["cancelled", "cancelled by staff", "8"] in table(page, "Who did not get it, and why")


def test_those_it_failed_to_reach_get_it_again_and_nobody_else(campaigner, audience):
    mailing = start(make_mailing(audience=audience))
    rows = Delivery.objects.filter(mailing=mailing).order_by("pk")
    failed = list(rows.values_list("pk", flat=True)[:3])
    rows.update(state=Delivery.State.ACCEPTED)
    rows.filter(pk__in=failed).update(state=Delivery.State.REJECTED, reason="REFUSED")
    mailing.chunks.update(state="DONE")
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SENT, ended_at=timezone.now())
    assert "Send again to those it failed to reach" in offered(page_of(campaigner, mailing))
    press(campaigner, mailing, "resend")
    assert sorted(rows.filter(state="PENDING").values_list("pk", flat=True)) == failed
    assert "Send again to those it failed to reach" not in offered(page_of(campaigner, mailing))


@pytest.mark.parametrize(
    ("name", "state"), [("resend-uncertain", "PENDING"), ("leave-uncertain", "FAILED")]
)
def test_uncertain_mails_wait_for_somebody_to_decide(campaigner, audience, name, state):
    mailing = start(make_mailing(audience=audience))
    chunk = mailing.chunks.order_by("number").first()
    rows = Delivery.objects.filter(mailing=mailing, chunk_number=chunk.number)
    rows.update(state="UNCERTAIN", reason="NO_ANSWER")
    mailing.chunks.filter(pk=chunk.pk).update(
        state="UNCERTAIN", first_submitted_at=timezone.now(), error="ReadTimeout"
    )
    numbers = list(rows.values_list("pk", flat=True))
    page = page_of(campaigner, mailing)
    [row] = table(page, "Uncertain mails")
    assert row[2] == str(len(numbers))
    assert row[-1] == "not known yet: reports may still come"
    press(campaigner, mailing, name)
    assert set(Delivery.objects.filter(pk__in=numbers).values_list("state", flat=True)) == {state}


def test_those_who_were_left_as_uncertain_are_not_written_to_by_another_button(
    campaigner, audience
):
    mailing = start(make_mailing(audience=audience))
    rows = Delivery.objects.filter(mailing=mailing).order_by("pk")
    rows.update(state="UNCERTAIN", reason="NO_ANSWER")
    refused = rows.values_list("pk", flat=True)[0]
    rows.filter(pk=refused).update(state="REJECTED", reason="REFUSED")
    mailing.chunks.update(state="UNCERTAIN")
    press(campaigner, mailing, "leave-uncertain")
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SENT)
    press(campaigner, mailing, "resend")
    assert list(rows.filter(state="PENDING").values_list("pk", flat=True)) == [refused]


def test_a_test_of_what_was_sent_back_has_the_words_of_the_page(campaigner, audience, mailoutbox):
    page = newsletter_in("fr")
    mailing = draft(page, audience=audience)
    press(campaigner, mailing, "submit")
    press(campaigner, mailing, "send-back")
    page.mail_subject = "A better subject"
    page.save_revision().publish()
    press(campaigner, mailing, "test", languages=["fr"])
    outbox.sweep(now=timezone.now(), until=timezone.now() + timedelta(seconds=9))
    assert [mail.subject for mail in mailoutbox] == ["[Test] A better subject"]


def test_only_a_draft_is_edited(campaigner, moderator, audience):
    mailing = draft(audience=audience)
    edit = reverse("mailings_of_staff:edit", args=[mailing.pk])
    campaigner.post(edit, typed(title="December", page=mailing.page_id, audience=audience.pk))
    mailing.refresh_from_db()
    assert mailing.title == "December"
    press(campaigner, mailing, "submit")
    campaigner.post(edit, typed(title="January", page=mailing.page_id, audience=audience.pk))
    mailing.refresh_from_db()
    assert mailing.title == "December"


def test_an_audience_stays_as_it_was_approved(campaigner, moderator, audience):
    mailing = draft(audience=audience)
    edit = reverse("audiences:edit", args=[audience.pk])
    changed = {"title": "Everybody", "formula": audience.formula_id, "acted": "ANY"}
    assert campaigner.get(edit).status_code == 200
    press(campaigner, mailing, "submit")
    assert campaigner.post(edit, changed).status_code == 302
    audience.refresh_from_db()
    assert audience.title != "Everybody"
    shown = campaigner.get(reverse("audiences:inspect", args=[audience.pk])).text
    assert "It cannot be changed while this mailing" in shown

    press(campaigner, mailing, "cancel")
    campaigner.post(edit, changed)
    audience.refresh_from_db()
    assert audience.title == "Everybody"
