"""Workspaces: everything known of a case or an action, and each thing that can be done with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from campaigns.cases.models import Case, CaseConsent, Office, OfficeHolder, Situation
from campaigns.letters.models import Demand, IssueTarget, ModelLetter, Reply, UrgentAction
from campaigns.letters.models import UrgentActionIssue as Issue
from campaigns.petitions.models import Invalidation, Signature
from campaigns.petitions.services import tally_signatures
from home import setup
from home.users.models import User
from home.viewsets import CampaignsGroup
from tests.factories.facts import (
    labels,
    make_case,
    make_consent,
    make_issue,
    make_office,
    make_petition,
    make_urgent_action,
)
from tests.factories.pages import make_case_page, make_case_update_page, make_urgent_action_page
from tests.factories.people import make_staff, sign
from tests.factories.solidarity import make_friend, make_writable, write_and_confirm
from tests.pages import ServedPage
from tests.rows import changed, every_row
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
State = Case.State
Scope = CaseConsent.Scope
# Opening a page of the admin moves these.
SESSIONS = {"sessions.Session", "users.User"}
ROLES = [
    setup.EDITORS,
    setup.TRANSLATORS,
    setup.MODERATORS,
    setup.CAMPAIGNERS,
    setup.SUPPORTER_SERVICE,
]


def logged_in(*roles: str, language: str = "en") -> Client:
    user = make_staff(*roles)
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    client.user = user  # type: ignore[attr-defined]
    return client


@pytest.fixture
def campaigner(site) -> Client:
    return logged_in(setup.CAMPAIGNERS)


@pytest.fixture
def moderator(site) -> Client:
    return logged_in(setup.MODERATORS)


def do(client: Client, kind: str, row: Any, name: str, **typed: Any) -> Any:
    """Press a button of a workspace and send its form."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(reverse(f"{kind}:transition", args=[row.pk, name]), typed)


def workspace(client: Client, kind: str, row: Any) -> str:
    response = client.get(reverse(f"{kind}:inspect", args=[row.pk]))
    assert response.status_code == 200
    return response.text


def in_languages(name: str, words: str) -> dict[str, str]:
    """What is typed side by side into a label."""
    return {f"{name}_{code}": f"{words} {code}" for code in LANGUAGES}


def label_input(client: Client, path: str, name: str) -> dict[str, str]:
    """The inputs of one label in a form, as it was served, by language."""
    page = ServedPage(client.get(path).text)
    return {
        element.attributes["lang"]: element.attributes["name"]
        for element in page.elements
        if element.tag in {"input", "textarea"}
        and element.attributes.get("lang")
        and element.attributes.get("name", "").startswith(name)
    }


def labelled(client: Client, path: str, name: str, words: str) -> dict[str, str]:
    found = label_input(client, path, name)
    assert set(found) == set(LANGUAGES)
    return {input_name: f"{words} ({code})" for code, input_name in found.items()}


def typed_in(response: Any) -> dict[str, str]:
    """What stands in the fields of the transition's form."""
    page = ServedPage(response.text)
    [form] = page.all("form", data_form="staff-transition")
    chosen = {
        parent.attributes["name"]: option.attributes.get("value", "")
        for option in page.all("option")
        if "selected" in option.attributes
        for parent in option.parents
        if parent.tag == "select" and form in option.parents
    }
    return chosen | {
        part.attributes["name"]: part.attributes.get("value", part.words.strip())
        for part in page.elements
        if part.tag in {"input", "textarea"}
        and form in part.parents
        and part.attributes.get("type") not in {"checkbox", "radio"}
        and "name" in part.attributes
    }


def refusals(response: Any) -> list[str]:
    """What the page says above the form."""
    assert response.status_code == 200
    page = ServedPage(response.text)
    alerts = page.all("div", role="alert")
    return [
        item.words.strip()
        for item in page.all("li")
        if any(alert in item.parents for alert in alerts)
    ]


# Each transition of a case, through the admin


@pytest.mark.parametrize(
    ("name", "before", "typed", "after"),
    [
        ("accept", State.CANDIDATE, {}, State.CONSENTED),
        ("activate", State.CONSENTED, {}, State.ACTIVE),
        ("activate", State.DORMANT, {}, State.ACTIVE),
        ("rest", State.ACTIVE, {}, State.DORMANT),
        ("reopen", State.CLOSED, {}, State.ACTIVE),
        ("hide", State.ACTIVE, {"reason": "The family asked."}, State.HIDDEN),
        ("hide", State.ACTIVE, {}, State.HIDDEN),
    ],
)
def test_a_button_leads_a_case_on_and_leaves_a_line_in_its_history(
    campaigner, name, before, typed, after
):
    case = make_case(state=before)
    path = reverse("cases:transition", args=[case.pk, name])
    assert f'href="{path}"' in workspace(campaigner, "cases", case)
    assert campaigner.get(path).status_code == 200
    response = do(campaigner, "cases", case, name, **typed)
    assert response.status_code == 302
    assert response.url == reverse("cases:inspect", args=[case.pk])
    case.refresh_from_db()
    assert case.state == after
    history = campaigner.get(reverse("cases:history", args=[case.pk]))
    assert history.status_code == 200
    assert campaigner.user.username in history.text
    words = {
        "accept": "Consent accepted",
        "activate": "Made active",
        "rest": "Put to rest",
        "reopen": "Opened again",
        "hide": "Taken down",
    }
    assert words[name] in history.text


def test_a_case_is_closed_with_a_reason_and_words_in_every_language(campaigner, client):
    case = make_case()
    page = make_case_page(case=case)
    path = reverse("cases:transition", args=[case.pk, "close"])
    words = labelled(campaigner, path, "text", "Merci à toutes")
    assert do(campaigner, "cases", case, "close", reason="FREED", **words).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.closing_reason) == (State.CLOSED, "FREED")
    assert case.closing_text == {code: f"Merci à toutes ({code})" for code in LANGUAGES}
    assert "Merci à toutes (fr)" in client.get(page.url).text


def test_closing_without_words_is_refused_and_keeps_the_reason(campaigner):
    case = make_case()
    response = do(campaigner, "cases", case, "close", reason="DIED")
    assert response.status_code == 200
    page = ServedPage(response.text)
    [chosen] = [
        option.attributes["value"]
        for option in page.all("option")
        if "selected" in option.attributes
    ]
    assert chosen == "DIED"
    case.refresh_from_db()
    assert case.state == State.ACTIVE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_in_the_language_of_whoever_reads_it(site, language):
    case = make_case(state=State.CONSENTED, scopes=[])
    client = logged_in(setup.CAMPAIGNERS, language=language)
    profile = UserProfile.get_for_user(client.user)
    profile.preferred_language = language
    profile.save()
    with translation.override(language):
        reasons = {
            str(translation.gettext("No valid consent to work on this case.")),
            str(translation.gettext("No valid consent to show it on the website.")),
        }
    if language != "en":
        assert "No valid consent to work on this case." not in reasons
    assert set(refusals(do(client, "cases", case, "activate"))) == reasons
    case.refresh_from_db()
    assert case.state == State.CONSENTED


@pytest.mark.parametrize(
    ("kind", "name", "state"),
    [
        ("cases", "activate", State.ACTIVE),
        ("cases", "rest", State.DORMANT),
        ("cases", "hide", State.HIDDEN),
        ("cases", "show", State.ACTIVE),
        ("cases", "reopen", State.ACTIVE),
    ],
)
def test_a_button_of_a_page_that_is_older_than_the_case_is_refused(campaigner, kind, name, state):
    """Two members of staff look at the same case; one has pressed already."""
    case = make_case(state=state)
    before = every_row()
    [reason] = refusals(do(campaigner, kind, case, name))
    assert "that cannot be done from there" in reason
    assert changed(before, every_row()) <= SESSIONS
    if name != "hide":
        assert reverse("cases:transition", args=[case.pk, name]) not in workspace(
            campaigner, "cases", case
        )


# Events


def event_form(**changes: Any) -> dict[str, Any]:
    return {
        "situation": "RELEASED",
        "occurred_on": f"{timezone.localdate():%Y-%m-%d}",
        "precision": "DAY",
        "ends_acting": "end",
        "is_visible": "on",
        **changes,
    }


def test_an_event_changes_the_badge_and_ends_acting(campaigner, client):
    case = make_case((timezone.localdate() - timedelta(days=50), Situation.PRETRIAL))
    petition = make_petition(case=case)
    page = make_case_page(case=case, petition=petition)
    action = make_urgent_action(case=case)
    action_page = make_urgent_action_page(urgent_action=action, petition=petition)
    assert 'data-form="sign"' in client.get(page.url).text
    path = reverse("cases:transition", args=[case.pk, "event"])
    nuance = labelled(campaigner, path, "nuance", "mais pas acquittée")
    assert do(campaigner, "cases", case, "event", **event_form(**nuance)).status_code == 302
    text = client.get(page.url).text
    [badge] = ServedPage(text).all("p", class_="badge badge--freed")
    assert "Libération" in badge.words
    assert "mais pas acquittée (fr)" in badge.words
    assert 'data-form="sign"' not in text
    assert 'id="addresses"' not in client.get(action_page.url).text
    case.refresh_from_db()
    assert case.state == State.DORMANT
    assert list(action.issues.values_list("kind", "state")) == [
        ("FIRST", "STOPPED"),
        ("STOP", "STOPPED"),
    ]


def test_a_future_event_is_refused_and_everything_typed_stays(campaigner):
    case = make_case()
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    path = reverse("cases:transition", args=[case.pk, "event"])
    words = labelled(campaigner, path, "title", "Relâchée")
    before = every_row()
    response = do(
        campaigner,
        "cases",
        case,
        "event",
        **event_form(occurred_on=tomorrow, source="her sister", **words),
    )
    assert refusals(response) == ["This day has not come yet."]
    typed = typed_in(response)
    assert typed["occurred_on"] == tomorrow
    assert typed["source"] == "her sister"
    assert {typed[name] for name in words} == set(words.values())
    assert typed["situation"] == "RELEASED"
    [answer] = ServedPage(response.text).all("input", name="ends_acting", value="end")
    assert "checked" in answer.attributes
    assert changed(before, every_row()) <= SESSIONS


@pytest.mark.parametrize("situation", ["RELEASED", "EXECUTED", "ACQUITTED"])
def test_after_a_release_or_a_death_somebody_has_to_say_whether_to_go_on(campaigner, situation):
    case = make_case()
    typed = event_form(situation=situation, ends_acting="")
    response = do(campaigner, "cases", case, "event", **typed)
    assert response.status_code == 200
    assert "Say whether people should go on writing and signing." in response.text
    assert not case.situation_events.exists()


def test_freed_is_not_closed(campaigner):
    case = make_case()
    do(campaigner, "cases", case, "event", **event_form(ends_acting="go-on"))
    case.refresh_from_db()
    assert case.state == State.ACTIVE
    assert case.situation_events.get().situation == "RELEASED"


# Consents


def test_a_consent_is_recorded_and_withdrawn_from_the_workspace(campaigner, client):
    case = make_case(scopes=[Scope.WORK, Scope.WEB, Scope.NAME])
    page = make_case_page(case=case, title="Son histoire")
    response = do(
        campaigner,
        "cases",
        case,
        "consent",
        scopes=[Scope.SURNAME, Scope.QUOTE],
        given_by="LAWYER",
        given_on=f"{timezone.localdate():%Y-%m-%d}",
        note="By phone",
    )
    assert response.status_code == 302, refusals(response)
    given = case.consents.get(scope=Scope.SURNAME)
    assert (given.given_by, given.note) == ("LAWYER", "By phone")
    text = workspace(campaigner, "cases", case)
    path = reverse("consents_of_cases:transition", args=[given.pk, "withdraw"])
    assert f'href="{path}"' in text
    assert "Drovik" in client.get(page.url).text
    response = do(campaigner, "consents_of_cases", given, "withdraw")
    assert response.url == reverse("cases:inspect", args=[case.pk])
    given.refresh_from_db()
    assert given.withdrawn_at
    assert "Drovik" not in client.get(page.url).text
    assert f'href="{path}"' not in workspace(campaigner, "cases", case)


def test_a_consent_from_the_future_is_refused(campaigner):
    case = make_case()
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    before = every_row()
    response = do(
        campaigner, "cases", case, "consent", scopes=["IMAGE"], given_by="FAMILY", given_on=tomorrow
    )
    assert refusals(response)
    assert typed_in(response)["given_on"] == tomorrow
    assert "IMAGE" in ServedPage(response.text).ticked()
    assert changed(before, every_row()) <= SESSIONS


def test_withdrawing_the_consent_for_the_website_takes_the_case_down(campaigner, client):
    case = make_case()
    page = make_case_page(case=case)
    do(campaigner, "consents_of_cases", case.consents.get(scope=Scope.WEB), "withdraw")
    case.refresh_from_db()
    assert case.state == State.HIDDEN
    assert client.get(page.url).status_code == 404


# What a workspace shows


def cell_words(text: str) -> set[str]:
    return {" ".join(cell.words.split()) for cell in ServedPage(text).all("td")}


def notes(text: str) -> list[str]:
    page = ServedPage(text)
    lists = page.all("ul", class_="workspace-notes")
    return [item.words.strip() for item in page.all("li") if any(a in item.parents for a in lists)]


def test_the_workspace_of_a_case_tells_its_whole_story(campaigner):
    case = make_case((timezone.localdate() - timedelta(days=9), Situation.CHARGED))
    make_consent(case, Scope.IMAGE, withdrawn_at=timezone.now())
    petition = make_petition(case=case, goal=777)
    action = make_urgent_action(case=case, days_left=4)
    page = make_case_page(case=case, title="Ana, imprimeuse", petition=petition)
    make_case_update_page(case_page=page, title="Une audience")
    text = workspace(campaigner, "cases", case)
    words = cell_words(text)
    for expected in (
        "active",
        "charged",
        "Ana Drovik",
        petition.reference,
        "777",
        str(action),
        "open",
        "withdrawn",
        "valid",
        "the family",
        "Ana, imprimeuse",
        "Une audience",
        "published",
        "not there yet",
    ):
        assert any(expected in cell for cell in words), expected
    for link in (
        reverse("urgent_actions:inspect", args=[action.pk]),
        reverse("staff_petitions:edit", args=[petition.pk]),
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
    ):
        assert f'href="{link}"' in text
    assert reverse("cases:history", args=[case.pk]) in text


def test_the_workspace_says_what_stands_in_the_way(campaigner):
    case = make_case(state=State.CANDIDATE, scopes=[], alias={})
    found = notes(workspace(campaigner, "cases", case))
    for words in (
        "No valid consent to work on this case.",
        "No valid consent to show it on the website.",
        "No name may be shown, and nothing says how to call them instead.",
        "There is no case page.",
    ):
        assert words in found
    assert any("candidate" in note for note in found)


def test_nothing_stands_in_the_way_of_what_is_whole(campaigner):
    case = make_case()
    french = make_case_page(case=case, title="Ana")
    for language in LANGUAGES:
        if language != "fr":
            make_case_page(
                case=case, title="Ana", language=language, translation_key=french.translation_key
            )
    assert notes(workspace(campaigner, "cases", case)) == []


def test_texts_that_are_missing_or_behind_are_named(campaigner):
    case = make_case()
    french = make_case_page(case=case, title="Son histoire")
    make_case_page(
        case=case,
        title="Haar verhaal",
        language="nl",
        translation_key=french.translation_key,
        live=False,
    )
    found = notes(workspace(campaigner, "cases", case))
    [note] = [note for note in found if "Son histoire" in note]
    assert note.endswith("nl, de, en.")


def test_words_that_hold_a_withheld_name_are_to_be_rewritten(campaigner):
    case = make_case(scopes=[Scope.WORK, Scope.WEB, Scope.NAME])
    page = make_case_page(case=case, title="Ana Drovik, imprimeuse")
    text = workspace(campaigner, "cases", case)
    assert "These pages hold names that may not be shown." in text
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[page.pk])}"' in text


def test_the_workspace_of_an_action_counts_signatures(campaigner, now):
    case = make_case()
    petition = make_petition(case=case)
    sign(petition, now=now)
    Signature.objects.update(confirmed_at=now)
    tally_signatures(now=now)
    action = make_urgent_action(case=case, number=321)
    text = workspace(campaigner, "urgent_actions", action)
    page = ServedPage(text)
    [row] = [row for row in page.all("tr") if "Signatures so far" in row.words]
    assert row.words.split()[-1] == "1"
    index = ServedPage(campaigner.get(reverse("urgent_actions:index")).text)
    [row] = [row for row in index.all("tr") if str(action) in row.words]
    cells = [" ".join(cell.words.split()) for cell in index.all("td") if row in cell.parents]
    assert "open" in cells
    assert "fr" in cells
    assert "1" in cells


# An urgent action, from the draft to the public page


def draft(client: Client, action: UrgentAction) -> Issue:
    assert do(client, "urgent_actions", action, "draft").status_code == 302
    return action.issues.order_by("-ordinal").first()


def inline(prefix: str, rows: list[dict[str, Any]], initial: int = 0) -> dict[str, Any]:
    typed = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for number, row in enumerate(rows):
        for name, value in {"id": "", "ORDER": number + 1, **row}.items():
            typed[f"{prefix}-{number}-{name}"] = value
    return typed


def issue_form(office: Office, **changes: Any) -> dict[str, Any]:
    return {
        "act_before": f"{timezone.localdate() + timedelta(days=20):%Y-%m-%d}",
        "languages_wanted": "es",
        **inline("targets", [{"role": "PRIMARY", "office": office.pk}]),
        **inline("demands", [in_languages("text", "to release her")]),
        **inline(
            "letters",
            [{"language": "fr", "target_kind": "PRIMARY", "text": "Je vous écris pour elle."}],
        ),
        **changes,
    }


def edit(client: Client, issue: Issue, typed: dict[str, Any]) -> Any:
    return client.post(reverse("urgent_action_issues:edit", args=[issue.pk]), typed)


def test_an_issue_goes_its_whole_way_with_two_people(campaigner, moderator, client):
    case = make_case()
    office = make_office()
    action = make_urgent_action(case=case, days_left=None, number=44)
    page = make_urgent_action_page(urgent_action=action)
    assert 'id="addresses"' not in client.get(page.url).text
    issue = draft(campaigner, action)
    response = edit(campaigner, issue, issue_form(office))
    assert response.status_code == 302, response.context["form"].errors
    issue.refresh_from_db()
    assert issue.author == campaigner.user
    assert issue.demands.get().text == {code: f"to release her {code}" for code in LANGUAGES}
    assert do(campaigner, "urgent_action_issues", issue, "submit").status_code == 302
    # The author cannot.
    response = do(campaigner, "urgent_action_issues", issue, "approve", languages=["fr"])
    assert refusals(response) == ["Somebody else than the author reviews an issue."]
    assert ServedPage(response.text).ticked() == ["fr"]
    assert 'id="addresses"' not in client.get(page.url).text
    response = do(moderator, "urgent_action_issues", issue, "approve", languages=["fr"])
    assert response.status_code == 302, refusals(response)
    assert do(campaigner, "urgent_action_issues", issue, "open").status_code == 302
    text = client.get(page.url).text
    assert 'id="addresses"' in text
    assert "Je vous écris pour elle." in text
    assert "to release her fr" in text
    issue.refresh_from_db()
    assert (issue.state, issue.reviewer) == (Issue.State.OPEN, moderator.user)
    history = campaigner.get(reverse("urgent_actions:history", args=[action.pk])).text
    for words in ("Issue drafted", "Issue sent to review", "Issue approved", "Issue opened"):
        assert words in history


def test_an_issue_that_is_not_ready_says_what_is_missing(campaigner, moderator):
    action = make_urgent_action(case=make_case(), days_left=None)
    issue = draft(campaigner, action)
    text = workspace(campaigner, "urgent_action_issues", issue)
    wanted = {
        "No approved letter in any language.",
        "No addressee who can be reached.",
        "No last day to act.",
        "Nobody but the author has read it.",
    }
    assert wanted <= set(notes(text))
    do(campaigner, "urgent_action_issues", issue, "submit")
    do(moderator, "urgent_action_issues", issue, "approve")
    found = refusals(do(campaigner, "urgent_action_issues", issue, "open"))
    assert set(found) == wanted - {"Nobody but the author has read it."}


def approved(action: UrgentAction, author: User, reviewer: User) -> Issue:
    return make_issue(
        action, state=Issue.State.APPROVED, issued_on=None, author=author, reviewer=reviewer
    )


@pytest.mark.parametrize(
    "state", [Issue.State.IN_REVIEW, Issue.State.APPROVED, Issue.State.SCHEDULED, Issue.State.OPEN]
)
def test_what_a_reviewer_has_read_cannot_be_edited(campaigner, moderator, state):
    action = make_urgent_action(case=make_case(), days_left=None)
    issue = approved(action, campaigner.user, moderator.user)
    Issue.objects.filter(pk=issue.pk).update(
        state=state, issued_on=timezone.localdate() if state == Issue.State.OPEN else None
    )
    office = make_office()
    before = every_row()
    path = reverse("urgent_action_issues:edit", args=[issue.pk])
    response = campaigner.get(path, follow=True)
    assert "This cannot be changed any more, only looked at." in response.text
    response = edit(campaigner, issue, issue_form(office))
    assert response.status_code == 302
    assert changed(before, every_row()) <= SESSIONS
    assert f'href="{path}"' not in workspace(campaigner, "urgent_action_issues", issue)


def test_whoever_changes_a_draft_becomes_its_author_and_cannot_approve(moderator, site):
    one, two = logged_in(setup.CAMPAIGNERS), logged_in(setup.CAMPAIGNERS)
    action = make_urgent_action(case=make_case(), days_left=None)
    issue = draft(one, action)
    assert issue.author == one.user
    assert edit(two, issue, issue_form(make_office())).status_code == 302
    issue.refresh_from_db()
    assert issue.author == two.user
    do(two, "urgent_action_issues", issue, "submit")
    assert refusals(do(two, "urgent_action_issues", issue, "approve", languages=["fr"]))
    assert do(one, "urgent_action_issues", issue, "approve", languages=["fr"]).status_code == 302


def test_sent_back_to_be_changed_an_issue_has_to_be_approved_again(campaigner, moderator):
    action = make_urgent_action(case=make_case(), days_left=None)
    issue = approved(action, campaigner.user, moderator.user)
    assert do(moderator, "urgent_action_issues", issue, "send-back").status_code == 302
    issue.refresh_from_db()
    assert (issue.state, issue.reviewer) == (Issue.State.DRAFT, None)
    assert not issue.letters.filter(approved_at__isnull=False).exists()
    refused = do(campaigner, "urgent_action_issues", issue, "open")
    assert refusals(refused)


def test_a_deadline_in_the_past_is_refused_at_its_field(campaigner):
    action = make_urgent_action(case=make_case(), days_left=None)
    issue = draft(campaigner, action)
    yesterday = f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}"
    office = make_office()
    before = every_row()
    response = edit(campaigner, issue, issue_form(office, act_before=yesterday))
    assert response.status_code == 200
    assert response.context["form"].errors == {"act_before": ["The last day to act is past."]}
    page = ServedPage(response.text)
    [field] = [part for part in page.all("input") if part.attributes.get("name") == "act_before"]
    assert field.attributes["value"] == yesterday
    assert "Je vous écris pour elle." in response.text
    assert changed(before, every_row()) <= SESSIONS


def test_a_second_draft_is_refused_while_the_first_is_not_out(campaigner):
    action = make_urgent_action(case=make_case(), days_left=None)
    draft(campaigner, action)
    [reason] = refusals(do(campaigner, "urgent_actions", action, "draft"))
    assert "is not out yet" in reason
    assert action.issues.count() == 1


def test_opening_further_information_supersedes_what_was_open(campaigner, moderator):
    action = make_urgent_action(case=make_case())
    issue = approved(action, campaigner.user, moderator.user)
    Issue.objects.filter(pk=issue.pk).update(kind=Issue.Kind.FURTHER_INFORMATION)
    assert do(campaigner, "urgent_action_issues", issue, "open").status_code == 302
    assert list(action.issues.order_by("ordinal").values_list("state", flat=True)) == [
        "SUPERSEDED",
        "OPEN",
    ]


def test_an_issue_is_scheduled_and_not_into_the_past(campaigner, moderator):
    action = make_urgent_action(case=make_case(), days_left=None)
    issue = approved(action, campaigner.user, moderator.user)
    refused = do(campaigner, "urgent_action_issues", issue, "schedule", opens_at="2001-01-01 08:00")
    assert refusals(refused) == ["This moment is past."]
    assert typed_in(refused)["opens_at"] == "2001-01-01 08:00"
    later = timezone.localtime() + timedelta(days=2)
    typed = f"{later:%Y-%m-%d %H:%M}"
    assert (
        do(campaigner, "urgent_action_issues", issue, "schedule", opens_at=typed).status_code == 302
    )
    issue.refresh_from_db()
    assert issue.state == Issue.State.SCHEDULED
    assert do(campaigner, "urgent_action_issues", issue, "cancel").status_code == 302
    issue.refresh_from_db()
    assert issue.state == Issue.State.CANCELLED


def test_a_stop_action_needs_one_person_and_one_reason(campaigner, client):
    action = make_urgent_action(case=make_case())
    page = make_urgent_action_page(urgent_action=action)
    assert 'id="addresses"' in client.get(page.url).text
    assert do(campaigner, "urgent_actions", action, "stop").status_code == 200  # Why?
    assert do(campaigner, "urgent_actions", action, "stop", reason="DANGER").status_code == 302
    assert 'id="addresses"' not in client.get(page.url).text
    [reason] = refusals(do(campaigner, "urgent_actions", action, "stop", reason="DANGER"))
    assert "stopped" in reason


def test_an_outcome_is_told_on_the_page(campaigner, client):
    action = make_urgent_action(case=make_case())
    page = make_urgent_action_page(urgent_action=action)
    path = reverse("urgent_actions:transition", args=[action.pk, "outcome"])
    words = labelled(campaigner, path, "words", "Elle est libre depuis mardi")
    assert do(campaigner, "urgent_actions", action, "outcome", **words).status_code == 302
    assert "Elle est libre depuis mardi (fr)" in client.get(page.url).text
    assert action.issues.order_by("-ordinal").first().state == Issue.State.SUCCEEDED


# Offices


def office_form(office: Office, *holders: dict[str, Any]) -> dict[str, Any]:
    typed = {
        "reference": office.reference,
        "country": office.country_id,
        "kind": office.kind,
        "languages": "",
        "postal_lines": office.postal_lines,
        "email": "",
        "phone": "",
        "fax": "",
        "social": "",
        "verified_on": "",
    }
    for name in ("title", "salutation", "closing"):
        typed |= in_languages(name, "Madam")
    return typed | inline("holders", [{"gender": "X", **holder} for holder in holders])


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (("2020-01-01", ""), ("2024-01-01", "2025-01-01")),
        (("2020-01-01", "2024-06-30"), ("2024-06-30", "")),
        (("2024-01-01", "2024-12-31"), ("2023-01-01", "")),
    ],
)
def test_holders_of_an_office_who_overlap_are_refused_next_to_the_field(campaigner, earlier, later):
    office = make_office()
    holders = [
        {"name": "Somebody", "since": earlier[0], "until": earlier[1]},
        {"name": "Somebody else", "since": later[0], "until": later[1]},
    ]
    response = campaigner.post(
        reverse("offices:edit", args=[office.pk]), office_form(office, *holders)
    )
    assert response.status_code == 200
    formset = response.context["form"].formsets["holders"]
    assert "Somebody else holds this office at that time." in str(
        [form.errors.get("since") for form in formset.forms]
    )
    assert "Somebody else holds this office at that time." in response.text
    assert ServedPage(response.text).typed()["holders-1-since"] == later[0]
    assert not OfficeHolder.objects.exists()


def test_holders_who_follow_each_other_are_kept(campaigner):
    office = make_office()
    response = campaigner.post(
        reverse("offices:edit", args=[office.pk]),
        office_form(
            office,
            {"name": "One", "since": "2020-01-01", "until": "2024-06-30"},
            {"name": "Two", "since": "2024-07-01", "until": ""},
        ),
    )
    assert response.status_code == 302, response.context["form"].errors
    assert office.holders.count() == 2


def test_a_holder_who_is_deleted_makes_room(campaigner):
    office = make_office()
    former = OfficeHolder.objects.create(office=office, name="One", since="2020-01-01")
    typed = office_form(office, {"name": "Two", "since": "2022-01-01", "until": ""})
    typed |= {
        **inline(
            "holders",
            [
                {
                    "id": former.pk,
                    "name": "One",
                    "gender": "X",
                    "since": "2020-01-01",
                    "until": "",
                    "DELETE": "on",
                },
                {"name": "Two", "gender": "X", "since": "2022-01-01", "until": ""},
            ],
            initial=1,
        )
    }
    response = campaigner.post(reverse("offices:edit", args=[office.pk]), typed)
    assert response.status_code == 302, (
        response.context["form"].errors,
        response.context["form"].formsets["holders"].errors,
    )
    assert list(office.holders.values_list("name", flat=True)) == ["Two"]


# Who may


def subjects(kind: str) -> Any:
    if kind == "solidarity_messages":
        petition = make_friend()
        make_writable(petition)
        return write_and_confirm(petition)
    case = make_case()
    action = make_urgent_action(case=case)
    return {
        "cases": case,
        "urgent_actions": action,
        "urgent_action_issues": action.issues.get(),
        "consents_of_cases": case.consents.first(),
        "offices": Office.objects.first(),
        "replies": Reply.objects.create(
            urgent_action=action, language="fr", received_at=timezone.now()
        ),
        "staff_petitions": sign(make_petition(case=case), is_held=True).petition,
        "invalidations": Invalidation.objects.create(
            petition=make_petition(case=case), conditions={}, counted=1, counted_at=timezone.now()
        ),
    }[kind]


TRANSITIONS = {
    "cases": [
        "event", "consent", "accept", "activate", "rest", "close", "reopen", "embargo", "hide",
        "show", "remove",
    ],
    "urgent_actions": ["draft", "stop", "outcome"],
    "urgent_action_issues": ["submit", "approve", "open", "schedule", "send-back", "cancel"],
    "consents_of_cases": ["withdraw"],
    "staff_petitions": ["release", "count"],
    "invalidations": ["apply", "reverse"],
    "solidarity_messages": ["approve", "refuse"],
    "replies": ["read", "note", "pass-on"],
}  # fmt: skip
EVERY_TRANSITION = [(kind, name) for kind, names in TRANSITIONS.items() for name in names]
MAY: dict[str, Callable[[str, str], bool]] = {
    setup.EDITORS: lambda kind, name: False,
    setup.TRANSLATORS: lambda kind, name: False,
    setup.SUPPORTER_SERVICE: lambda kind, name: False,
    # They read what others wrote, and take a case down when somebody is in danger.
    setup.MODERATORS: lambda kind, name: (
        kind in {"urgent_action_issues", "solidarity_messages"}
        or (kind, name) in {("cases", "hide"), ("cases", "show")}
    ),
    setup.CAMPAIGNERS: lambda kind, name: (kind, name) != ("cases", "remove"),
}


def test_every_transition_is_asked_for():
    found = {
        (viewset.name, transition.name)
        for viewset in CampaignsGroup.items
        for transition in getattr(viewset, "transitions", ())
    }
    assert found == set(EVERY_TRANSITION)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("kind", "name"), EVERY_TRANSITION)
def test_a_transition_is_for_those_who_may(site, role, kind, name):
    row = subjects(kind)
    client = logged_in(role)
    path = reverse(f"{kind}:transition", args=[row.pk, name])
    before = every_row()
    if MAY[role](kind, name):
        assert client.get(path).status_code == 200
        return
    for response in (client.get(path), client.post(path, {"reason": "DANGER"})):
        assert response.status_code in {302, 403}
        if response.status_code == 302:
            assert response.url in {reverse("wagtailadmin_home")}
    assert changed(before, every_row()) <= SESSIONS


@pytest.mark.parametrize(("kind", "name"), EVERY_TRANSITION)
def test_the_public_does_none_of_this(site, client, kind, name):
    row = subjects(kind)
    path = reverse(f"{kind}:transition", args=[row.pk, name])
    before = every_row()
    for response in (client.get(path), client.post(path)):
        assert response.status_code == 302
        assert response.url.startswith(reverse("wagtailadmin_login"))
    assert changed(before, every_row()) <= SESSIONS


def test_a_transition_by_get_changes_nothing(campaigner):
    case = make_case()
    before = every_row()
    for name in TRANSITIONS["cases"]:
        if name != "remove":
            assert (
                campaigner.get(reverse("cases:transition", args=[case.pk, name])).status_code == 200
            )
    assert changed(before, every_row()) <= SESSIONS


def test_a_transition_that_does_not_exist_is_not_found(campaigner):
    case = make_case()
    assert campaigner.get(f"/admin/cases/{case.pk}/do/explode/", follow=True).status_code == 404
    assert campaigner.get("/admin/cases/999999/do/hide/", follow=True).status_code == 404


def test_a_workspace_offers_only_what_may_be_done(site):
    case = make_case()
    moderator = workspace(logged_in(setup.MODERATORS), "cases", case)
    offered = {
        name
        for name in TRANSITIONS["cases"]
        if reverse("cases:transition", args=[case.pk, name]) in moderator
    }
    assert offered == {"hide"}
    assert reverse("cases:edit", args=[case.pk]) not in moderator
    campaigner = workspace(logged_in(setup.CAMPAIGNERS), "cases", case)
    offered = {
        name
        for name in TRANSITIONS["cases"]
        if reverse("cases:transition", args=[case.pk, name]) in campaigner
    }
    assert offered == {"event", "consent", "rest", "close", "embargo", "hide"}


# The supporter service looks at petitions: people write to it about what they signed.
@pytest.mark.parametrize(
    "kind", [*(kind for kind in TRANSITIONS if kind != "staff_petitions"), "offices"]
)
@pytest.mark.parametrize("role", [setup.EDITORS, setup.TRANSLATORS, setup.SUPPORTER_SERVICE])
def test_those_who_do_not_campaign_see_no_workspace(site, role, kind):
    row = subjects(kind)
    client = logged_in(role)
    pages = ["index", "edit"] if kind == "offices" else ["index", "edit", "inspect"]
    for name in pages:
        arguments = [] if name == "index" else [row.pk]
        response = client.get(reverse(f"{kind}:{name}", args=arguments))
        assert response.status_code in {302, 403}, name
        assert "Drovik" not in response.content.decode()


def test_a_moderator_does_not_edit_a_case(moderator):
    case = make_case()
    path = reverse("cases:edit", args=[case.pk])
    for response in (moderator.get(path), moderator.post(path, {"full_name": "X"})):
        assert response.status_code in {302, 403}
    case.refresh_from_db()
    assert case.full_name == "Ana Drovik"


def test_letters_demands_and_targets_are_copied_into_further_information(campaigner):
    action = make_urgent_action(case=make_case())
    issue = draft(campaigner, action)
    assert issue.kind == Issue.Kind.FURTHER_INFORMATION
    assert issue.previous == action.issues.get(ordinal=1)
    for model in (IssueTarget, Demand, ModelLetter):
        assert model.objects.filter(issue=issue).count() == 1
    assert issue.letters.get().approved_at is None
    assert issue.demands.get().text == labels("to release her at once")
