"""oEmbed: an address of ours, pasted into another site's editor, becomes a frame."""

from urllib.parse import quote, urlsplit

import pytest
from wagtail.models import PageViewRestriction

from campaigns.cases.models import Case
from campaigns.petitions.models import Petition
from campaigns.web import PUBLIC_CACHE
from tests.factories.facts import make_case, make_petition, make_urgent_action
from tests.factories.pages import make_case_page, make_standard_page, make_urgent_action_page
from tests.pages import ServedPage
from tests.steps import LANGUAGES, address

pytestmark = pytest.mark.django_db
HOST = "http://localhost:8000"


@pytest.fixture
def petition(site) -> Petition:
    return make_petition(case=make_case(reference="zephyrine"), reference="free-zephyrine")


def ask(client, url: str, **more: object):
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return client.get(f"/oembed/?url={quote(url, safe='')}{query}")


def frame_in(response) -> dict[str, str]:
    assert response.status_code == 200
    [frame] = ServedPage(response.json()["html"]).all("iframe")
    return frame.attributes


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_signing_page_becomes_a_frame_in_its_language(client, petition, language):
    url = HOST + address("petitions:sign", petition.reference, language=language)
    response = ask(client, url)
    answer = response.json()
    frame = frame_in(response)
    assert frame["src"] == f"{HOST}/embed/petitions/{petition.reference}/?lang={language}"
    assert (answer["type"], answer["version"]) == ("rich", "1.0")
    assert answer["title"] == frame["title"]
    assert petition.case.name in answer["title"]
    assert (str(answer["width"]), str(answer["height"])) == (frame["width"], frame["height"])
    assert answer["provider_url"] == f"{HOST}/{language}/"
    assert client.get(frame["src"]).headers["Content-Language"] == language


def test_one_answer_serves_everybody_scripts_too(client, petition):
    url = HOST + address("petitions:sign", petition.reference)
    response = client.get(f"/oembed/?url={quote(url)}", headers={"accept-language": "de"})
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == PUBLIC_CACHE
    assert "language" not in response.headers.get("Vary", "").lower()
    assert not response.cookies
    assert "lang=fr" in frame_in(response)["src"]


def test_pages_with_a_petition_say_where_to_ask(client, petition):
    page = make_case_page(language="nl", case=petition.case, petition=petition)
    action = make_urgent_action_page(
        language="de", petition=petition, urgent_action=make_urgent_action(case=petition.case)
    )
    sign = address("petitions:sign", petition.reference, language="en")
    for path, language in ((page.url, "nl"), (action.url, "de"), (sign, "en")):
        served = ServedPage(client.get(path).text)
        [link] = served.all("link", type="application/json+oembed")
        assert link.attributes["rel"] == "alternate"
        response = client.get(link.attributes["href"].removeprefix(HOST))
        assert frame_in(response)["src"].endswith(f"/{petition.reference}/?lang={language}")
    without = make_standard_page()
    assert "json+oembed" not in client.get(without.url).text


@pytest.mark.parametrize("code", ["zephyrine", "free-zephyrine", "12-26"])
def test_a_short_address_is_understood(client, petition, code):
    make_case_page(language="nl", case=petition.case, petition=petition)
    action = make_urgent_action(case=petition.case, number=12, year=2026)
    make_urgent_action_page(language="nl", petition=petition, urgent_action=action)
    language = "fr" if code == petition.reference else "nl"
    assert frame_in(ask(client, f"{HOST}/{code}"))["src"].endswith(
        f"/{petition.reference}/?lang={language}"
    )


def test_a_frames_own_address_keeps_its_language_and_partner_of_ours(client, petition):
    url = f"{HOST}/embed/petitions/{petition.reference}/?lang=de&partner=nobody"
    assert frame_in(ask(client, url))["src"].endswith(f"/{petition.reference}/?lang=de")


@pytest.mark.parametrize(
    ("asked", "width", "height"),
    [
        ({"maxwidth": 320}, "320", "1200"),
        ({"maxwidth": 320, "maxheight": 400}, "320", "400"),
        ({"maxwidth": 5000, "maxheight": 99999}, "480", "1200"),
        ({"maxwidth": "wide", "maxheight": "-1"}, "480", "1200"),
        ({"maxwidth": 0, "maxheight": "%D9%A3"}, "480", "1200"),
        ({"maxwidth": "9" * 5000}, "480", "1200"),
    ],
)
def test_the_frame_is_no_larger_than_asked_for(client, petition, asked, width, height):
    url = HOST + address("petitions:sign", petition.reference)
    frame = frame_in(ask(client, url, **asked))
    assert (frame["width"], frame["height"]) == (width, height)


@pytest.mark.parametrize("form", ["xml", "yaml"])
def test_another_format_is_not_spoken(client, petition, form):
    url = HOST + address("petitions:sign", petition.reference)
    assert ask(client, url, format=form).status_code == 501
    assert ask(client, url, format="json").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        f"{HOST}/fr/",
        f"{HOST}/fr/nowhere/",
        f"{HOST}/fr/petitions/nobody/sign/",
        f"{HOST}/embed/petitions.js",
        f"{HOST}/nobody",
        f"{HOST}/admin/",
        f"{HOST}/fr/%00/",
        "https://other.example.org/fr/petitions/free-zephyrine/sign/",
        "http://localhost:8000@other.example.org/fr/petitions/free-zephyrine/sign/",
        "ftp://localhost:8000/fr/petitions/free-zephyrine/sign/",
        "//localhost:8000/fr/petitions/free-zephyrine/sign/",
        "http://[::1/fr/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_petition_of_ours_is_not_found(client, petition, url):
    response = ask(client, url)
    assert response.status_code == 404
    assert "Location" not in response.headers
    assert response.headers["Content-Type"] == "application/json"


def test_what_not_everybody_may_read_is_not_found(client, petition):
    page = make_case_page(case=petition.case, petition=petition)
    draft = make_case_page(case=make_case(), petition=petition, live=False)
    urls = [
        HOST + page.url,
        HOST + address("petitions:sign", petition.reference),
        f"{HOST}/embed/petitions/{petition.reference}/",
        f"{HOST}/{petition.reference}",
        f"{HOST}/zephyrine",
    ]
    assert [ask(client, url).status_code for url in urls] == [200] * 5
    assert ask(client, HOST + urlsplit(draft.full_url).path).status_code == 404
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert ask(client, urls[0]).status_code == 404
    restriction.delete()
    assert ask(client, urls[0]).status_code == 200
    Case.objects.filter(pk=petition.case_id).update(state=Case.State.HIDDEN)
    assert [ask(client, url).status_code for url in urls] == [404] * 5


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_is_sent_there(client, site, method):
    assert getattr(client, method)("/oembed/").status_code in {403, 405}
