"""Every block as it stands in a mail: as MJML and as text, in each language."""

import json
import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils import translation
from PIL import Image
from wagtail import blocks
from wagtail.models import Locale
from wagtail.rich_text import RichText

from campaigns.cases.models import Case, CaseConsent
from campaigns.mailings.words import unknown_placeholders
from campaigns.outbox.rendering import html_of_mjml
from home import mails
from home.blocks.bodies import InstructionsBody, MarathonBody, PageBody
from home.checks import blocks_can_be_mailed, mailable_blocks
from home.mail_pictures import mail_picture
from home.mail_rich_text import mail_html, plain_text
from home.media.models import CustomDocument, CustomImage
from home.models import NewsletterPage
from tests.factories.facts import make_case, make_formula, make_petition
from tests.factories.pages import make_case_page, make_image, make_newsletter_page
from tests.pages import ServedPage
from tests.steps import LANGUAGES

from .block_values import BlockFiller

pytestmark = pytest.mark.django_db
FORBIDDEN = ("script", "iframe", "object", "form", "input", "svg", "picture", "source")
HOSTILE = "\"><script>alert(1)</script>&amp;<b>{x}</b>'</mj-text>"


@pytest.fixture
def filler(site):
    make_formula()
    return BlockFiller(
        image=make_image(),
        document=CustomDocument.objects.create(
            title="Pétition", file=ContentFile(b"%PDF-1.4", name="petition.pdf")
        ),
        page=make_case_page(),
        petition=make_petition(),
    )


def newsletter(*body: dict, language: str = "fr", **fields: str) -> NewsletterPage:
    return make_newsletter_page(language=language, body=json.dumps(body), **fields)


def mailed(page) -> tuple[ServedPage, str]:
    """The HTML and the text of a page as a mail."""
    words = mails.words(page)
    return ServedPage(html_of_mjml(words.mjml, str(page))), words.text


def test_every_block_that_can_be_mailed_has_both_templates():
    names = {name for name, _block in mailable_blocks()}
    for body in (PageBody, InstructionsBody, MarathonBody):
        assert set(body().child_blocks) <= names
    assert blocks_can_be_mailed() == []


def test_a_block_without_a_mail_template_is_refused(monkeypatch):
    class Whispers(blocks.CharBlock):
        class Meta:
            text_template = "blocks/mail/nowhere.txt"

    for model in mails.MAILABLE:
        stream = model._meta.get_field("body").stream_block
        monkeypatch.setitem(stream.child_blocks, "whispers", Whispers())
    found = blocks_can_be_mailed()
    assert [error.id for error in found] == ["home.E003", "home.E003"]
    assert "whispers" in found[0].msg


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(PageBody().child_blocks))
def test_a_block_says_its_words_in_both_renderings(filler, name, language):
    block = PageBody().child_blocks[name]
    value = {"type": name, "value": filler.fill(block, name)}
    html, text = mailed(newsletter(value, language=language))
    shown = html.html + text
    hidden = {word for word in filler.words if word not in html.html or word not in text}
    assert not hidden or name == "picture", shown
    assert [word for word in hidden if "caption" in word] == []
    assert not [tag for tag in FORBIDDEN if html.all(tag)]


def test_all_blocks_together_make_one_light_mail_that_fetches_nothing_from_others(filler):
    html, text = mailed(newsletter(*filler.stream(PageBody)))
    assert len(html.html.encode()) < 90_000
    ours = urlsplit(settings.BASE_URL).netloc
    pictures = html.all("img")
    assert pictures
    for image in pictures:
        assert urlsplit(image.attributes["src"]).netloc == ours
        assert image.attributes["src"].endswith((".jpg", ".png"))
        assert "alt" in image.attributes
        assert int(image.attributes["width"]) <= 536
    for element in html.elements:
        assert "srcset" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
    assert "url(" not in html.html
    for link in html.all("a"):
        href = link.attributes["href"]
        assert href.startswith(("{", "mailto:", f"{settings.BASE_URL}/")), href
    assert "<" not in text


@pytest.mark.parametrize("name", list(PageBody().child_blocks))
def test_what_editors_type_stays_words(filler, name):
    filler._word = lambda _name: HOSTILE
    block = PageBody().child_blocks[name]
    stored = filler.fill(block, name) if name != "paragraph" else f"<p>{HOSTILE}</p>"
    page = newsletter(
        {"type": name, "value": stored}, title=HOSTILE[:40], mail_subject=HOSTILE, introduction="&"
    )
    html, text = mailed(page)
    assert not [tag for tag in FORBIDDEN if html.all(tag)]
    assert not [e for e in html.elements if any(name.startswith("on") for name in e.attributes)]
    if name not in ("paragraph", "picture"):
        assert HOSTILE in text


def test_braces_and_template_tags_of_editors_are_words(site):
    typed = "{{ settings.SECRET_KEY }} {% now %} {first_name} {nom} { a }"
    page = newsletter({"type": "heading", "value": typed})
    words = mails.words(page)
    assert typed in words.text
    assert typed in ServedPage(html_of_mjml(words.mjml, "x")).all("h2")[0].words
    assert unknown_placeholders(words) == ["nom"]


def test_links_in_running_text_lead_to_the_readers_language_with_a_whole_address(site):
    french = make_case_page(slug="ana")
    dutch = french.copy_for_translation(Locale.objects.get(language_code="nl"), copy_parents=True)
    dutch.save_revision().publish()
    text = f'<p>Zie <a linktype="page" id="{french.pk}">haar dossier</a>.</p>'
    page = newsletter({"type": "paragraph", "value": text}, language="nl")
    html, plain = mailed(page)
    [link] = [a for a in html.all("a") if a.words == "haar dossier"]
    dutch.refresh_from_db()
    assert link.attributes["href"] == f"{settings.BASE_URL}{dutch.url}"
    assert f"Zie haar dossier.\n{settings.BASE_URL}{dutch.url}\n" in plain


def test_a_link_to_a_page_that_was_taken_down_leaves_its_words(site):
    hidden = make_case_page(slug="ana")
    hidden.unpublish()
    text = f'<p>Lire <a linktype="page" id="{hidden.pk}">son dossier</a>.</p>'
    html, plain = mailed(newsletter({"type": "paragraph", "value": text}))
    assert "Lire son dossier." in plain
    assert not [a for a in html.all("a") if a.words == "son dossier"]


@pytest.mark.parametrize(
    ("stored", "html", "text"),
    [
        ("<p>a<br/>b</p>", '<p style="margin:0 0 14px">a<br/>b</p>', "a\nb"),
        (
            "<ul><li>un</li><li>deux</li></ul>",
            '<ul style="margin:0 0 14px;padding:0 0 0 24px"><li style="margin:0 0 6px">un</li>'
            '<li style="margin:0 0 6px">deux</li></ul>',
            "– un\n– deux",
        ),
        (
            '<ol><li>lire <a href="https://example.org/a?b=1&amp;c=2">ceci</a></li></ol>',
            '<ol style="margin:0 0 14px;padding:0 0 0 24px"><li style="margin:0 0 6px">lire '
            '<a href="https://example.org/a?b=1&amp;c=2">ceci</a></li></ol>',
            "1. lire ceci\n   https://example.org/a?b=1&c=2",
        ),
        ('<p><a href="javascript:x()">ici</a></p>', '<p style="margin:0 0 14px">ici</p>', "ici"),
        ("<p>5 &lt; 6 &amp; 7</p>", '<p style="margin:0 0 14px">5 &lt; 6 &amp; 7</p>', "5 < 6 & 7"),
        ("<p><script>x()</script>b</p>", '<p style="margin:0 0 14px">b</p>', "b"),
        ("<p>« oui »</p>", '<p style="margin:0 0 14px">« oui »</p>', "« oui »"),
    ],
)
def test_rich_text_keeps_its_structure(stored, html, text):
    assert mail_html(stored) == html
    assert plain_text(stored) == text


def test_lists_are_indented_on_the_side_where_reading_begins():
    with translation.override("ar"):
        assert "padding:0 24px 0 0" in mail_html(RichText("<ul><li>a</li></ul>").source)


def picture_of(case: Case | None) -> CustomImage:
    image = make_image()
    image.case = case
    image.save()
    return image


def test_a_picture_is_mailed_only_under_consent(site):
    image = picture_of(make_case(scopes=[CaseConsent.Scope.WORK, CaseConsent.Scope.WEB]))
    value = {"picture": {"image": image.pk, "decorative": False, "alt_text": "Ana à sa presse"}}
    html, text = mailed(newsletter({"type": "picture", "value": {**value, "caption": "Ana"}}))
    assert not html.all("img")
    assert "Ana" not in html.html + text
    # Whoever asks: portraits of urgent actions are no blocks.
    assert mail_picture(image) is None


def test_words_of_a_person_are_mailed_only_under_consent(site):
    case = make_case(scopes=[CaseConsent.Scope.WORK, CaseConsent.Scope.WEB])
    value = {"quote": "Je suis là.", "name": "Une voisine", "case": case.pk}
    html, text = mailed(newsletter({"type": "testimony", "value": value}))
    assert "Je suis là" not in html.html + text


def test_a_transparent_picture_stays_transparent_and_a_photograph_becomes_jpeg(site, tmp_path):
    path = tmp_path / "mark.png"
    Image.new("RGBA", (300, 200), (255, 0, 0, 0)).save(path)
    with path.open("rb") as file:
        mark = CustomImage.objects.create(title="Mark", file=ImageFile(file, name="mark.png"))
    shown = mail_picture(mark)
    assert shown.src.endswith(".png")
    assert shown.width == 300
    photograph = mail_picture(make_image())
    assert photograph.src.endswith(".jpg")
    assert photograph.width == 536


def test_a_picture_on_somebody_elses_host_is_left_out(site, settings):
    image = make_image()
    settings.BASE_URL = "https://obstinate.example.org"
    assert mail_picture(image).src.startswith("https://obstinate.example.org/media/")
    storage = image.get_rendition("width-1072|format-jpeg").file.storage
    former, storage.base_url = storage.base_url, "https://cdn.example.net/"
    try:
        assert mail_picture(image) is None
    finally:
        storage.base_url = former


def test_a_mail_in_an_unusual_control_character_still_holds_together(site):
    html, text = mailed(newsletter({"type": "heading", "value": "Un\x0btitre\x1b"}))
    assert html.all("h2")[0].words == "Untitre"
    assert re.search(r"Un\s?titre", text)
