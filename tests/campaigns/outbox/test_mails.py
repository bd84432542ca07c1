"""Every kind of mail, every variant, every language: three parts that hold together."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from campaigns.outbox import kinds
from campaigns.outbox.rendering import render_mail
from tests.steps import LANGUAGES

SAMPLES = [
    pytest.param(kind.name, variant, id=f"{kind.name} {variant}")
    for kind in kinds.every_kind()
    for variant, letterhead in kind.samples().items()
    # The words of others come from pages, and are looked at with those.
    if letterhead.mail is None
]
SAMPLE_HOST = "example.org"


class Addresses(HTMLParser):
    """Every address that the HTML would fetch or lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in {"src", "href", "background", "srcset", "action"} and value:
                self.found.add(value)
            if name == "style" and value:
                self.found.update(re.findall(r"url\(['\"]?([^)'\"]+)", value))


def render(name: str, variant: str, language: str):
    letterhead = kinds.get(name).samples()[variant]
    context = {**letterhead.context, "unsubscribe_url": letterhead.unsubscribe_url}
    return letterhead, render_mail(kind=name, language=language, context=context)


def test_there_are_mails_to_test():
    assert len(SAMPLES) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "variant"), SAMPLES)
def test_a_mail_has_a_subject_words_and_a_layout(name, variant, language):
    _letterhead, mail = render(name, variant, language)
    assert 0 < len(mail.subject) <= 120
    assert "\n" not in mail.subject
    assert len(mail.text.split()) > 10
    assert "<" not in mail.text
    assert "&" not in mail.text.replace("&c", "")
    assert "\n\n\n" not in mail.text
    assert "<mj-" not in mail.html
    assert f'lang="{language}"' in mail.html
    for part in (mail.subject, mail.text, mail.html):
        assert "{{" not in part
        assert "{%" not in part
        assert "%(" not in part
        assert "None" not in part


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "variant"), SAMPLES)
def test_a_mail_fetches_nothing_from_anybody_else(name, variant, language):
    _letterhead, mail = render(name, variant, language)
    ours = {urlsplit(settings.BASE_URL).netloc, SAMPLE_HOST}
    foreign = {found for found in Addresses(mail.html).found if urlsplit(found).netloc not in ours}
    assert foreign == set()
    imports = re.findall(r"@import\s+\S+|url\(\s*['\"]?(?:https?:)?//[^)]+", mail.html)
    assert imports == []
    assert "<script" not in mail.html.lower()
    assert "<img" not in mail.html.lower()  # No pixel: opens are nobody's business.


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "variant"), SAMPLES)
def test_both_parts_of_a_mail_lead_to_the_same_places(name, variant, language):
    letterhead, mail = render(name, variant, language)
    for wanted in filter(None, [letterhead.unsubscribe_url]):
        assert wanted in mail.text
        assert wanted in Addresses(mail.html).found
    if letterhead.context.get("link"):
        assert (letterhead.context["link"] in mail.text) == (
            letterhead.context["link"] in Addresses(mail.html).found
        )


@pytest.mark.parametrize(("name", "variant"), SAMPLES)
def test_a_mail_differs_in_each_language(name, variant):
    mails = [render(name, variant, language)[1] for language in LANGUAGES]
    assert len({mail.subject for mail in mails}) == len(LANGUAGES)
    assert len({mail.text.split(settings.BASE_URL)[0] for mail in mails}) == len(LANGUAGES)


@pytest.mark.parametrize("kind", kinds.every_kind(), ids=lambda kind: kind.name)
def test_each_kind_that_can_be_stopped_says_so_in_its_samples(kind):
    wants_unsubscribe = kind.name.endswith("welcome_subscription")
    for letterhead in kind.samples().values():
        assert bool(letterhead.unsubscribe_url) == wants_unsubscribe


def test_what_people_are_called_reaches_the_text_as_it_is_and_the_layout_escaped():
    mail = render_mail(
        kind="petitions/confirm_signature",
        language="en",
        context={
            "name": "Ana <b>&</b> O'Neill",
            "short_name": "Ana & O'Neill",
            "is_confirmed": False,
            "is_repeated": False,
            "link": "https://example.org/",
        },
    )
    assert "Ana & O'Neill" in mail.subject
    assert "Ana <b>&</b> O'Neill" in mail.text
    assert "<b>" not in mail.html
    assert "&lt;b&gt;" in mail.html
