"""To one's own page by a mailed link: asked for, opened once, closed again."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from campaigns.outbox.models import OutgoingMessage
from campaigns.supporters.links import OPEN_PAGE, STOP_ALL
from campaigns.supporters.models import AccessRequest, Supporter
from campaigns.supporters.own_page_cookie import COOKIE
from tests.factories.people import make_supporter
from tests.pages import ServedPage
from tests.steps import (
    FROM_HERE,
    LANGUAGES,
    address,
    deliver_mail,
    link_in,
    open_link,
    press_button,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def supporter():
    return make_supporter(email="canary@example.org", given_name="Canary")


def ask(client, email="canary@example.org", *, language="fr", name="access"):
    path = address(f"supporters:{name}", language=language)
    return client.post(path, {"email": email}, headers=FROM_HERE)


def ask_and_open(client, mailoutbox, email="canary@example.org"):
    """All the way to the page with the button."""
    ask(client, email)
    [mail] = deliver_mail(mailoutbox)
    return open_link(client, link_in(mail))


def my_page(client):
    return client.get(address("supporters:my_page"))


def test_from_an_address_to_the_own_page(client, supporter, mailoutbox):
    page = ask_and_open(client, mailoutbox)
    pressed = press_button(client, page)
    assert (pressed.status_code, pressed.url) == (303, "/fr/my-data/me/")
    shown = client.get(pressed.url)
    assert shown.status_code == 200
    assert "canary@example.org" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert "noindex" in shown.headers["X-Robots-Tag"]


@pytest.mark.parametrize("name", ["access", "stop_all_request"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_known_and_unknown_addresses_see_the_same(client, supporter, language, name):
    answers = []
    for email in ("canary@example.org", "nobody@example.org"):
        with connection.execute_wrapper(counting := Counting()):
            answer = ask(client, email, language=language, name=name)
        answers.append((answer.status_code, answer.url, counting.statements))
    assert answers[0] == answers[1]
    assert answers[0][0] == 303
    assert client.get(answers[0][1]).status_code == 200


class Counting:
    """The statements that were executed, without their values."""

    def __init__(self):
        self.statements = []

    def __call__(self, execute, sql, params, many, context):
        self.statements.append(re.sub(r"s\d+_x\d+", "savepoint", sql))
        return execute(sql, params, many, context)


def test_nobody_unknown_is_written_to(client, mailoutbox):
    ask(client, "nobody@example.org")
    assert deliver_mail(mailoutbox) == []
    assert OutgoingMessage.objects.get().state == "CANCELLED"
    assert not Supporter.objects.exists()


def test_the_request_holds_no_address(client, supporter):
    ask(client)
    for row in (*AccessRequest.objects.values(), *OutgoingMessage.objects.values()):
        assert "canary" not in str(row)


def test_a_spelling_of_the_same_mailbox_finds_it_and_the_mail_goes_to_the_known_one(
    client, supporter, mailoutbox
):
    ask(client, "Canary+other@EXAMPLE.org")
    [mail] = deliver_mail(mailoutbox)
    assert mail.to == ["canary@example.org"]


def test_the_mail_speaks_the_language_of_the_form(client, supporter, mailoutbox):
    ask(client, language="nl")
    [mail] = deliver_mail(mailoutbox)
    assert link_in(mail).startswith("/nl/open-my-data/")
    assert link_in(mail).split("/")[-2] not in mail.subject


def test_an_impossible_address_is_explained_and_kept(client):
    answer = ask(client, "no address")
    assert answer.status_code == 422
    assert 'value="no address"' in answer.text
    assert not AccessRequest.objects.exists()


def test_the_page_with_the_button_says_nothing_of_whose_it_is(client, supporter, mailoutbox):
    page = ask_and_open(client, mailoutbox)
    for secret in ("canary", "Canary", "Dubreux"):
        assert secret not in page.text
    served = ServedPage(page.text)
    assert len([button for button in served.all("button") if button.inside(method="post")]) == 1
    assert COOKIE not in page.cookies


def test_a_link_opens_once(client, supporter, mailoutbox):
    ask(client)
    [mail] = deliver_mail(mailoutbox)
    press_button(client, open_link(client, link_in(mail)))
    again = Client()
    page = open_link(again, link_in(mail))
    assert page.status_code == 410
    assert address("supporters:access") in page.text
    assert my_page(again).status_code == 410


def test_a_link_works_for_fifteen_minutes(client, supporter, mailoutbox, now):
    with time_machine.travel(now, tick=False):
        ask(client)
        [mail] = deliver_mail(mailoutbox)
    with time_machine.travel(now + 14 * MINUTE, tick=False):
        assert client.get(link_in(mail)).status_code == 302
    with time_machine.travel(now + 16 * MINUTE, tick=False):
        old = client.get(link_in(mail))
    assert old.status_code == 410
    assert address("supporters:access") in old.text


def test_the_newest_link_is_the_only_one_that_opens(client, supporter, mailoutbox, now):
    with time_machine.travel(now, tick=False):
        ask(client)
        [first] = deliver_mail(mailoutbox)
    with time_machine.travel(now + 11 * MINUTE, tick=False):
        ask(client)
        [second] = deliver_mail(mailoutbox)
        assert open_link(client, link_in(first)).status_code == 410
        assert press_button(client, open_link(client, link_in(second))).status_code == 303


def test_a_newer_request_whose_mail_has_not_left_takes_nobodys_link_away(
    client, supporter, mailoutbox
):
    page = ask_and_open(client, mailoutbox)
    ask(client)
    assert press_button(client, page).status_code == 303


def test_two_presses_on_the_form_are_one_mail(client, supporter, mailoutbox):
    ask(client)
    ask(client)
    assert len(deliver_mail(mailoutbox)) == 1


def test_a_page_that_is_opened_anew_closes_the_former_one(client, supporter, mailoutbox, now):
    other = Client()
    with time_machine.travel(now, tick=False):
        press_button(client, ask_and_open(client, mailoutbox))
    with time_machine.travel(now + 11 * MINUTE, tick=False):
        press_button(other, ask_and_open(other, mailoutbox))
        assert my_page(client).status_code == 410
        assert my_page(other).status_code == 200


def test_the_page_closes_after_half_an_hour(client, supporter, mailoutbox, now):
    with time_machine.travel(now, tick=False):
        press_button(client, ask_and_open(client, mailoutbox))
    with time_machine.travel(now + 29 * MINUTE, tick=False):
        assert my_page(client).status_code == 200
    with time_machine.travel(now + 31 * MINUTE, tick=False):
        closed = my_page(client)
        pressed = client.post(
            address("supporters:change", "names"), {"given_name": "Else"}, headers=FROM_HERE
        )
    assert closed.status_code == pressed.status_code == 410
    assert address("supporters:access") in closed.text
    supporter.refresh_from_db()
    assert supporter.given_name == "Canary"


def test_whoever_closes_the_page_closes_it_for_good(client, supporter, mailoutbox):
    press_button(client, ask_and_open(client, mailoutbox))
    cookie = client.cookies[COOKIE].value
    closed = client.post(address("supporters:close_page"), headers=FROM_HERE)
    assert closed.status_code == 303
    client.cookies[COOKIE] = cookie  # As somebody would who has copied it.
    assert my_page(client).status_code == 410


def test_the_cookie_is_for_the_page_alone(client, supporter, mailoutbox, settings):
    settings.BASE_URL = "https://obstinate.example.org"
    ask(client)
    [mail] = deliver_mail(mailoutbox)
    pressed = press_button(client, open_link(client, link_in(mail)))
    cookie = pressed.cookies[COOKIE]
    assert cookie["path"] == "/fr/my-data/me/"
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 1800


@pytest.mark.parametrize("value", ["", "1", "1:x:y", "é"])
def test_a_forged_cookie_opens_nothing(client, supporter, value):
    client.cookies[COOKIE] = value
    assert my_page(client).status_code == 410


def test_a_link_to_stop_mails_opens_no_page(client, supporter, mailoutbox):
    ask(client, name="stop_all_request")
    [mail] = deliver_mail(mailoutbox)
    assert link_in(mail).startswith("/fr/stop-all-mails/")
    request = AccessRequest.objects.get()
    forged = OPEN_PAGE.token({"request": request.pk})
    assert open_link(client, address("supporters:open_page", forged)).status_code == 410


def test_guessing_is_stopped_and_good_links_still_work(client, supporter):
    good = address("supporters:stop_all", STOP_ALL.token({"supporter": supporter.pk}))
    answers = [
        client.get(address("supporters:open_page", f"{number:040}")).status_code
        for number in range(12)
    ]
    assert answers == [410] * 10 + [429] * 2
    assert client.get(good).status_code == 302
