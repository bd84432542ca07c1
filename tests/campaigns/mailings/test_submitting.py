"""Submitting freezes the words of every translation; what is wrong with them is said at once."""

import pytest
from django.utils import timezone
from wagtail.models import Locale

from campaigns.letters.models import UrgentActionIssue
from campaigns.mailings import services
from campaigns.mailings.models import Mailing
from campaigns.transitions import Refused
from tests.factories.facts import make_petition, make_urgent_action
from tests.factories.mailings import make_audience, make_mailing, make_readers
from tests.factories.pages import make_newsletter_page, make_urgent_action_page
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
State = Mailing.State


@pytest.fixture
def author():
    return make_staff()


def draft(page, **fields):
    audience = make_audience()
    make_readers(audience.formula, 4)
    return make_mailing(
        languages=(), page=page, audience=audience, state=State.DRAFT, kind="", **fields
    )


def submit(mailing, author):
    services.submit_mailing(mailing=mailing, by=author, now=timezone.now())
    mailing.refresh_from_db()
    return mailing


def translated(page, language, *, is_published=True, **words):
    """The same page in another language."""
    copy = page.copy_for_translation(Locale.objects.get(language_code=language), copy_parents=True)
    for name, value in words.items():
        setattr(copy, name, value)
    revision = copy.save_revision()
    if is_published:
        revision.publish()


def test_every_published_translation_is_frozen_and_no_other(author):
    page = make_newsletter_page(language="fr", title="Une famille est réunie")
    translated(page, "nl", title="Een gezin is weer samen")
    translated(page, "de", title="Eine Familie", is_published=False)
    mailing = submit(draft(page), author)
    assert mailing.state == State.SUBMITTED
    assert dict(mailing.contents.values_list("language", "subject")) == {
        "fr": "Une famille est réunie",
        "nl": "Een gezin is weer samen",
    }
    assert mailing.kind == "NEWSLETTER"


def test_a_page_that_changes_later_changes_nothing_that_was_submitted(author):
    page = make_newsletter_page(language="fr", title="Avant")
    mailing = submit(draft(page), author)
    page.title = "Après"
    page.save_revision().publish()
    assert mailing.contents.get().subject == "Avant"
    services.send_back_mailing(mailing=mailing, by=author, now=timezone.now())
    assert submit(mailing, author).contents.get().subject == "Après"


def test_an_urgent_action_brings_its_facts_along(author):
    action = make_urgent_action()
    petition = make_petition(case=action.case)
    page = make_urgent_action_page(urgent_action=action, petition=petition)
    mailing = submit(draft(page), author)
    issue = UrgentActionIssue.objects.get(urgent_action=action)
    assert (mailing.case_id, mailing.urgent_action_id) == (action.case_id, action.pk)
    assert (mailing.issue_id, mailing.petition_id) == (issue.pk, petition.pk)
    assert mailing.asks_to_act
    content = mailing.contents.get()
    assert "{sign_link}" in content.html
    # What is done through the page is counted as this mailing's, too.
    assert f"source={mailing.code}" in content.html
    assert f"source={mailing.code}" in content.text
    assert page.mail_source not in content.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"introduction": "Dear {surname},"}, "{surname}"),
        ({"mail_subject": "For {you}"}, "{you}"),
    ],
)
def test_what_is_wrong_is_said_with_its_language_and_nothing_is_kept(author, words, said):
    mailing = draft(make_newsletter_page(language="fr", **words))
    with pytest.raises(Refused) as refused:
        submit(mailing, author)
    [reason] = refused.value.messages
    assert said in reason
    assert reason.startswith("français")
    mailing.refresh_from_db()
    assert mailing.state == State.DRAFT
    assert not mailing.contents.exists()


def test_a_page_that_is_not_published_is_refused(author):
    mailing = draft(make_newsletter_page(language="fr", live=False))
    with pytest.raises(Refused, match="published"):
        submit(mailing, author)


def test_a_page_that_is_gone_is_refused(author):
    page = make_newsletter_page(language="fr")
    mailing = draft(page)
    page.delete()
    mailing.refresh_from_db()
    with pytest.raises(Refused, match="gone"):
        submit(mailing, author)


def test_an_audience_of_nobody_is_refused_and_nothing_is_kept(author):
    mailing = draft(make_newsletter_page(language="fr"))
    mailing.audience = make_audience()
    mailing.save()
    with pytest.raises(Refused, match="nobody"):
        submit(mailing, author)
    mailing.refresh_from_db()
    assert mailing.state == State.DRAFT
    assert not mailing.contents.exists()


def test_an_action_that_is_over_is_refused_as_a_call_and_not_as_news(author):
    action = make_urgent_action(days_left=-2)
    page = make_urgent_action_page(urgent_action=action)
    mailing = submit(draft(page), author)
    assert not mailing.asks_to_act
    assert "{sign_link}" not in mailing.contents.get().html
