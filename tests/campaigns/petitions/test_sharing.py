"""Passing a petition on: every link says what it should, whatever the words are."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from campaigns.cases.models import Case, CaseConsent
from campaigns.petitions import services, sharing
from campaigns.petitions.links import share_code
from campaigns.petitions.models import Signature
from campaigns.petitions.sharing import Message, NoServer, server_in, share_links, share_of
from campaigns.web import PUBLIC_CACHE
from tests.factories.facts import make_case, make_petition
from tests.factories.pages import make_case_page
from tests.factories.people import sign
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import FROM_HERE, LANGUAGES, address

pytestmark = pytest.mark.django_db
HERE = "http://localhost:8000"

TEXTS = {
    "plain": "Sign for Ana.",
    "emoji": "Sign for Ana ✊🏽👩‍👩‍👧 now",
    "Arabic": "وقّعوا من أجل آنا 100٪",
    "marks of addresses": "50 % of A&B = C? #now +1; a/b, 100%25 @ana",
    "lines": "First line\nsecond line\r\nthird",
    "quotes": "“Ana” said 'no' to \"them\" <b>&amp;</b>",
}


def texts_of(share: sharing.Share) -> dict[str, str]:
    """What each network is given to show, read out of the links as the network does."""
    links = {channel.code: urlsplit(channel.url) for channel in share.channels}
    asked = {code: parse_qs(link.query, strict_parsing=True) for code, link in links.items()}
    assert links["mail"].scheme == "mailto"
    assert links["mail"].path == ""
    return {
        "whatsapp": asked["whatsapp"]["text"][0],
        "telegram": f"{asked['telegram']['text'][0]} {asked['telegram']['url'][0]}",
        "bluesky": asked["bluesky"]["text"][0],
        "mail": asked["mail"]["body"][0],
    }


@pytest.mark.parametrize("what", TEXTS)
def test_every_link_carries_the_words_unharmed_and_then_the_address(what):
    message = Message(title=TEXTS[what], words=TEXTS[what], address="https://example.org/ana?a=b")
    share = share_of(message)
    for code, text in texts_of(share).items():
        words, _space, link = text.rpartition(" ")
        # Mail programs want the line ends of the standard (RFC 6068).
        expected = "\n".join(TEXTS[what].splitlines())
        assert words == (expected.replace("\n", "\r\n") if code == "mail" else TEXTS[what])
        assert link == f"https://example.org/ana?a=b&source=share-{code}"
    [facebook] = [channel.url for channel in share.channels if channel.code == "facebook"]
    assert parse_qs(urlsplit(facebook).query)["u"] == [
        "https://example.org/ana?a=b&source=share-facebook"
    ]
    mastodon = urlsplit(message.on_mastodon("mastodon.example"))
    assert mastodon.netloc == "mastodon.example"
    assert parse_qs(mastodon.query)["text"] == [message.text_by("mastodon")]
    mail = next(channel.url for channel in share.channels if channel.code == "mail")
    assert parse_qs(urlsplit(mail).query)["subject"] == [TEXTS[what]]
    for channel in share.channels:
        assert channel.url.isascii()
        assert not set(channel.url) & set(" \r\n\"'<>+")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_words_and_leads_to_its_own_form(language):
    petition = make_petition(share_words={"nl": "Onze eigen woorden"})
    share = share_links(petition, language)
    assert share.message.address == (f"{HERE}/{language}/petitions/{petition.reference}/sign/")
    assert share.printed == ""
    if language == "nl":
        assert share.message.words == "Onze eigen woorden"
    else:
        # Never the words of another language.
        assert petition.case.name in share.message.words
        assert share.message.words != "Onze eigen woorden"


def test_a_petition_with_a_page_is_passed_on_by_its_short_address(site):
    case = make_case()
    petition = make_petition(case=case)
    other = make_petition(case=case)
    make_case_page(case=case, petition=petition, language="de")
    share = share_links(petition, "en")
    assert share.message.address == f"{HERE}/{petition.reference}"
    assert share.printed == f"localhost:8000/{petition.reference}"
    # The page shows one petition: another one of the case is not found there…
    assert "/sign/" in share_links(other, "en").message.address
    # …nor is one whose code is that of another case.
    make_case(reference=petition.reference)
    assert "/sign/" in share_links(petition, "en").message.address


def test_nothing_leads_to_a_page_that_is_not_published(site):
    petition = make_petition()
    make_case_page(case=petition.case, petition=petition, live=False)
    assert "/sign/" in share_links(petition, "fr").message.address


def test_a_name_that_may_not_be_shown_is_in_no_link():
    scopes = [CaseConsent.Scope.WORK, CaseConsent.Scope.WEB]
    case = make_case(given_name="Zoë", family_name="O’Quill", scopes=scopes)
    words = "Sign for Zoë O’Quill & 'friends' <3"
    share = share_links(make_petition(case=case, share_words={"en": words}), "en")
    for text in (share.copied, share.message.title, *texts_of(share).values()):
        assert "Zo" not in text
        assert "Quill" not in text
    # Words that are no name are as they were.
    assert "& 'friends' <3" in share.message.words


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_ways_stand_on_a_page_that_is_the_same_for_everybody(client, language):
    petition = make_petition(share_words={language: TEXTS["quotes"]})
    path = address("petitions:share", petition.reference, language=language)
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == PUBLIC_CACHE
    assert not response.cookies
    page = ServedPage(response.text)
    [field] = page.all("textarea")
    assert field.words.strip() == share_links(petition, language).copied
    links = [link for link in page.all("a") if "share__way" in link.attributes.get("class", "")]
    outside = {
        urlsplit(link.attributes["href"]).netloc
        for link in links
        if link.attributes["href"].startswith("https:")
    }
    assert outside == {"wa.me", "t.me", "bsky.app", "www.facebook.com"}
    for link in links:
        if not link.attributes["href"].startswith("/"):
            assert link.attributes["rel"] == "noopener noreferrer"
    loaded = [
        element.attributes.get("src") or element.attributes.get("href", "")
        for element in page.elements
        if element.tag in {"script", "img", "iframe", "use"}
    ]
    assert all(source.startswith("/") for source in loaded), loaded


def test_the_code_for_paper_is_a_picture_of_ours_that_says_the_address(client, site):
    petition = make_petition()
    make_case_page(case=petition.case, petition=petition)
    response = client.get(address("petitions:share_picture", petition.reference))
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Cache-Control"] == PUBLIC_CACHE
    said = f"{HERE}/{petition.reference}?source=share-qr"
    assert response.content == sharing.qr_picture(said)
    own = client.get(
        address("petitions:share_picture", petition.reference), {"by": "by-abcdefghijkl"}
    )
    assert own.content == sharing.qr_picture(f"{HERE}/{petition.reference}?source=by-abcdefghijkl")


@pytest.mark.parametrize("name", ["share", "share_picture", "share_on_mastodon"])
def test_a_petition_that_nobody_may_read_of_cannot_be_passed_on(client, name):
    hidden = make_petition(case=make_case(state=Case.State.HIDDEN))
    for reference in (hidden.reference, "no-such-petition"):
        assert client.get(address(f"petitions:{name}", reference)).status_code == 404


def test_a_closed_petition_says_so_in_place_of_being_passed_on(client, now):
    petition = make_petition(closes_at=now - timedelta(hours=1))
    assert client.get(address("petitions:share", petition.reference)).status_code == 410
    for name in ("thanks", "confirmed"):
        response = client.get(address(f"petitions:{name}", petition.reference))
        assert response.status_code == 200
        assert "wa.me" not in response.text


# Mastodon: many servers, one of which somebody types


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("mastodon.social", "mastodon.social"),
        ("  Mastodon.Social/ ", "mastodon.social"),
        ("@mila@mastodon.social", "mastodon.social"),
        ("https://mastodon.social/@mila", "mastodon.social"),
        ("tröt.example", "xn--trt-tna.example"),
        ("social.xn--trt-tna.example", "social.xn--trt-tna.example"),
    ],
)
def test_a_server_is_understood_as_people_write_it(typed, host):
    assert server_in(typed) == host


NO_SERVERS = [
    *("", "mastodon", "localhost", "127.0.0.1", "[::1]", "mastodon.social:8080", "a..b"),
    *("-a.example", "a-.example", "javascript:alert(1)", "a.example?x=y", "a.example#x"),
    *("a b.example", "a.example\\@evil.example", "a" * 64 + ".example", "é\0.example"),
    *("a." * 126 + "example", '"><script>.example', "%2e.example", "１２７.0.0.1"),
]


@pytest.mark.parametrize("typed", NO_SERVERS, ids=ascii)
def test_what_is_no_server_makes_no_link(client, typed):
    with pytest.raises(NoServer):
        server_in(typed)
    path = address("petitions:share_on_mastodon", make_petition().reference)
    response = client.post(path, {"server": typed}, headers=FROM_HERE)
    assert response.status_code == 422
    page = ServedPage(response.text)
    assert page.error_beside("server")
    assert not [link for link in page.all("a") if "/share?text=" in link.attributes["href"]]


def test_a_server_gets_a_plain_link_and_nobody_is_led_away(client):
    petition = make_petition()
    path = address("petitions:share_on_mastodon", petition.reference, language="en")
    asked = client.get(path)
    assert asked.headers["Cache-Control"] == PUBLIC_CACHE
    before = every_row()
    answer = client.post(path, {"server": "@mila@mastodon.example"}, headers=FROM_HERE)
    assert every_row() == before
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    [link] = [
        link for link in ServedPage(answer.text).all("a") if "/share?" in link.attributes["href"]
    ]
    target = urlsplit(link.attributes["href"])
    assert target.netloc == "mastodon.example"
    assert "mastodon.example" in link.words
    assert parse_qs(target.query)["text"] == [
        share_links(petition, "en").message.text_by("mastodon")
    ]


def test_no_address_of_ours_shows_somebody_elses_link(client):
    path = address("petitions:share_on_mastodon", make_petition().reference)
    assert "evil.example" not in client.get(path, {"server": "evil.example"}).text
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.post(path, {"server": "evil.example"}, headers=headers).status_code == 403


# "You brought n people"


@pytest.fixture
def petition():
    return make_petition()


def came_by(code: str, petition, now, *, number: int, confirms: bool = True) -> None:
    for position in range(number):
        signature = sign(petition, email=f"{code}-{petition.pk}-{position}@example.org", now=now)
        Signature.objects.filter(pk=signature.pk).update(source=code)
        if confirms:
            services.confirm_signature(signature=signature, now=now)


def test_confirming_leads_to_ones_own_links_and_how_many_they_brought(client, petition, now):
    code = share_code(sign(petition, now=now).pk)
    path = address("petitions:confirmed", petition.reference, language="en")

    def opened() -> ServedPage:
        response = client.get(path, {"by": code})
        assert response.headers["Cache-Control"] == PUBLIC_CACHE
        return ServedPage(response.text)

    page = opened()
    assert "through your link" not in page.html
    ways = [link for link in page.all("a") if "share__way" in link.attributes.get("class", "")]
    assert len(ways) == 6
    assert all(code in link.attributes["href"] for link in ways)
    assert "share-whatsapp" not in page.html

    came_by(code, petition, now, number=2)
    came_by(f"{code}x", make_petition(), now, number=1)
    assert "2 people have signed through your link." in opened().html
    # What waits, or is for another petition, is not counted.
    came_by(f"{code[:-1]}2", petition, now, number=1)
    sign(petition, email="waits@example.org", now=now)
    Signature.objects.filter(confirmed_at=None, source="").update(source=code)
    came_by(code, make_petition(), now, number=1)
    assert "2 people have signed through your link." in opened().html


@pytest.mark.parametrize(
    "code", ["by-short", "share-mail", "by-ABCDEFGHIJKL", "by-abcdefghijk1", "x"]
)
def test_a_code_that_is_none_is_left_out(client, petition, now, code):
    came_by(code.lower(), petition, now, number=1)
    for name in ("confirmed", "share"):
        path = address(f"petitions:{name}", petition.reference, language="en")
        page = client.get(path, {"by": code})
        assert "through your link" not in page.text
        assert (page.text.replace(f"?by={code}", "") == client.get(path).text) is True


def test_the_number_is_found_by_the_index_of_sources(petition, now, django_assert_num_queries):
    from campaigns.petitions.selectors import brought_by_each

    codes = [share_code(sign(petition, email=f"{n}@example.org", now=now).pk) for n in range(3)]
    came_by(codes[0], petition, now, number=3)
    with django_assert_num_queries(1):
        assert brought_by_each(codes) == {(codes[0], petition.pk): 3}


def test_ones_own_page_says_how_many_and_leads_to_the_links(petition, now):
    from campaigns.petitions.own_page import SECTION

    mine = sign(petition, now=now)
    [row] = SECTION.rows(mine.supporter_id)
    assert (row.way_on, row.way_on_words) == ("", "")
    services.confirm_signature(signature=mine, now=now)
    [row] = SECTION.rows(mine.supporter_id)
    code = share_code(mine.pk)
    assert row.note == ""
    assert row.way_on.endswith(f"/petitions/{petition.reference}/share/?by={code}")
    came_by(code, petition, now, number=1)
    [row] = SECTION.rows(mine.supporter_id)
    assert "1" in row.note
    assert "@" not in row.note
    petition.closes_at = timezone.now()
    petition.save()
    [row] = SECTION.rows(mine.supporter_id)
    assert row.way_on == ""
