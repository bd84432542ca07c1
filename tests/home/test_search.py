"""Finding published pages in the reader's language."""

import pytest

from tests.factories.pages import make_search_page, make_standard_page
from tests.pages import ServedPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def search(client, site):
    page = make_search_page()

    def ask(query: str) -> ServedPage:
        response = client.get(page.url, {"q": query})
        assert response.status_code == 200
        return ServedPage(response.text)

    return ask


def hrefs(page: ServedPage) -> set[str]:
    return {link.attributes.get("href", "") for link in page.all("a")}


def test_a_published_page_is_found_by_its_title_and_introduction(search):
    page = make_standard_page(title="Kolibri", introduction="Sur une imprimerie")
    for query in ("kolibri", "Kolibri", "imprimerie"):
        assert page.url in hrefs(search(query)), query
    assert page.url not in hrefs(search("zeppelin"))


def test_a_page_is_found_by_the_words_of_its_blocks(search):
    page = make_standard_page(
        body=[("paragraph", "<p>Une imprimerie</p>"), ("heading", "Ornithorynque")]
    )
    assert page.url in hrefs(search("imprimerie"))
    assert page.url in hrefs(search("ornithorynque"))


def test_drafts_and_other_languages_are_not_found(search):
    draft = make_standard_page(title="Kolibri", live=False)
    dutch = make_standard_page(title="Kolibri", language="nl")
    assert not {draft.url, dutch.url} & hrefs(search("kolibri"))


def test_supporters_cannot_be_found(search):
    from tests.factories.people import make_supporter

    make_supporter(given_name="Canary", email="canary@example.org")
    page = search("canary")
    assert "canary@example.org" not in page.html
    assert "Canary" not in page.html.replace('value="canary"', "")


def test_what_was_typed_is_still_there_and_escaped(search):
    page = search('"><script>alert(1)</script>')
    assert "<script>alert" not in page.html
    assert page.typed()["q"] == '"><script>alert(1)</script>'


QUERIES = [
    *["", " ", "\0", "a\0b", "\0" * 100, "a" * 8192, "é" * 4000],
    *["%", "_", "'", '"', "''", '""', "a'b", 'a"b', ";--", "(", ")", "()", "*", "a*", "a:*", ":"],
    *[
        "&",
        "a & b",
        "|",
        "!",
        "!!a",
        "<->",
        "\\",
        "^",
        "{a}",
        "-",
        "+",
        "~",
        "a OR b",
        "NOT",
        "AND",
    ],
    *["NEAR(", "\u202e", "محمد", "王", "😀", "a" + "\u0315\u0300" * 2000],
]


@pytest.mark.parametrize("query", QUERIES, ids=ascii)
def test_no_query_breaks_the_search(search, query):
    assert search(query).all("h1")


def test_bytes_that_are_no_text_do_not_break_the_search(client, site):
    page = make_search_page()
    for query in ("%FF%FE", "%C0%80", "%ED%A0%80", "%00", "a=%s" % ("b" * 8000)):
        assert client.get(f"{page.url}?q={query}").status_code == 200
