"""Audiences in words and figures, and the calendar of what goes to whom."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from campaigns.cases.models import Theme
from campaigns.mailings.labels import audience_words
from campaigns.mailings.models import Audience, Mailing
from campaigns.supporters.models import Formula
from home import setup
from tests.factories.facts import labels, make_case, make_formula, make_urgent_action
from tests.factories.mailings import make_audience, make_mailing, make_readers
from tests.pages import ServedPage

from .desks import desk_of, draft, newsletter_in, page_of, table, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaigner(site):
    return desk_of(setup.CAMPAIGNERS)


def test_an_audience_is_said_in_one_sentence():
    audience = make_audience(
        formula=make_formula(title=labels("Urgent actions")),
        languages=["nl", "de"],
        countries="BE, FR",
        theme=Theme.objects.create(code="water", name=labels("Water")),
        acted=Audience.Acted.HAS_NOT,
    )
    with translation.override("en"):
        assert audience_words(audience) == (
            "People who have asked for “Urgent actions (en)”, read Dutch or German, live in"
            " Belgium or France, have chosen the theme “Water (en)” and have not signed for the"
            " case of the mail."
        )


def typed(formula, **changes) -> dict[str, object]:
    return {"title": "Nearby", "formula": formula.pk, "acted": "ANY", **changes}


def test_a_new_audience_leads_to_its_count(campaigner):
    formula = make_formula()
    make_readers(formula, 8, country="BE")
    make_readers(formula, 4, country="FR")
    make_readers(formula, 2, country="BE", paused_until=timezone.localdate() + timedelta(days=3))
    shown = campaigner.post(reverse("audiences:add"), typed(formula, countries="be"), follow=True)
    page = ServedPage(shown.text)
    assert Audience.objects.get().countries == "BE"
    assert "10 people found = 8 who get it + 2 left out" in words_of(page)
    assert table(page, "Who is left out, as of now") == [["pauses", "2"]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"countries": "Belgium"}, "No country has the code BELGIUM."),
        ({"countries": "BE, QZ"}, "No country has the code QZ."),
        ({"joined_since": "2999-01-01"}, "this day is to come"),
        ({"formula": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(campaigner, changes, words):
    response = campaigner.post(reverse("audiences:add"), {**typed(make_formula()), **changes})
    assert words in response.text
    assert 'value="Nearby"' in response.text
    assert not Audience.objects.exists()


def test_an_audience_is_counted_for_a_certain_mailing(campaigner):
    audience = make_audience()
    make_readers(audience.formula, 4)
    mailing = draft(newsletter_in("fr"), audience=audience, falls_back=False)
    path = reverse("audiences:inspect", args=[audience.pk])
    everybody = words_of(ServedPage(campaigner.get(path).text))
    assert "4 people found = 4 who get it + 0 left out" in everybody
    for_it = words_of(ServedPage(campaigner.get(path, {"mailing": mailing.pk}).text))
    assert "4 people found = 1 who get it + 3 left out" in for_it


def calendar_of(desk) -> ServedPage:
    return ServedPage(desk.get(reverse("mailing_calendar:index")).text)


def test_the_calendar_tells_what_goes_to_whom_and_which_actions_end(campaigner):
    now = timezone.now()
    audience = make_audience(title="Everybody in Dutch")
    make_mailing(title="Sent last week", started_at=now - timedelta(days=7), audience=audience,
                 prepared_at=now, candidates=12, excluded=2, state=Mailing.State.SENT)  # fmt: skip
    make_mailing(
        title="Next week",
        send_at=now + timedelta(days=7),
        state=Mailing.State.SCHEDULED,
        languages=("nl", "de"),
    )
    make_mailing(title="Long ago", started_at=now - timedelta(days=60))
    make_mailing(title="Only a draft", state=Mailing.State.DRAFT)
    action = make_urgent_action(case=make_case(full_name="Ana Drovik"), days_left=10)
    said = words_of(calendar_of(campaigner))
    assert "Sent last week sent · Everybody in Dutch" in said
    assert "recipients: 10" in said
    assert "Next week scheduled" in said
    assert "de, nl · recipients: –" in said
    assert f"Last day to act: {action}" in said
    assert "Long ago" not in said
    assert "Only a draft" not in said


@pytest.mark.parametrize(
    ("sent", "planned", "words"),
    [
        (0, 0, "2 mails are still to be planned"),
        (1, 1, "as promised"),
        (2, 1, "1 mail more than promised"),
    ],
)
def test_each_formula_is_held_against_its_rhythm(campaigner, sent, planned, words):
    formula = make_formula(rhythm=Formula.Rhythm.TWICE_A_MONTH, title=labels("Urgent"))
    audience = make_audience(formula=formula)
    now = timezone.now()
    for _number in range(sent):
        make_mailing(audience=audience, started_at=now, state=Mailing.State.SENT)
    for _number in range(planned):
        make_mailing(audience=audience, send_at=now, state=Mailing.State.SCHEDULED)
    page = calendar_of(campaigner)
    rows = [
        row
        for title in [each.words.strip() for each in page.all("h2")]
        if title.startswith("Formulas in")
        for row in table(page, title)
    ]
    assert ["Urgent (en)", "twice a month", str(sent), str(planned), words] in rows


@pytest.mark.parametrize("role", [setup.EDITORS, setup.TRANSLATORS])
def test_the_calendar_is_for_those_who_see_mailings(site, role):
    assert desk_of(role).get(reverse("mailing_calendar:index")).status_code in {302, 403}


def test_a_member_of_staff_who_only_looks_is_offered_no_button(site):
    mailing = make_mailing()
    assert "workspace-actions" not in page_of(desk_of(setup.SUPPORTER_SERVICE), mailing).html


def test_a_campaigner_finds_the_page_in_the_chooser_without_being_an_editor(campaigner):
    page = newsletter_in("fr")
    chooser = campaigner.get(
        reverse("wagtailadmin_choose_page_search"),
        {"page_type": "home.newsletterpage", "q": page.title},
    )
    assert page.title in chooser.text
