"""The archive of the newsletters, and what wagtail-localize makes of the words of a mail."""

import json
from datetime import date

import pytest
from wagtail.models import Locale
from wagtail_localize.models import (
    OverridableSegment,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)

from home import mails
from home.models import NewsletterIndexPage, NewsletterPage
from tests.factories.pages import make_newsletter_page, make_page
from tests.pages import ServedPage
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db


def titles(client, index) -> list[str]:
    page = ServedPage(client.get(index.url).text)
    return [heading.words for heading in page.all("h3")]


def test_the_archive_lists_the_newsletters_newest_first(client, site):
    older = make_newsletter_page(title="Octobre", issued_on=date(2026, 10, 1))
    make_newsletter_page(title="Novembre", issued_on=date(2026, 11, 1))
    make_newsletter_page(title="Brouillon", issued_on=date(2026, 12, 1), live=False)
    index = older.get_parent()
    assert titles(client, index) == ["Novembre", "Octobre"]


def test_a_newsletter_of_another_language_says_so_in_the_archive(client, site):
    make_newsletter_page(title="Octobre")
    index = make_page(NewsletterIndexPage, language="nl")
    [heading] = ServedPage(client.get(index.url).text).all("h3")
    assert (heading.words, heading.attributes["lang"]) == ("Octobre", "fr")


def test_more_newsletters_cost_no_more_queries(client, site, django_assert_max_num_queries):
    index = make_newsletter_page().get_parent()
    client.get(index.url)
    for _number in range(5):
        make_newsletter_page()
    with django_assert_max_num_queries(12):
        client.get(index.url)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_archive_is_linked_in_the_footer_once(client, demo, language):
    index = NewsletterIndexPage.objects.get(locale__language_code=language)
    for in_menu in (False, True):
        index.show_in_menus = in_menu
        index.save()
        footer = [
            link
            for link in ServedPage(client.get(f"/{language}/").text).all("a")
            if link.attributes["href"] == index.url and link.inside(class_="site-footer__links")
        ]
        assert len(footer) <= 1
        assert ServedPage(client.get(f"/{language}/").text).html.count(f'href="{index.url}"') == (
            2 if in_menu else 1
        )


def test_page_and_mail_come_from_the_same_blocks(client, site):
    body = [{"type": "heading", "value": "Une lumière"}, {"type": "paragraph", "value": "<p>x</p>"}]
    page = make_newsletter_page(body=json.dumps(body))
    assert "Une lumière" in client.get(page.url).text
    assert "Une lumière" in mails.words(page).text


def test_subject_and_preview_text_are_translated_with_the_page(
    site, django_capture_on_commit_callbacks
):
    page = make_newsletter_page(
        title="Une famille", mail_subject="mot sujet", mail_preheader="mot à côté"
    )
    dutch = Locale.objects.get(language_code="nl")
    page.get_parent().specific.copy_for_translation(dutch).save_revision().publish()
    source, _created = TranslationSource.get_or_create_from_instance(page)
    for segment in StringSegment.objects.filter(source=source).select_related("string"):
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=dutch,
            context=segment.context,
            data=segment.string.data.replace("mot", "woord"),
        )
    translation = Translation.objects.create(source=source, target_locale=dutch)
    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)
    target = NewsletterPage.objects.get(locale=dutch)
    assert (target.mail_subject, target.mail_preheader) == ("woord sujet", "woord à côté")
    assert target.issued_on == page.issued_on
    overridable = OverridableSegment.objects.filter(source=source)
    assert "issued_on" not in set(overridable.values_list("context__path", flat=True))
    assert mails.words(target).subject == "woord sujet"
