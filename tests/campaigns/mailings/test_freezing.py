"""What is wrong with the words is said before anybody approves them."""

import pytest

from campaigns.mailings import freezing
from campaigns.mailings.freezing import freeze
from campaigns.mailings.words import MailWords
from tests.factories.pages import make_standard_page

pytestmark = pytest.mark.django_db

TEXT = "{greeting}\n\nNoor waits.\n\nStop: {stop_link}\n"


def words(body="<mj-text>Noor waits.</mj-text>", **changes):
    mjml = (
        "<mjml><mj-body><mj-section><mj-column>"
        f'{body}<mj-text><a href="{{stop_link}}">Stop</a></mj-text>'
        "</mj-column></mj-section></mj-body></mjml>"
    )
    fields = {
        "language": "en",
        "page_id": 1,
        "subject": "A letter for Noor",
        "preheader": "Before Friday",
        "mjml": mjml,
        "text": TEXT,
    }
    return MailWords(**{**fields, **changes})


def problems(*arguments, **changes):
    return freeze(words(*arguments, **changes)).problems


def test_good_words_have_no_problems(site):
    frozen = freeze(words())
    assert (frozen.problems, frozen.warnings) == ([], [])
    assert "{stop_link}" in frozen.content.html
    assert 0 < frozen.content.size < 20_000


def test_a_placeholder_that_means_nothing_is_named():
    [problem] = problems("<mj-text>Dear {surname},</mj-text>")
    assert "{surname}" in problem
    assert "{first_name}" in problem
    assert problems("<mj-text>Dear {first_name},</mj-text>") == []


@pytest.mark.parametrize("field", ["subject", "text"])
def test_words_may_not_be_missing(field):
    assert problems(**{field: "  "})


def test_a_mail_without_a_way_out_is_refused():
    assert problems(text="Noor waits.\n")
    assert problems(mjml="<mjml><mj-body><mj-section></mj-section></mj-body></mjml>")


def test_what_cannot_be_rendered_is_refused():
    assert problems("<mj-text>Not closed")


def test_a_picture_from_elsewhere_is_refused():
    [problem] = problems('<mj-image src="https://tracker.example.com/p.png" alt="" />')
    assert "tracker.example.com" in problem
    assert problems('<mj-image src="http://localhost:8000/media/noor.jpg" alt="" />') == []


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8000/en/no-such-page/",
        "https://",
        "noor",
        "javascript:alert(1)",
        "https://nowhere",
    ],
)
def test_a_link_that_leads_nowhere_is_refused(site, address):
    [problem] = problems(f'<mj-button href="{address}">Write</mj-button>')
    assert "link" in problem.lower()


def test_links_to_our_pages_views_and_other_sites_are_fine(site):
    page = make_standard_page(language="en")
    for address in (
        page.full_url,
        "http://localhost:8000/en/",
        "https://www.example.org/report",
        "mailto:hello@example.org",
        "{sign_link}",
    ):
        assert problems(f'<mj-button href="{address}">Write</mj-button>') == [], address
    page.unpublish()
    assert problems(f'<mj-button href="{page.full_url}">Write</mj-button>')


def test_a_long_mail_is_warned_of_and_one_that_mailboxes_cut_off_is_refused(site):
    paragraph = "<mj-text>" + "Noor waits for a letter. " * 40 + "</mj-text>"
    size = len(paragraph)
    long = freeze(words(paragraph * (95_000 // (size + 270))))
    assert freezing.LARGE < long.content.size < freezing.LARGEST
    assert long.problems == []
    assert "KB" in long.warnings[0]
    too_long = freeze(words(paragraph * 120))
    assert too_long.content.size > freezing.LARGEST
    assert "KB" in too_long.problems[0]


def test_a_long_subject_is_warned_of():
    assert freeze(words(subject="A letter " * 10)).warnings
