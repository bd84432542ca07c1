"""Choosing mails: the form, the double opt-in, and the way out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.outbox.models import OutgoingMessage
from campaigns.supporters import services
from campaigns.supporters.models import Consent, Subscription, Supporter
from campaigns.supporters.wordings import subscription_wording
from tests.corpora import MALFORMED_ADDRESSES, NAMES_THAT_NOBODY_HAS
from tests.factories.facts import make_formula
from tests.factories.people import ask_for, make_supporter
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import (
    FROM_HERE,
    LANGUAGES,
    address,
    deliver_mail,
    link_in,
    open_link,
    press_button,
    press_sign_up,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_ticked_and_the_language_of_the_page_is_chosen(client, language):
    one, two, retired = make_formula(), make_formula(), make_formula(is_offered=False)
    page = ServedPage(client.get(address("supporters:sign_up", language=language)).text)
    assert page.ticked() == []
    boxes = {box.attributes["value"] for box in page.all("input", type="checkbox")}
    assert boxes == {str(one.pk), str(two.pk)}
    assert retired.title[language] not in page.html
    assert page.typed()["language"] == language
    [form] = page.all("form", data_form="sign-up")
    for formula in (one, two):
        assert formula.title[language] in form.words
    assert subscription_wording(language).text in form.words


@pytest.mark.parametrize("mails_in", LANGUAGES)
@pytest.mark.parametrize("page_in", ["fr", "en"])
def test_the_mails_come_in_the_language_that_was_chosen(client, mailoutbox, page_in, mails_in):
    formula = make_formula()
    path = address("supporters:sign_up", language=page_in)
    typed = {"formulas": [formula.pk], "email": "mila@example.org", "language": mails_in}
    response = client.post(path, typed, headers=FROM_HERE)
    assert (response.status_code, response.url) == (303, f"/{page_in}/sign-up/done/")
    assert Subscription.objects.get().language == mails_in
    [mail] = deliver_mail(mailoutbox)
    assert formula.title[mails_in] in mail.subject
    assert link_in(mail).startswith(f"/{mails_in}/confirm-mails/")


def test_the_words_stored_are_the_words_shown(client):
    """Whoever reads French and asks for German mails has agreed to the French words."""
    formula = make_formula()
    path = address("supporters:sign_up", language="fr")
    shown = ServedPage(client.get(path).text)
    typed = {"formulas": [formula.pk], "email": "mila@example.org", "language": "de"}
    client.post(path, typed, headers=FROM_HERE)
    words = Consent.objects.get().wording.text
    assert any(paragraph.words.strip() == words for paragraph in shown.all("p"))


def test_choosing_two_formulas_is_confirmed_with_one_mail(client, mailoutbox):
    one, two = make_formula(), make_formula()
    press_sign_up(client, one, two)
    [mail] = deliver_mail(mailoutbox)
    assert str(one) in mail.body
    assert str(two) in mail.body
    press_button(client, open_link(client, link_in(mail)))
    assert list(Subscription.objects.values_list("state", flat=True)) == ["ACTIVE", "ACTIVE"]


def test_an_old_link_does_not_restart_what_was_stopped_since(client, mailoutbox, now):
    one, two = make_formula(), make_formula()
    press_sign_up(client, one, two)
    [mail] = deliver_mail(mailoutbox)
    press_button(client, open_link(client, link_in(mail)))
    stopped = Subscription.objects.get(formula=one)
    services.end_subscription(subscription=stopped, now=timezone.now())
    press_button(client, open_link(client, link_in(mail)))
    stopped.refresh_from_db()
    assert stopped.state == "ENDED"
    services.end_subscription(
        subscription=Subscription.objects.get(formula=two), now=timezone.now()
    )
    page = open_link(client, link_in(mail))
    assert page.status_code == 410


def test_confirming_brings_a_welcome_that_can_be_stopped(client, mailoutbox):
    press_sign_up(client, make_formula(), language="nl")
    [confirmation] = deliver_mail(mailoutbox)
    response = press_button(client, open_link(client, link_in(confirmation)))
    assert (response.status_code, response.url) == (303, "/nl/sign-up/confirmed/")
    assert client.get(response.url).status_code == 200
    [welcome] = deliver_mail(mailoutbox)
    assert welcome.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page = open_link(client, link_in(welcome))
    assert Subscription.objects.get().state == "ACTIVE"
    response = press_button(client, page)
    assert response.status_code == 303
    assert 'value="undo"' in client.get(response.url).text
    assert Subscription.objects.get().state == "ENDED"
    actions = Consent.objects.order_by("pk").values_list("action", "method")
    assert list(actions) == [
        ("GIVEN", "FORM"),
        ("CONFIRMED", "MAILED_LINK"),
        ("WITHDRAWN", "MAILED_LINK"),
    ]


def test_the_button_on_a_subscription_page_gives_nothing_away(client, mailoutbox):
    press_sign_up(client, make_formula(), email="canary@example.org", given_name="Canary")
    [mail] = deliver_mail(mailoutbox)
    page = open_link(client, link_in(mail))
    for secret in ("canary", "Canary", link_in(mail).split("/")[-2]):
        assert secret not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.headers["X-Robots-Tag"]


def refused(client, *formulas, field: str, language: str = "fr", **typed) -> ServedPage:
    before = every_row()
    response = press_sign_up(client, *formulas, language=language, **typed)
    assert response.status_code == 422
    assert "no-store" in response.headers["Cache-Control"]
    assert every_row() == before
    page = ServedPage(response.text)
    assert page.error_beside(field)
    return page


@pytest.mark.parametrize("what", ["no at", "empty", "NUL", "10 000 characters", "markup"])
def test_a_malformed_address_keeps_everything_else_that_was_chosen(client, what):
    make_formula()
    two = make_formula()
    address = MALFORMED_ADDRESSES[what]
    page = refused(client, two, field="email", email=address, given_name="José", language="de")
    assert page.ticked() == [str(two.pk)]
    assert page.typed()["given_name"] == "José"
    assert page.typed()["language"] == "de"
    if "\0" not in address:
        assert page.typed()["email"] == address


@pytest.mark.parametrize(
    "what", [key for key, name in NAMES_THAT_NOBODY_HAS.items() if name.strip()]
)
def test_a_name_that_nobody_has_is_refused_here_too(client, what):
    refused(client, make_formula(), field="given_name", given_name=NAMES_THAT_NOBODY_HAS[what])


def test_a_name_is_not_needed(client):
    assert press_sign_up(client, make_formula(), given_name="").status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
def test_choosing_nothing_is_said_beside_the_choice(client, language):
    make_formula()
    page = refused(client, field="formulas", language=language)
    [choice] = [box for box in page.all("fieldset") if "aria-invalid" in box.attributes]
    assert choice.words


def test_messages_speak_the_language_of_the_page(client):
    make_formula()
    said = {
        refused(client, field="formulas", language=code).error_beside("formulas")
        for code in LANGUAGES
    }
    assert len(said) == len(LANGUAGES)


@pytest.mark.parametrize("formula", ["0", "-1", "abc", "9" * 30, "\0", "1.5", "½"], ids=ascii)
def test_a_formula_that_does_not_exist_is_refused(client, formula):
    make_formula()
    refused(client, field="formulas", formulas=[formula])


def test_a_formula_that_is_no_longer_offered_is_refused(client):
    refused(client, make_formula(is_offered=False), field="formulas")


@pytest.mark.parametrize("chosen", ["xx", "", "FR", "\0", "fr" * 100])
def test_a_language_that_we_do_not_write_is_refused(client, chosen):
    formula = make_formula()
    before = every_row()
    typed = {"formulas": [formula.pk], "email": "mila@example.org", "language": chosen}
    response = client.post(address("supporters:sign_up"), typed, headers=FROM_HERE)
    assert response.status_code == 422
    assert every_row() == before
    assert ServedPage(response.text).error_beside("language")


@pytest.mark.parametrize("page", ["abc", "0", "9" * 30, "\0"], ids=ascii)
def test_a_forged_page_is_left_out(client, page):
    assert press_sign_up(client, make_formula(), page=page).status_code == 303
    assert Consent.objects.get().page_id is None


def test_nobody_learns_whether_an_address_is_known(client, now):
    formula = make_formula()
    make_supporter(email="known@example.org", confirmed_at=now)
    ask_for(formula, email="asked@example.org", now=now - HOUR)
    [active] = ask_for(formula, email="active@example.org", now=now - HOUR)
    services.confirm_subscription(subscription=active, language="fr", now=now)

    def answer(email: str) -> tuple:
        sent = press_sign_up(client, formula, email=email)
        return (
            sent.status_code,
            sorted(sent.headers.items()),
            sent.content,
            client.get(sent.url).content,
        )

    unknown = answer("unknown@example.org")
    for known in ("known@example.org", "asked@example.org", "active@example.org"):
        assert answer(known) == unknown
    assert Supporter.objects.count() == 4


def test_signing_up_twice_is_one_subscription(client):
    formula = make_formula()
    press_sign_up(client, formula, email="mila@example.org")
    press_sign_up(client, formula, email="Mila+ua@Example.org")
    assert (Supporter.objects.count(), Subscription.objects.count()) == (1, 1)


@pytest.fixture
def active(now, mailoutbox):
    """A subscription that runs, beside another one of the same person."""
    one, other = ask_for(make_formula(), make_formula(), now=now)
    for subscription in (one, other):
        services.confirm_subscription(subscription=subscription, language="fr", now=now)
    return one, other


@pytest.fixture
def stop_link(active):
    from campaigns.supporters.links import UNSUBSCRIBE

    return address("supporters:unsubscribe", UNSUBSCRIBE.token({"subscription": active[0].pk}))


def states(active) -> list[str]:
    return [Subscription.objects.get(pk=subscription.pk).state for subscription in active]


def test_looking_at_the_link_to_stop_stops_nothing(client, active, stop_link):
    before = every_row()
    for _time in range(5):
        client.get(stop_link)
        client.head(stop_link)
        client.options(stop_link)
        page = open_link(client, stop_link)
        client.head(page.request["PATH_INFO"])
    assert every_row() == before
    assert ServedPage(page.text).all("form", data_form="unsubscribe")


def test_the_button_stops_these_mails_and_no_others(client, active, stop_link):
    press_button(client, open_link(client, stop_link))
    assert states(active) == ["ENDED", "ACTIVE"]
    before = every_row()
    assert press_button(client, open_link(client, stop_link)).status_code == 303
    assert every_row() == before


def one_click(client, link: str, **headers: str):
    """What a mail program sends: from nowhere, with nothing, in a form (RFC 8058)."""
    return client.post(link, {"List-Unsubscribe": "One-Click"}, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://mail.example.com"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=["bare", "null origin", "another origin", "cross-site"],
)
def test_a_mail_program_stops_these_mails_with_one_post(client, active, stop_link, headers):
    response = one_click(client, stop_link, **headers)
    assert response.status_code == 200  # No redirect: mail programs follow none.
    assert not response.cookies
    assert states(active) == ["ENDED", "ACTIVE"]
    before = every_row()
    again = one_click(client, stop_link, **headers)
    assert (again.status_code, again.content) == (200, response.content)
    assert every_row() == before


def test_a_mail_program_may_post_multipart(client, active, stop_link):
    part = b'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click'
    body = b"--x\r\n" + part + b"\r\n--x--\r\n"
    response = client.post(stop_link, body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 200
    assert states(active) == ["ENDED", "ACTIVE"]


def test_the_link_in_the_header_works_without_csrf_even_where_it_is_checked(active, stop_link):
    from django.test import Client

    assert one_click(Client(enforce_csrf_checks=True), stop_link).status_code == 200
    assert states(active) == ["ENDED", "ACTIVE"]


def test_the_link_to_stop_works_for_years(client, active, stop_link, now):
    import time_machine

    with time_machine.travel(now + timedelta(days=800)):
        assert one_click(client, stop_link).status_code == 200
    assert states(active) == ["ENDED", "ACTIVE"]


def test_a_forged_link_to_stop_stops_nothing(client, active, stop_link):
    before = every_row()
    forged = stop_link[:-6] + "AAAAA/"
    assert one_click(client, forged).status_code == 410
    assert every_row() == before


def test_nothing_is_mailed_by_asking_to_stop(client, active, stop_link, mailoutbox):
    deliver_mail(mailoutbox)
    one_click(client, stop_link)
    assert deliver_mail(mailoutbox) == []
    assert not OutgoingMessage.objects.filter(state="DUE").exists()
