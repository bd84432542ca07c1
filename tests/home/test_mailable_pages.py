"""Pages as mails: what each kind says, when it asks to act, and how editors see it before."""

import json
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from wagtail.models import Locale, PageViewRestriction

from campaigns.cases.models import Case, CaseConsent
from campaigns.letters.models import UrgentActionIssue
from campaigns.localized import label_in
from campaigns.mailings import words as mailings
from campaigns.mailings.freezing import freeze
from campaigns.mailings.words import PLACEHOLDERS, unknown_placeholders
from campaigns.outbox.rendering import html_of_mjml
from campaigns.petitions.models import Petition
from campaigns.supporters.models import Formula
from home import mails
from home.models import UrgentActionPage
from home.models.mailable import Mailable
from tests.factories.facts import (
    labels,
    make_case,
    make_issue,
    make_petition,
    make_urgent_action,
)
from tests.factories.pages import (
    make_case_page,
    make_case_update_page,
    make_image,
    make_marathon_page,
    make_newsletter_page,
    make_standard_page,
    make_urgent_action_page,
)
from tests.factories.solidarity import make_marathon
from tests.pages import ServedPage
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
Kind, State = UrgentActionIssue.Kind, UrgentActionIssue.State
MAKERS = {
    "urgent_action": lambda language: make_urgent_action_page(
        language=language, petition=make_petition()
    ),
    "case_update": lambda language: make_case_update_page(language=language),
    "newsletter": lambda language: make_newsletter_page(language=language),
    "marathon": lambda language: make_marathon_page(language=language),
}
WAYS_OUT = ("stop_link", "fewer_link", "pause_link", "stop_all_link", "my_data_link")


def served(page) -> ServedPage:
    return ServedPage(html_of_mjml(mails.words(page).mjml, str(page)))


def hrefs(page) -> list[str]:
    return [link.attributes["href"] for link in served(page).all("a")]


def test_every_kind_of_mail_is_looked_at():
    assert {model.mail_kind for model in mails.page_types()} == set(MAKERS)
    assert all(issubclass(model, Mailable) for model in mails.page_types())


def test_mailings_take_their_words_from_pages():
    assert mailings.source() is mails.PAGES_AS_MAILS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MAKERS)
def test_a_mail_is_in_the_language_of_its_page_and_knows_the_ways_out(site, kind, language):
    page = MAKERS[kind](language)
    with translation.override("fr" if language != "fr" else "nl"):
        words = mails.words(page)
    with translation.override(language):
        way_out = gettext("Stop all mails")
    html = ServedPage(html_of_mjml(words.mjml, "x"))
    assert (words.language, words.page_id) == (language, page.pk)
    assert html.all("html")[0].attributes["lang"] == language
    assert way_out in [link.words for link in html.all("a")]
    assert words.subject == page.title
    assert page.title in html.all("h1")[0].words
    assert unknown_placeholders(words) == []
    links = [link.attributes["href"] for link in html.all("a")]
    for name in WAYS_OUT:
        assert f"{{{name}}}" in links
        assert f"\n{{{name}}}\n" in words.text
    assert words.text.startswith("{greeting}\n")
    greetings = [part for part in html.all("div") if part.words.strip() == "{greeting}"]
    assert greetings
    address = f"{settings.BASE_URL}{page.url}?source={page.mail_source}"
    assert address in links
    assert f"\n{address}\n" in words.text


@pytest.mark.parametrize("kind", MAKERS)
def test_what_an_editor_writes_for_the_mail_comes_before_title_and_introduction(site, kind):
    page = MAKERS[kind]("fr")
    page.introduction = "Un mot. " * 60
    words = mails.words(page)
    assert (words.subject, len(words.preheader)) == (page.title, 140)
    page.mail_subject, page.mail_preheader = "{first_name}, écrivez", "Un mot suffit."
    words = mails.words(page)
    assert (words.subject, words.preheader) == ("{first_name}, écrivez", "Un mot suffit.")
    assert "<title>{first_name}, écrivez</title>" in html_of_mjml(words.mjml, "x")


def test_a_title_with_quotes_breaks_nothing(site):
    page = make_newsletter_page(title='" onmouseover="x" <b>&', slug="quotes")
    html = served(page)
    assert html.all("h1")[0].words == '" onmouseover="x" <b>&'
    assert not [e for e in html.elements if any(name.startswith("on") for name in e.attributes)]


# Urgent actions


def action_page(*, petition: bool = True, days_left: int = 10, **fields) -> UrgentActionPage:
    case = make_case()
    action = make_urgent_action(case=case, days_left=days_left)
    return make_urgent_action_page(
        urgent_action=action,
        petition=make_petition(case=case) if petition else None,
        title="Libérez Ana",
        introduction="Ana est en prison.",
        body=json.dumps([{"type": "paragraph", "value": "<p>Toute l’histoire.</p>"}]),
        instructions=json.dumps([{"type": "step", "value": {"title": "Écrivez", "text": "Poli."}}]),
        **fields,
    )


def ended(page: UrgentActionPage, kind: str, **fields) -> UrgentActionPage:
    """The page after its action has ended with another issue."""
    today = timezone.localdate()
    page.urgent_action.issues.update(state=State.STOPPED, ended_on=today)
    UrgentActionIssue.objects.create(
        urgent_action=page.urgent_action,
        ordinal=2,
        kind=kind,
        state=State.STOPPED if kind == Kind.STOP else State.SUCCEEDED,
        issued_on=today,
        ended_on=today,
        words=labels("Ana is free"),
        **fields,
    )
    return UrgentActionPage.objects.get(pk=page.pk)


def test_an_urgent_action_says_its_five_parts_in_order(site):
    page = action_page()
    target = page.urgent_action.issues.get().targets.get().office
    parts = [
        "Ana est en prison.",
        "Toute l’histoire.",
        "Écrivez",
        label_in(page.urgent_action.issues.get().demands.get().text, "fr"),
        "Je vous écris.",
        "Lettergate 1",
    ]
    text = mails.words(page).text
    body = unescape(served(page).all("body")[0].words)
    for shown in (text, body):
        places = [shown.index(part) for part in parts]
        assert places == sorted(places)
        assert label_in(target.title, "fr") in shown
        until = date_format(timezone.localdate() + timedelta(days=10), "j F Y")
        with translation.override("fr"):
            until = date_format(timezone.localdate() + timedelta(days=10), "DATE_FORMAT")
        assert until in shown


def test_no_words_of_a_mail_grow_old(site):
    """What is frozen today is read in a week: no days that are left, no figures that grow."""
    page = action_page()
    with translation.override("fr"):
        text = mails.words(page).text
    assert not re.search(r"10 (jours|days)", text)


def test_an_open_action_with_a_petition_is_signed_in_one_press(site):
    page = action_page()
    assert "{sign_link}" in hrefs(page)
    assert "\n{sign_link}\n" in mails.words(page).text
    page.petition = None
    assert "{sign_link}" not in mails.words(page).mjml
    assert f"{settings.BASE_URL}{page.url}?source={page.mail_source}" in hrefs(page)


def test_a_petition_that_is_closed_has_no_press(site):
    page = action_page()
    Petition.objects.filter(pk=page.petition_id).update(closes_at=timezone.now())
    page = UrgentActionPage.objects.get(pk=page.pk)
    assert "{sign_link}" not in mails.words(page).mjml + mails.words(page).text


def test_a_form_in_the_body_becomes_the_press_or_a_way_to_the_page(site):
    page = action_page()
    other = make_petition()
    own, foreign = (
        {"type": "sign", "value": {"petition": pk, "heading": "Signez", "button": button}}
        for pk, button in ((page.petition_id, "Pour Ana"), (other.pk, "Pour Tom"))
    )
    page.body = json.dumps([own, foreign])
    links = {link.words: link.attributes["href"] for link in served(page).all("a")}
    assert links["Pour Ana"] == "{sign_link}"
    assert urlsplit(links["Pour Tom"]).path == page.url
    assert not served(page).all("form")


def test_further_information_says_first_what_has_changed(site):
    page = action_page()
    page.urgent_action.issues.update(state=State.SUPERSEDED, ended_on=timezone.localdate())
    make_issue(
        page.urgent_action,
        kind=Kind.FURTHER_INFORMATION,
        what_changed={"fr": "Une porte s’ouvre."},
    )
    page = UrgentActionPage.objects.get(pk=page.pk)
    words = mails.words(page)
    assert words.preheader == "Une porte s’ouvre."
    for shown in (words.text, unescape(served(page).all("body")[0].words)):
        assert 0 < shown.rindex("Une porte s’ouvre.") < shown.index("Ana est en prison.")
    facts = mails.facts(page)
    assert (facts.kind, facts.asks_to_act, facts.is_stop) == (
        Formula.Content.ACTION_UPDATE,
        True,
        False,
    )
    assert facts.issue_id == page.urgent_action.issues.get(ordinal=2).pk


@pytest.mark.parametrize("kind", [Kind.STOP, Kind.OUTCOME, "EXPIRED"])
def test_an_action_that_is_over_asks_for_nothing_and_thanks(site, kind):
    page = action_page(
        outcome="Elle est rentrée chez elle.",
        mail_subject="Écrivez aujourd’hui",
        mail_preheader="Vite",
        days_left=-1 if kind == "EXPIRED" else 10,
    )
    if kind != "EXPIRED":
        page = ended(page, kind)
    with translation.override("en"):
        words = mails.words(page)
    html = served(page)
    body = unescape(html.all("body")[0].words)
    for shown in (words.text, body):
        assert "Je vous écris." not in shown
        assert "Lettergate" not in shown
        assert shown.index("Elle est rentrée chez elle.") < shown.index("Ana est en prison.")
    assert "{sign_link}" not in words.mjml + words.text
    # The only ways from the mail are the page and the ways out.
    assert not html.all("a", role="button")
    assert "act" not in {e.attributes.get("class") for e in html.elements}
    assert "quiet" not in {e.attributes.get("class") for e in html.elements}
    assert "Écrivez aujourd’hui" not in words.subject
    assert words.subject.endswith("Libérez Ana")
    assert words.subject != "Libérez Ana"
    assert "Vite" not in words.preheader
    facts = mails.facts(page)
    assert (facts.asks_to_act, facts.is_stop) == (False, kind == Kind.STOP)
    assert facts.kind == Formula.Content.ACTION_UPDATE


def test_a_stop_says_first_that_nobody_is_to_write(site):
    page = ended(action_page(), Kind.STOP, stop_reason="GOOD_NEWS")
    with translation.override("en"):
        page.locale = Locale.objects.get(language_code="en")
        text = mails.words(page).text
    assert text.split("\n\n")[1].startswith("Please do not write any more: Libérez Ana")
    assert "Ana is free (en)" in text


def test_facts_of_an_action_are_the_same_in_every_language(site):
    page = action_page()
    dutch = page.copy_for_translation(Locale.objects.get(language_code="nl"), copy_parents=True)
    facts = mails.facts(page)
    assert facts == mails.facts(dutch)
    assert mails.words(dutch).language == "nl"
    assert (facts.kind, facts.asks_to_act) == (Formula.Content.URGENT_ACTION, True)
    assert (facts.case_id, facts.urgent_action_id, facts.petition_id) == (
        page.urgent_action.case_id,
        page.urgent_action_id,
        page.petition_id,
    )
    assert dutch.mail_source == page.mail_source
    assert re.fullmatch(r"mail-\d+-26", page.mail_source)


def test_the_picture_and_the_name_follow_the_consents_of_the_day(site):
    page = action_page(picture=make_image(), picture_alt="Ana à sa presse")
    assert served(page).all("img", alt="Ana à sa presse")
    CaseConsent.objects.filter(
        scope__in=[CaseConsent.Scope.IMAGE, CaseConsent.Scope.NAME, CaseConsent.Scope.SURNAME]
    ).update(withdrawn_at=timezone.now())
    page = UrgentActionPage.objects.get(pk=page.pk)
    page.introduction = "Ana Drovik est en prison."
    words = mails.words(page)
    assert not served(page).all("img")
    for shown in (words.mjml, words.text, words.subject, words.preheader):
        assert "Ana" not in shown


def test_what_was_not_opened_yet_can_be_looked_at(site):
    page = make_urgent_action_page(urgent_action=make_urgent_action(days_left=None))
    words = mails.words(page)
    assert words.subject == page.title
    assert mails.facts(page).issue_id is None
    assert not mails.facts(page).asks_to_act


# Updates, newsletters, the marathon


def test_an_update_says_what_happened_when_and_leads_to_the_case(site):
    case_page = make_case_page(title="Ana", petition=make_petition())
    page = make_case_update_page(
        case_page=case_page,
        happened_on=date(2026, 10, 20),
        introduction="Le juge était malade.",
        body=json.dumps([{"type": "paragraph", "value": "<p>Pas de date.</p>"}]),
    )
    text = mails.words(page).text
    places = [text.index(p) for p in ("20 octobre 2026", "Le juge était malade.", "Pas de date.")]
    assert places == sorted(places)
    assert f"{settings.BASE_URL}{case_page.url}?source={page.mail_source}" in hrefs(page)
    facts = mails.facts(page)
    assert (facts.kind, facts.case_id) == (Formula.Content.CASE_NEWS, case_page.case_id)
    assert not facts.asks_to_act


def test_the_marathon_has_one_button_for_all_its_cases(site):
    edition = make_marathon(make_petition(), make_petition())
    page = make_marathon_page(edition=edition)
    assert hrefs(page).count("{sign_link}") == 1
    facts = mails.facts(page)
    assert (facts.kind, facts.edition_id) == (Formula.Content.MARATHON, edition.pk)
    assert facts.asks_to_act
    edition.closes_at = timezone.now()
    edition.save()
    assert "{sign_link}" not in mails.words(page).mjml + mails.words(page).text
    assert not mails.facts(page).asks_to_act


# Which pages there are to send


def test_only_what_everybody_may_read_can_be_sent(site):
    page = make_urgent_action_page()
    key = str(page.translation_key)
    draft = page.copy_for_translation(Locale.objects.get(language_code="nl"), copy_parents=True)
    assert mails.pages(key) == {"fr": page}
    draft.save_revision().publish()
    assert set(mails.pages(key)) == {"fr", "nl"}
    closed = PageViewRestriction.objects.create(page=draft, restriction_type="login")
    assert set(mails.pages(key)) == {"fr"}
    closed.delete()
    Case.objects.filter(pk=page.urgent_action.case_id).update(state=Case.State.HIDDEN)
    assert mails.pages(key) == {}


def test_other_pages_cannot_be_sent(site):
    assert mails.pages(str(make_standard_page().translation_key)) == {}
    assert mails.pages("no key") == {}
    with pytest.raises(TypeError):
        mails.words(make_standard_page())


# As editors see it

MODES = ("mail", "mail-dark", "mail-narrow", "mail-text")


@pytest.fixture
def editor(demo) -> Client:
    from home.users.models import User

    client = Client()
    client.force_login(User.objects.get(username="editor"))
    return client


def previewed(client: Client, page, mode: str) -> str:
    url = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
    response = client.get(url, {"mode": mode})
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize("model", mails.MAILABLE)
def test_an_editor_sees_each_mail_in_every_way(editor, model):
    pages = list(
        model.objects.live().filter(
            slug__in=[
                *("noor-hadesh", "famille-orlan", "een-gezin-herenigd", "marathon"),
                "noor-second-temoignage",
            ]
        )
    )
    assert pages
    for page in pages:
        for mode in MODES:
            shown = previewed(editor, page, mode)
            assert not re.search(rf"\{{({'|'.join(PLACEHOLDERS)})\}}", shown), mode
            frame = ServedPage(shown)
            if mode == "mail-text":
                inner = frame.all("pre")[0].words
                assert page.title in inner
            else:
                [mail] = frame.all("iframe")
                inner = mail.attributes["srcdoc"]
                assert (mail.attributes.get("class") == "narrow") == (mode == "mail-narrow")
                assert ("@media all" in inner) == (mode == "mail-dark")
                assert len(inner.encode()) < 90_000
            assert "Marie" in inner
            assert "https://example.org/link/sample/" in inner


def test_the_page_itself_is_previewed_as_before(editor):
    page = UrgentActionPage.objects.live().get(slug="noor-hadesh", locale__language_code="fr")
    shown = previewed(editor, page, "")
    assert ServedPage(shown).all("main")


def test_a_preview_is_framed_with_its_own_styles(demo):
    page = UrgentActionPage.objects.live().get(slug="noor-hadesh", locale__language_code="fr")
    response = page.make_preview_request(preview_mode="mail")
    assert "Content-Security-Policy" not in response.headers
    assert page.mail_subject in unescape(response.text)


def test_a_draft_is_previewed_as_it_stands(editor):
    page = UrgentActionPage.objects.live().get(slug="noor-hadesh", locale__language_code="fr")
    page.mail_subject = "Un autre sujet, {prenom}"
    page.save_revision()
    shown = previewed(editor, page, "mail")
    assert "Un autre sujet, {prenom}" in shown
    assert "{prenom}" in ServedPage(shown).all("dd", class_="wrong")[0].words


def test_every_mail_of_the_demonstration_can_be_sent_as_it_is(demo):
    """Nothing to mend: size, links, pictures, ways out."""
    for model in mails.MAILABLE:
        for page in model.objects.live().select_related("locale"):
            frozen = freeze(mails.words(page))
            assert (str(page), frozen.problems) == (str(page), [])
            assert frozen.content.size < 90_000
