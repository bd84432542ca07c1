"""What is missing in a language falls back visibly on lists, and is absent as an address."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from campaigns.cases.models import Situation, SituationEvent
from campaigns.letters.models import ModelLetter
from home.models import CaseIndexPage, CountryPage, GoodNewsIndexPage, UrgentActionIndexPage
from tests.factories.facts import make_case, make_urgent_action
from tests.factories.pages import (
    home_page,
    make_case_page,
    make_country_page,
    make_good_news_page,
    make_page,
    make_urgent_action_page,
)
from tests.pages import Element, ServedPage, read_xml
from tests.steps import LANGUAGES, address

pytestmark = pytest.mark.django_db
# The reader's language, and the words for "in French".
READERS = {"nl": "in het Frans", "de": "auf Französisch", "en": "in French"}


@pytest.fixture
def french_only(site) -> dict:
    """A case, its urgent action and its good news, which exist in French alone."""
    case = make_case((timezone.localdate() - timedelta(days=9), Situation.CHARGED))
    pages = {
        "case": make_case_page(case=case, title="Une affaire", introduction="En français."),
        "action": make_urgent_action_page(
            urgent_action=make_urgent_action(case=case), title="Une action"
        ),
        "news": make_good_news_page(case=case, title="Une nouvelle", nuance="Pas encore libre"),
    }
    for language in LANGUAGES:
        for model in (CaseIndexPage, UrgentActionIndexPage, GoodNewsIndexPage):
            if not model.objects.filter(locale__language_code=language).exists():
                make_page(model, language=language)
    return {"case_facts": case, **pages}


LISTS = {"case": CaseIndexPage, "action": UrgentActionIndexPage, "news": GoodNewsIndexPage}


def entry_of(client, path: str, title: str) -> tuple[ServedPage, Element]:
    """A page, and the link in it with that title."""
    page = ServedPage(client.get(path).text)
    [link] = [link for link in page.all("a") if link.words.strip() == title]
    return page, link


def article_around(link: Element) -> Element:
    return next(parent for parent in reversed(link.parents) if parent.tag == "article")


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("kind", LISTS)
def test_a_list_shows_what_is_missing_in_its_own_language_and_says_which(
    client, french_only, kind, language
):
    target = french_only[kind]
    path = LISTS[kind].objects.get(locale__language_code=language).url
    _page, link = entry_of(client, path, target.title)
    assert link.attributes["href"] == target.url
    assert link.attributes["href"].startswith("/fr/")
    assert link.attributes["hreflang"] == "fr"
    assert any(parent.attributes.get("lang") == "fr" for parent in link.parents)
    assert READERS[language] in " ".join(article_around(link).words.split())
    assert client.get(link.attributes["href"]).status_code == 200


@pytest.mark.parametrize("kind", LISTS)
def test_in_its_own_language_nothing_is_flagged(client, french_only, kind):
    target = french_only[kind]
    _page, link = entry_of(client, target.get_parent().url, target.title)
    assert "hreflang" not in link.attributes
    assert not any(parent.attributes.get("lang") for parent in link.parents if parent.tag != "html")


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("kind", LISTS)
def test_what_is_missing_in_a_language_has_no_address_in_it(client, french_only, kind, language):
    target = french_only[kind]
    parent = LISTS[kind].objects.get(locale__language_code=language)
    assert client.get(f"{parent.url}{target.slug}/").status_code == 404
    sitemap = client.get("/sitemap.xml").text
    assert f"{target.url}<" in sitemap
    assert f"{parent.url}{target.slug}" not in sitemap
    page = ServedPage(client.get(target.url).text)
    languages = {link.attributes.get("hreflang") for link in page.all("link", rel="alternate")}
    assert language not in languages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("feed", ["feed_urgent_actions", "feed_good_news"])
def test_a_feed_carries_its_own_language_only(client, french_only, feed, language):
    response = client.get(address(feed, language=language))
    links = [element.text or "" for element in read_xml(response.content).iter("link")][1:]
    assert all(f"/{language}/" in link for link in links)
    assert len(links) == (1 if language == "fr" else 0)


@pytest.mark.parametrize("language", READERS)
def test_the_front_page_shows_it_too_and_says_which_language_it_is_in(
    client, french_only, language
):
    page = ServedPage(client.get(home_page(language).url).text)
    links = [link for link in page.all("a") if link.attributes.get("href", "").startswith("/fr/")]
    flagged = [link for link in links if "article" in {parent.tag for parent in link.parents}]
    assert flagged
    assert all(link.attributes.get("hreflang") == "fr" for link in flagged)


def test_a_translation_takes_the_place_of_what_was_flagged(client, french_only):
    french = french_only["case"]
    dutch = make_case_page(
        case=french.case, language="nl", title="Een zaak", translation_key=french.translation_key
    )
    index = CaseIndexPage.objects.get(locale__language_code="nl")
    text = client.get(index.url).text
    assert french.title not in text
    _page, link = entry_of(client, index.url, "Een zaak")
    assert link.attributes["href"] == dutch.url
    assert "hreflang" not in link.attributes


def test_a_translation_that_is_a_draft_changes_nothing(client, french_only):
    french = french_only["case"]
    make_case_page(
        case=french.case,
        language="nl",
        title="Een ontwerp",
        translation_key=french.translation_key,
        live=False,
    )
    index = CaseIndexPage.objects.get(locale__language_code="nl")
    assert "Een ontwerp" not in client.get(index.url).text
    assert french.title in client.get(index.url).text


def test_of_several_other_languages_the_sites_own_comes_first(client, site):
    case = make_case()
    german = make_case_page(case=case, language="de", title="Ein Fall")
    make_case_page(case=case, language="en", title="A case", translation_key=german.translation_key)
    index = make_page(CaseIndexPage, language="nl")
    text = client.get(index.url).text
    assert "Ein Fall" in text
    assert "A case" not in text
    make_case_page(
        case=case, language="fr", title="Une affaire", translation_key=german.translation_key
    )
    text = client.get(index.url).text
    assert "Une affaire" in text
    assert "Ein Fall" not in text


def test_labels_that_are_missing_fall_back_visibly(client, site):
    case = make_case()
    SituationEvent.objects.create(
        case=case,
        occurred_on=timezone.localdate() - timedelta(days=3),
        situation=Situation.RELEASED,
        title={"fr": "La sortie"},
        text={"fr": "Elle est chez elle."},
        nuance={"fr": "la condamnation demeure"},
    )
    page = ServedPage(client.get(make_case_page(case=case, language="nl").url).text)
    for words in ("La sortie", "Elle est chez elle.", "la condamnation demeure"):
        shown = [
            element
            for element in page.elements
            if element.words.strip() == words and element.attributes.get("lang") == "fr"
        ]
        assert shown, words
        around = shown[0].parents[-1].words
        assert "(FR)" in around
        assert "frans" in around.lower()


def test_labels_in_the_readers_language_are_not_flagged(client, site):
    case = make_case()
    SituationEvent.objects.create(
        case=case,
        occurred_on=timezone.localdate() - timedelta(days=3),
        situation=Situation.RELEASED,
        title={"fr": "La sortie", "nl": "De vrijlating"},
        nuance={"fr": "la condamnation demeure", "nl": "het vonnis blijft staan"},
    )
    text = client.get(make_case_page(case=case, language="nl").url).text
    assert "De vrijlating" in text
    assert "het vonnis blijft staan" in text
    assert "La sortie" not in text
    assert "(FR)" not in text


def test_a_letter_in_another_language_says_so(client, site):
    action = make_urgent_action(case=make_case())
    issue = action.issues.get()
    page = make_urgent_action_page(urgent_action=action, language="nl")
    served = ServedPage(client.get(page.url).text)
    [sheet] = [part for part in served.all("div") if "data-copy-text" in part.attributes]
    assert sheet.attributes["lang"] == "fr"
    assert "Je vous écris." in sheet.words
    [notice] = served.all("p", class_="part__notice")
    assert "Frans" in notice.words
    ModelLetter.objects.create(
        issue=issue, language="nl", text="Ik schrijf u.", approved_at=timezone.now()
    )
    served = ServedPage(client.get(page.url).text)
    sheets = [part for part in served.all("div") if "data-copy-text" in part.attributes]
    assert [sheet.attributes["lang"] for sheet in sheets] == ["nl", "fr"]
    assert served.all("p", class_="part__notice") == []


def test_a_letter_never_mixes_languages(client, site):
    """The salutation of a letter is in the language of the letter, or there is none."""
    action = make_urgent_action(case=make_case())
    letter = action.issues.get().letters.get()
    letter.language = "es"
    letter.text = "Le escribo."
    letter.save()
    page = make_urgent_action_page(urgent_action=action, language="nl")
    served = ServedPage(client.get(page.url).text)
    [sheet] = [part for part in served.all("div") if "data-copy-text" in part.attributes]
    assert sheet.words.split() == ["Le", "escribo."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_country_without_background_in_a_language_is_named_without_a_link(client, site, language):
    case = make_case()
    make_country_page(country=case.country, language="fr", title="L’Orvanie")
    page = make_case_page(case=case, language=language)
    text = client.get(page.url).text
    with translation.override(language):
        assert str(case.country) in text
    country = CountryPage.objects.get()
    assert (f'href="{country.url}"' in text) is (language == "fr")
