"""From the mail to a signature that counts: the link, the page with one button, the press."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing

from campaigns.petitions import services
from campaigns.petitions.links import CONFIRM_SIGNATURE
from campaigns.petitions.models import Signature, Tally
from campaigns.supporters.links import CONFIRM_SUBSCRIPTION, UNSUBSCRIBE, digest_of
from campaigns.supporters.models import Consent
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import ask_for, sign
from tests.pages import ServedPage
from tests.rows import changed, every_row
from tests.steps import (
    FROM_HERE,
    LANGUAGES,
    address,
    deliver_mail,
    html_of,
    link_in,
    open_link,
    press_button,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ROBOTS = ["Mozilla/5.0 (compatible; Barracuda)", "curl/8", "Mozilla/5.0 Chrome/140"]


@pytest.fixture
def petition():
    return make_petition()


@pytest.fixture
def signature(petition, now):
    return sign(
        petition, given_name="Canary", family_name="Dubreux", email="canary@example.org", now=now
    )


@pytest.fixture
def link(signature):
    return address(
        "petitions:confirm_signature", CONFIRM_SIGNATURE.token({"signature": str(signature.pk)})
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_goes_to_the_mailbox_in_the_language_of_the_form(
    client, petition, mailoutbox, now, language
):
    sign(petition, email="Mila+ua@Example.org", language=language, now=now)
    [mail] = deliver_mail(mailoutbox)
    assert mail.to == ["Mila+ua@Example.org"]
    path = link_in(mail)
    assert path.startswith(f"/{language}/confirm-signature/")
    assert path in html_of(mail)
    assert petition.case.short_name in mail.subject
    page = open_link(client, path)
    assert page.status_code == 200
    assert ServedPage(page.text).all("html", lang=language)


def test_looking_at_a_link_changes_nothing_however_often_and_whoever_looks(
    client, link, signature, mailoutbox
):
    deliver_mail(mailoutbox)
    before = every_row()
    for robot in ROBOTS:
        for _time in range(3):
            for ask in (client.get, client.head, client.options):
                for query in ({}, {"utm_source": "mail"}, {"confirm": "1"}):
                    ask(link, query, headers={"User-Agent": robot})
            page = open_link(client, link)
            path = page.request["PATH_INFO"]
            client.head(path)
            client.options(path)
    assert changed(before, every_row()) == set()
    # …and afterwards the link still works for the person.
    press_button(client, open_link(client, link))
    signature.refresh_from_db()
    assert signature.confirmed_at is not None


def test_the_page_with_the_button_gives_nothing_away(client, link, signature):
    door = client.get(link)
    assert door.status_code == 302
    token = link.split("/")[-2]
    assert token not in door.url
    page = client.get(door.url)
    assert page.status_code == 200
    for secret in (token, "Canary", "Dubreux", "canary", "example.org", str(signature.pk)):
        assert secret not in page.text
    served = ServedPage(page.text)
    forms = [form for form in served.all("form") if form.attributes.get("method") == "post"]
    assert len(forms) == 1
    assert len([button for button in served.all("button") if button.inside(method="post")]) == 1
    assert [field for field in served.all("input") if field.inside(method="post")] == []
    assert "http-equiv" not in page.text  # No refresh that would press for a robot.


def test_everything_about_a_mailed_link_stays_out_of_stores_and_indexes(client, link):
    door = client.get(link)
    page = client.get(door.url)
    pressed = client.post(door.url, headers=FROM_HERE)
    for response in (door, page, pressed):
        assert "no-store" in response.headers["Cache-Control"]
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["X-Frame-Options"] == "DENY"
    served = ServedPage(page.text)
    [robots] = served.all("meta", name="robots")
    assert "noindex" in robots.attributes["content"]


def test_the_token_travels_in_a_cookie_for_that_page_alone(client, link):
    door = client.get(link)
    [cookie] = door.cookies.values()
    assert cookie["path"] == door.url
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 0 < cookie["max-age"] <= 3600
    assert not cookie["domain"]


def test_the_cookie_is_for_https_alone_where_the_site_is(client, link, settings):
    assert not next(iter(client.get(link).cookies.values()))["secure"]
    settings.BASE_URL = "https://obstinate.example.org"
    assert next(iter(client.get(link).cookies.values()))["secure"]


def test_pressing_the_button_confirms_and_the_figure_rises(client, link, petition, signature, now):
    services.tally_signatures(now=now)
    response = press_button(client, open_link(client, link))
    assert response.status_code == 303
    path, _mark, query = response.url.partition("?")
    assert path == f"/fr/petitions/{petition.reference}/confirmed/"
    assert re.fullmatch(r"by=by-[a-z2-7]{12}", query)
    assert client.get(response.url).status_code == 200
    signature.refresh_from_db()
    assert signature.confirmed_at is not None
    services.tally_signatures(now=now)
    assert Tally.objects.get().confirmed == 1
    assert client.get(f"/petitions/{petition.reference}/count/").json()["count"] == 1


def test_pressing_twice_is_pressing_once(client, link, signature):
    first = press_button(client, open_link(client, link))
    before = every_row()
    second = press_button(client, open_link(client, link))
    assert (second.status_code, second.url) == (first.status_code, first.url)
    assert every_row() == before
    assert Consent.objects.filter(action="CONFIRMED").count() == 1


def test_a_double_click_is_answered_the_same_twice(client, link):
    """Both presses leave the browser before the first answer takes the cookie away."""
    page = open_link(client, link).request["PATH_INFO"]
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    first = client.post(page, headers=FROM_HERE)
    client.cookies.load(cookies)
    second = client.post(page, headers=FROM_HERE)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.url == second.url


def test_two_links_open_in_one_browser_do_not_mix(client, now):
    one = sign(make_petition(), now=now)
    other = sign(make_petition(), now=now)
    pages = [
        open_link(
            client,
            address(
                "petitions:confirm_signature", CONFIRM_SIGNATURE.token({"signature": str(s.pk)})
            ),
        )
        for s in (one, other)
    ]
    press_button(client, pages[0])
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.confirmed_at is not None
    assert other.confirmed_at is None
    press_button(client, pages[1])
    other.refresh_from_db()
    assert other.confirmed_at is not None


def unusable(response) -> None:
    """Gone, kindly: words, a way on, and nothing that would be kept."""
    assert response.status_code == 410
    page = ServedPage(response.text)
    assert page.all("h1")
    assert not [form for form in page.all("form") if form.attributes.get("method") == "post"]
    assert "no-store" in response.headers["Cache-Control"]
    assert not [morsel for morsel in response.cookies.values() if morsel.value]


def test_the_page_without_its_cookie_is_of_no_use(client, link, signature):
    page = client.get(link).url
    client.cookies.clear()
    unusable(client.get(page))
    unusable(client.post(page, headers=FROM_HERE))
    signature.refresh_from_db()
    assert signature.confirmed_at is None


def test_a_cookie_that_was_forged_opens_nothing(client, link, signature):
    forged = signing.dumps({"signature": str(signature.pk)}, salt="of my own")
    page = address("petitions:confirm_signature_page", digest_of(forged))
    client.cookies[f"link-{digest_of(forged)}"] = forged
    unusable(client.get(page))
    unusable(client.post(page, headers=FROM_HERE))
    signature.refresh_from_db()
    assert signature.confirmed_at is None


def tokens(signature) -> dict[str, str]:
    good = CONFIRM_SIGNATURE.token({"signature": str(signature.pk)})
    payload, stamp, seal = good.split(":")
    return {
        "cut off": good[:-5],
        "cut in the middle": good[: len(good) // 2],
        "without its seal": f"{payload}:{stamp}",
        "with another seal": f"{payload}:{stamp}:{seal[::-1]}",
        "with another payload": f"{payload[:-2]}xx:{stamp}:{seal}",
        "to stop mails": UNSUBSCRIBE.token({"signature": str(signature.pk)}),
        "to confirm mails": CONFIRM_SUBSCRIPTION.token({"signature": str(signature.pk)}),
        "rubbish": "rubbish",
        "a quote": "'%22",
        "NUL": "%00",
        "long": "a" * 4000,
        "for nobody": CONFIRM_SIGNATURE.token(
            {"signature": "0b2b7d0e-3a6c-4a8e-9a3b-000000000000"}
        ),
    }


@pytest.mark.parametrize(
    ("what", "language"),
    [(what, "fr") for what in tokens(Signature())] + [("cut off", code) for code in LANGUAGES[1:]],
)
def test_a_token_that_is_not_right_meets_a_humane_page(client, signature, what, language):
    before = every_row()
    path = f"/{language}/confirm-signature/{tokens(signature)[what]}/"
    response = client.get(path)
    if response.status_code == 302:  # Well sealed, but nothing stands behind it any more.
        assert what == "for nobody"
        path = response.url
        response = client.get(path)
        unusable(client.post(path, headers=FROM_HERE))
        client.get(f"/{language}/confirm-signature/{tokens(signature)[what]}/")
        response = client.get(path)
        assert response.status_code == 410
    else:
        unusable(response)
    assert ServedPage(response.text).all("html", lang=language)
    assert every_row() == before


def test_a_link_of_more_than_thirty_days_meets_a_humane_page(client, link, signature, now):
    with time_machine.travel(now + timedelta(days=31)):
        unusable(client.get(link))
    page = open_link(client, link)
    with time_machine.travel(now + timedelta(days=31)):
        # The cookie would be gone by then; somebody who kept it gets no further.
        unusable(press_button(client, page))
    signature.refresh_from_db()
    assert signature.confirmed_at is None


def test_a_signature_that_was_taken_back_meets_a_humane_page(client, link, signature):
    page = open_link(client, link)
    signature.delete()
    unusable(client.get(page.request["PATH_INFO"]))
    unusable(press_button(client, page))


DOORS = {
    "confirm-signature": CONFIRM_SIGNATURE,
    "confirm-mails": CONFIRM_SUBSCRIPTION,
    "stop-mails": UNSUBSCRIBE,
}


@pytest.mark.parametrize("purpose", DOORS)
@pytest.mark.parametrize("door", DOORS)
def test_each_purpose_opens_its_own_door_and_no_other(client, signature, now, door, purpose):
    [subscription] = ask_for(make_formula(), now=now)
    token = DOORS[purpose].token(
        {"signature": str(signature.pk), "subscription": subscription.pk, "language": "fr"}
    )
    before = every_row()
    path = f"/fr/{door}/{token}/"
    assert client.get(path).status_code == (302 if door == purpose else 410)
    if door != purpose:
        assert client.post(path, headers=FROM_HERE).status_code in {405, 410}
        # Nor does the token open the page behind the other door, put there by hand.
        digest = digest_of(token)
        client.cookies[f"link-{digest}"] = token
        page = f"/fr/{door}/page/{digest}/"
        assert client.get(page).status_code == 410
        assert client.post(page, headers=FROM_HERE).status_code == 410
    assert every_row() == before


def test_the_door_itself_takes_no_post(client, link, signature):
    assert client.post(link, headers=FROM_HERE).status_code in {403, 405}
    signature.refresh_from_db()
    assert signature.confirmed_at is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_signing_again_in_another_language_is_said_in_the_inbox(
    mailoutbox, petition, now, language
):
    sign(petition, language="fr", now=now - 2 * HOUR)
    [first] = deliver_mail(mailoutbox)
    sign(petition, language=language, now=now - HOUR)
    [second] = deliver_mail(mailoutbox, after=HOUR)
    assert Signature.objects.count() == 1
    assert second.body.split("http")[0] != first.body.split("http")[0]
    assert link_in(second).startswith(f"/{language}/confirm-signature/")

    services.confirm_signature(signature=Signature.objects.get(), now=now)
    sign(petition, language=language, now=now - HOUR / 2)
    [third] = deliver_mail(mailoutbox)
    assert "confirm-signature" not in third.body
    assert "confirm-signature" not in html_of(third)
    assert third.subject != second.subject


def test_the_link_of_either_mail_confirms_the_one_signature(client, mailoutbox, petition, now):
    sign(petition, language="fr", now=now - 2 * HOUR)
    [first] = deliver_mail(mailoutbox)
    sign(petition, language="nl", now=now - HOUR)
    [second] = deliver_mail(mailoutbox, after=HOUR)
    press_button(client, open_link(client, link_in(second)))
    press_button(client, open_link(client, link_in(first)))
    assert Signature.objects.get().confirmed_at is not None
    assert Consent.objects.filter(action="CONFIRMED").count() == 1


def test_a_mail_for_a_signature_that_is_gone_is_not_sent(mailoutbox, petition, now):
    sign(petition, now=now).delete()
    assert deliver_mail(mailoutbox) == []
