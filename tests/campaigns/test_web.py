"""Who may post, what may be cached, what must not."""

import pytest
from django.test import Client, RequestFactory

from campaigns.web import comes_from_here
from tests.factories.facts import make_formula, make_petition
from tests.rows import every_row
from tests.steps import typed_signature

SITES = ["same-origin", "same-site", "cross-site", "none", None]
ORIGINS = {
    "ours": "http://testserver",
    "ours on https": "https://testserver",
    "null": "null",
    "empty": "",
    "another": "https://evil.example",
    "a look-alike": "https://testserver.evil.example",
    "another port": "http://testserver:8080",
    "with a user": "https://testserver@evil.example",
    "a file": "file://testserver",
    "malformed": "http://[",
    "malformed port": "http://testserver:port",
    "absent": None,
}
OUR_SITES = {"same-origin", "none", None}
OUR_ORIGINS = {"ours", "ours on https", "absent"}


# Of the matrix above, what is tried on every form.
FROM_ELSEWHERE = [
    ("cross-site", "another"),
    ("cross-site", "absent"),
    ("cross-site", "ours"),
    ("same-site", "null"),
    ("same-origin", "another"),
    ("none", "null"),
    (None, "another"),
    (None, "null"),
    (None, "malformed"),
]


def headers(site: str | None, origin: str | None) -> dict[str, str]:
    return {
        name: value
        for name, value in {"Sec-Fetch-Site": site, "Origin": origin}.items()
        if value is not None
    }


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("site", SITES)
def test_a_post_counts_as_ours_when_the_browser_says_so(site, origin):
    request = RequestFactory().post("/", headers=headers(site, ORIGINS[origin]))
    assert comes_from_here(request) is (site in OUR_SITES and origin in OUR_ORIGINS)


@pytest.fixture
def endpoints(db) -> dict[str, tuple[str, dict]]:
    petition, formula = make_petition(), make_formula()
    typed = {"formulas": [formula.pk], "email": "mila@example.org", "language": "fr"}
    return {
        "sign": (f"/fr/petitions/{petition.reference}/sign/", typed_signature()),
        "sign up": ("/fr/sign-up/", typed),
        "confirm a signature": ("/fr/confirm-signature/page/abc/", {}),
        "confirm mails": ("/fr/confirm-mails/page/abc/", {}),
        "stop mails": ("/fr/stop-mails/page/abc/", {}),
    }


@pytest.mark.parametrize(
    "endpoint", ["sign", "sign up", "confirm a signature", "confirm mails", "stop mails"]
)
def test_no_form_can_be_sent_from_another_site(endpoints, endpoint):
    path, typed = endpoints[endpoint]
    before = every_row()
    for site, origin in FROM_ELSEWHERE:
        response = Client().post(path, typed, headers=headers(site, ORIGINS[origin]))
        assert response.status_code == 403, (site, origin)
    assert every_row() == before


@pytest.mark.parametrize("endpoint", ["sign", "sign up"])
@pytest.mark.parametrize("origin", sorted(OUR_ORIGINS))
@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_a_form_can_be_sent_from_here_even_where_csrf_is_checked(endpoints, endpoint, site, origin):
    path, typed = endpoints[endpoint]
    client = Client(enforce_csrf_checks=True)
    assert client.post(path, typed, headers=headers(site, ORIGINS[origin])).status_code == 303


def test_a_post_to_a_host_that_is_not_ours_is_refused(client, endpoints):
    path, typed = endpoints["sign"]
    response = client.post(path, typed, headers={"Host": "evil.example"})
    assert response.status_code == 400


def test_a_refused_post_meets_a_humane_page(client, endpoints):
    path, typed = endpoints["sign"]
    response = client.post(path, typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "<h1>" in response.text
    assert 'lang="fr"' in response.text
    assert "public" not in response.headers.get("Cache-Control", "")
