"""Links in running text: where they lead, when they lead nowhere, and what they cost."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from campaigns.cases.models import Case
from home.media.models import CustomDocument
from home.models import StandardPage
from tests.factories.facts import make_case
from tests.factories.pages import (
    make_case_page,
    make_good_news_page,
    make_standard_page,
    make_urgent_action_page,
)
from tests.pages import Element, ServedPage

pytestmark = pytest.mark.django_db
WORDS = "leur histoire"


def link_to(target: Page | CustomDocument) -> str:
    """A link as the editor stores it."""
    kind = "page" if isinstance(target, Page) else "document"
    return f'<a linktype="{kind}" id="{target.pk}">{WORDS}</a>'


def page_with_links(*targets: Page | CustomDocument, language: str = "fr") -> StandardPage:
    """A page with one paragraph that holds these links."""
    text = f"<p>Lire {', '.join(link_to(target) for target in targets)}.</p>"
    body = json.dumps([{"type": "paragraph", "value": text}])
    return make_standard_page(language=language, body=body)


def links(client, page: Page) -> Sequence[Element]:
    """The links in the text of the served page."""
    return [a for a in ServedPage(client.get(page.url).text).all("a") if a.words == WORDS]


def addresses(client, page: Page) -> list[str | None]:
    return [link.attributes.get("href") for link in links(client, page)]


def translation_of(page: Page, language: str, **fields: str) -> Page:
    """The page in another language, published."""
    locale = Locale.objects.get(language_code=language)
    copy = page.specific.copy_for_translation(locale, copy_parents=True)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save_revision().publish()
    copy.refresh_from_db()
    return copy


@pytest.fixture
def case_page(site):
    return make_case_page(title="Histoire", slug="nom-de-famille")


def test_a_link_leads_to_its_page(client, case_page):
    page = page_with_links(case_page)
    assert addresses(client, page) == [case_page.url]
    assert client.get(case_page.url).status_code == 200


def test_a_page_that_is_taken_down_leaves_the_words_and_no_address(client, case_page):
    page = page_with_links(case_page, case_page.get_parent())
    assert case_page.slug in client.get(page.url).text

    case_page.unpublish()
    served = client.get(page.url).text
    assert case_page.slug not in served
    assert served.count(WORDS) == 2
    assert addresses(client, page) == [None, case_page.get_parent().url]
    assert len(links(client, page)) == 2


def test_a_page_that_was_never_published_is_not_linked(client, site):
    draft = make_standard_page(slug="pas-encore", live=False)
    page = page_with_links(draft)
    assert addresses(client, page) == [None]
    assert draft.slug not in client.get(page.url).text


def test_a_page_that_is_deleted_leaves_the_words(client, case_page):
    page = page_with_links(case_page)
    case_page.delete()
    assert addresses(client, page) == [None]


@pytest.mark.parametrize("closed", ["itself", "its parent"])
def test_a_page_closed_to_the_public_leaves_the_words_and_no_address(client, case_page, closed):
    page = page_with_links(case_page, make_standard_page(slug="ouverte"))
    PageViewRestriction.objects.create(
        page=case_page if closed == "itself" else case_page.get_parent(),
        restriction_type=PageViewRestriction.LOGIN,
    )
    assert addresses(client, page) == [None, "/fr/ouverte/"]
    assert case_page.slug not in client.get(page.url).text


def test_a_link_leads_to_the_page_in_the_readers_language_where_it_is_published(client, case_page):
    dutch = translation_of(case_page, "nl", slug="verhaal")
    page = page_with_links(case_page, language="nl")
    assert addresses(client, page) == [dutch.url]
    # The original may go: the translation is what this link leads to.
    case_page.unpublish()
    assert addresses(client, page) == [dutch.url]
    case_page.save_revision().publish()
    case_page.refresh_from_db()
    dutch.unpublish()
    assert addresses(client, page) == [case_page.url]
    assert dutch.slug not in client.get(page.url).text
    case_page.unpublish()
    assert addresses(client, page) == [None]
    assert case_page.slug not in client.get(page.url).text


def test_a_link_to_no_page_at_all_leaves_the_words(client, site):
    texts = [
        f'<a linktype="{kind}"{key}>{WORDS}</a>'
        for kind in ("page", "document")
        for key in ("", ' id=""', ' id="x"', ' id="0"')
    ]
    body = json.dumps([{"type": "paragraph", "value": f"<p>{' '.join(texts)}</p>"}])
    assert addresses(client, make_standard_page(body=body)) == [None] * len(texts)


def make_document(number: int, **fields: Any) -> CustomDocument:
    file = ContentFile(b"%PDF-1.4", name=f"document-{number}.pdf")
    return CustomDocument.objects.create(title=f"Document {number}", file=file, **fields)


def test_a_document_that_is_gone_leaves_the_words_and_no_address(client, site):
    document, kept = make_document(1), make_document(2)
    page = page_with_links(document, kept)
    assert addresses(client, page) == [document.url, kept.url]
    document.delete()
    assert addresses(client, page) == [None, kept.url]


def test_a_document_goes_with_its_case(client, site):
    case = make_case()
    document, withheld = make_document(1, case=case), make_document(2, withheld_at=timezone.now())
    page = page_with_links(document, withheld)
    assert addresses(client, page) == [document.url, None]
    case.state = Case.State.HIDDEN
    case.save()
    assert addresses(client, page) == [None, None]
    assert document.filename not in client.get(page.url).text


def queries(client, page: Page) -> int:
    client.get(page.url)
    with CaptureQueriesContext(connection) as captured:
        client.get(page.url)
    return len(captured)


def test_ten_links_to_pages_cost_one_query_whatever_they_lead_to(client, site):
    makers = (make_standard_page, make_case_page, make_good_news_page, make_urgent_action_page)
    targets = [makers[number % len(makers)]() for number in range(10)]
    for target in targets[:6]:
        translation_of(target, "nl")
    dutch = page_with_links(*targets, language="nl")
    assert None not in addresses(client, dutch)
    without = queries(client, page_with_links(language="nl"))
    assert queries(client, page_with_links(targets[0], language="nl")) == without + 1
    assert queries(client, dutch) == without + 1
    PageViewRestriction.objects.create(
        page=targets[9].get_parent(), restriction_type=PageViewRestriction.LOGIN
    )
    assert None in addresses(client, dutch)
    assert queries(client, dutch) == without + 1


def test_ten_links_to_documents_cost_one_query(client, site):
    documents = [make_document(number) for number in range(10)]
    page = page_with_links(*documents)
    assert len(addresses(client, page)) == 10
    assert queries(client, page) == queries(client, page_with_links()) + 1
