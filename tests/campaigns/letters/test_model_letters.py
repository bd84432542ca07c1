"""Model letters: what they leave open, whether they fit, and how they look before that."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from campaigns.cases.models import CaseConsent
from campaigns.letters import services
from campaigns.letters.desk import Start, starting_letter
from campaigns.letters.models import ModelLetter, UrgentActionIssue
from campaigns.letters.selectors import chain, content_of_action
from campaigns.transitions import Refused
from home import setup
from tests.factories.people import make_staff
from tests.factories.writing import desk_of, make_action_with_embassy

pytestmark = pytest.mark.django_db

State = UrgentActionIssue.State
Scope = CaseConsent.Scope
TEXT = "I write for {name} ({number}). {short_name} lives near [my town]. {braces} stay."


@pytest.fixture
def action():
    return make_action_with_embassy()


def letter_of(action, **fields):
    letter = ModelLetter.objects.get(issue__urgent_action=action)
    for name, value in fields.items():
        setattr(letter, name, value)
    letter.save()
    return letter


def shown(action, language):
    """The letter on the page and at the desk."""
    desk = desk_of(action, language=language)
    with translation.override(language):
        content = content_of_action(desk.action, chain(action), now=timezone.now())
        started = starting_letter(
            desk, desk.addressees[0], language=language, start=Start.MODEL, now=timezone.now()
        )
    [on_page] = content.letters
    assert (on_page.salutation, on_page.text) == (started.salutation, started.body)
    return on_page.text


def test_the_facts_are_filled_in_on_the_page_and_at_the_desk(action):
    letter_of(action, language="en", text=TEXT, salutation="Dear friend of {short_name},")
    number = f"{action.number}/26"
    assert shown(action, "en") == (
        f"I write for Ana Drovik ({number}). Ana lives near [my town]. {{braces}} stay."
    )


def test_nobody_is_named_who_may_not_be_named_today(action):
    letter_of(action, language="nl", text="{name} / {short_name}")
    CaseConsent.objects.filter(scope=Scope.SURNAME).delete()
    assert shown(action, "nl") == "Ana / Ana"
    CaseConsent.objects.filter(scope=Scope.NAME).delete()
    # What they are called stands in the language of the letter.
    assert shown(action, "nl") == "a printer (nl) / a printer (nl)"


@pytest.mark.parametrize("field", ["text", "salutation", "closing"])
def test_a_fact_that_nobody_knows_is_refused_when_it_is_written(action, field):
    letter = letter_of(action)
    setattr(letter, field, "Dear {name}, {first name} [town]")
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        letter.full_clean()
    assert list(refused.value.message_dict) == [field]
    assert "{first name}" in refused.value.message_dict[field][0]
    setattr(letter, field, "Dear {name}, {number} [town]")
    letter.full_clean()


def in_review(action):
    issue = action.issues.get()
    issue.state, issue.issued_on = State.IN_REVIEW, None
    issue.save()
    issue.letters.update(approved_at=None)
    return issue


def test_a_letter_that_does_not_fit_on_one_page_is_not_approved(action):
    letter_of(action, language="en", text="\n".join(["line"] * 70))
    issue = in_review(action)
    who = {"languages": ["en"], "by": make_staff(setup.MODERATORS), "now": timezone.now()}
    with translation.override("en"), pytest.raises(Refused) as refused:
        services.approve_issue(issue=issue, **who)
    assert "English" in refused.value.messages[0]
    assert "lines too long for one page." in refused.value.messages[0]
    issue.refresh_from_db()
    assert issue.state == State.IN_REVIEW
    assert issue.letters.get().approved_at is None
    letter_of(action, text="Short.\n\n" * 5)
    services.approve_issue(issue=issue, **who)
    assert issue.letters.get().approved_at is not None


def test_a_letter_with_a_sign_that_cannot_be_printed_is_not_approved(action):
    letter_of(action, text="Free her 🦊")
    with translation.override("en"), pytest.raises(Refused, match="We cannot print 🦊"):
        services.approve_issue(
            issue=in_review(action),
            languages=["fr"],
            by=make_staff(setup.MODERATORS),
            now=timezone.now(),
        )


def preview(client, letter, kind):
    address = reverse("urgent_action_issues:model_letter", args=[letter.issue_id, letter.pk, kind])
    return client.get(address)


def test_staff_see_whether_it_fits_and_how_it_will_look(client, action):
    letter = letter_of(action, language="en", text=TEXT)
    client.force_login(make_staff(setup.CAMPAIGNERS))
    inspect = reverse("urgent_action_issues:inspect", args=[letter.issue_id])
    page = client.get(inspect).content.decode()
    for kind in ("page", "text", "pdf"):
        address = reverse(
            "urgent_action_issues:model_letter", args=[letter.issue_id, letter.pk, kind]
        )
        assert f'href="{address}"' in page
    text = preview(client, letter, "text")
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert "I write for Ana Drovik" in text.content.decode()
    assert "Dear Sir or Madam, (en)" in text.content.decode()
    shown = preview(client, letter, "page")
    assert "I write for Ana Drovik" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    paper = preview(client, letter, "pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    letter_of(action, text="\n".join(["line"] * 70))
    assert preview(client, letter, "pdf").url == inspect
    assert (
        reverse("urgent_action_issues:model_letter", args=[letter.issue_id, letter.pk, "pdf"])
        not in client.get(inspect).content.decode()
    )


@pytest.mark.parametrize("kind", ["page", "text", "pdf"])
def test_nobody_else_sees_a_letter_before_it_is_approved(client, action, kind):
    letter = letter_of(action)
    assert preview(client, letter, kind).status_code == 302
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    answer = preview(client, letter, kind)
    assert answer.status_code == 302
    assert "urgent" not in answer.url
