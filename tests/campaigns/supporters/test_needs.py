"""Signing up for formulas that need more: each asks exactly for its own, and keeps it apart."""

import json
import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.cases.models import Theme
from campaigns.outbox.models import Suppression
from campaigns.supporters import client_limits
from campaigns.supporters.client_limits import ClientLimit
from campaigns.supporters.models import (
    Consent,
    ContactPoint,
    Formula,
    SignUp,
    Subscription,
    Supporter,
)
from tests.factories.facts import labels, make_case, make_formula
from tests.factories.pages import make_standard_page
from tests.factories.people import make_supporter
from tests.pages import ServedPage
from tests.rows import every_row
from tests.steps import (
    LANGUAGES,
    address,
    deliver_mail,
    link_in,
    open_link,
    press_button,
    press_sign_up,
)

pytestmark = pytest.mark.django_db
Channel, Choosing = Formula.Channel, Formula.Choosing
PHONE = "+1 202 555 0123"  # Kept for films; Belgium keeps none.
POSTAL = {
    "family_name": "Dubreux",
    "street": "Rue Inventée 12 bte 3",
    "box": "",
    "postcode": "B-5590",
    "locality": "Ciney",
    "country": "BE",
}
POSTAL_SHOWN = {**POSTAL, "street": "Rue Inventée 12", "box": "3", "postcode": "5590"}


def sms(**fields):
    return make_formula(channels=[Channel.SMS], needs_phone=True, **fields)


def adoption(**fields):
    return make_formula(case_choice=Choosing.ONE, needs_postal_address=True, **fields)


def parts_on(page: ServedPage) -> set[str]:
    """The parts that a reader without a script sees."""
    return {
        box.attributes["value"]
        for box in page.all("input", name="shown")
        if not any(parent.tag == "template" for parent in box.parents)
    }


def spare_on(page: ServedPage) -> set[str]:
    return {box.attributes["value"] for box in page.all("input", name="shown")} - parts_on(page)


NEEDS = {
    "nothing": ({}, set()),
    "SMS": ({"channels": [Channel.SMS], "needs_phone": True}, {"mobile"}),
    "phone": ({"needs_phone": True}, {"phone"}),
    "post": ({"channels": [Channel.POST], "needs_postal_address": True}, {"postal"}),
    "one case": ({"case_choice": Choosing.ONE}, {"case-one"}),
    "cases": ({"case_choice": Choosing.MANY}, {"case-many"}),
    "a theme": ({"theme_choice": Choosing.ONE}, {"theme-one"}),
    "countries": ({"country_choice": Choosing.MANY}, {"country-many"}),
}


@pytest.mark.parametrize("what", NEEDS)
def test_each_formula_asks_for_its_own_and_nothing_else(client, what):
    fields, wanted = NEEDS[what]
    formula = make_formula(**fields)
    make_case()
    form_page = ServedPage(client.get(address("supporters:sign_up")).text)
    assert (parts_on(form_page), spare_on(form_page)) == (set(), wanted)
    [box] = form_page.all("input", name="formulas")
    assert set(box.attributes["data-needs"].split()) == wanted

    path = f"{address('supporters:sign_up')}?formula={formula.code}"
    its_own = client.get(path)
    assert "public" in its_own.headers["Cache-Control"]
    served = ServedPage(its_own.text)
    assert (parts_on(served), spare_on(served)) == (wanted, set())
    assert served.ticked() == []
    assert served.typed()["formulas"] == str(formula.pk)
    assert formula.title["fr"] in served.all("h1")[0].words


def test_an_unknown_formula_in_the_address_shows_the_whole_offer(client):
    formula, retired = make_formula(), make_formula(is_offered=False)
    for code in ("nonsense", retired.code, "", "\0", "x" * 5000):
        response = client.get(address("supporters:sign_up"), {"formula": code})
        assert response.status_code == 200
        boxes = ServedPage(response.text).all("input", name="formulas", type="checkbox")
        assert [box.attributes["value"] for box in boxes] == [str(formula.pk)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_script_one_more_thing_is_asked_and_all_that_was_typed_is_kept(client, language):
    plain, phone = make_formula(), sms()
    before = every_row()
    response = press_sign_up(client, plain, phone, language=language, given_name="José")
    assert every_row() == before
    page = ServedPage(response.text)
    assert "no-store" in response.headers["Cache-Control"]
    assert parts_on(page) == {"mobile"}
    assert page.ticked() == [str(plain.pk), str(phone.pk)]
    typed = page.typed()
    assert (typed["given_name"], typed["email"]) == ("José", "mila@example.org")
    assert typed["language"] == language
    assert not page.error_beside("phone")
    [status] = page.all("div", role="status")
    assert status.words.strip()
    # The page as it stands, with the one thing more.
    more = {"shown": ["mobile"], "phone": PHONE}
    response = press_sign_up(client, plain, phone, language=language, given_name="José", **more)
    assert response.status_code == 303


def test_what_was_on_the_screen_and_left_empty_is_an_error(client):
    formula = sms()
    before = every_row()
    response = press_sign_up(client, formula, shown=["mobile"], phone="")
    assert (response.status_code, every_row()) == (422, before)
    assert ServedPage(response.text).error_beside("phone")


def test_a_wrong_address_and_one_more_thing_are_said_together(client):
    response = press_sign_up(client, sms(), email="nobody")
    page = ServedPage(response.text)
    assert response.status_code == 422
    assert page.error_beside("email")
    assert parts_on(page) == {"mobile"}
    assert not page.error_beside("phone")


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("street", {"street": "Rue Inventée"}),
        ("street", {"street": ""}),
        ("postcode", {"postcode": "75011"}),
        ("postcode", {"postcode": ""}),
        ("locality", {"locality": "\u200b"}),
        ("country", {"country": "??"}),
        ("family_name", {"family_name": ""}),
        ("choice_case", {"choice_case": ""}),
        ("choice_case", {"choice_case": "nobody"}),
    ],
)
def test_what_does_not_fit_is_said_beside_it_and_the_rest_is_kept(client, part, changes):
    formula, case = adoption(), make_case()
    typed = {**POSTAL_SHOWN, "choice_case": case.reference, "shown": ["case-one", "postal"]}
    before = every_row()
    response = press_sign_up(client, formula, **{**typed, **changes})
    assert (response.status_code, every_row()) == (422, before)
    page = ServedPage(response.text)
    assert page.error_beside(part)
    kept = page.typed()
    for name in POSTAL_SHOWN.keys() - {part}:
        assert kept[name] == typed[name]


def test_all_that_is_wrong_with_an_address_is_said_at_once(client):
    wrong = {**POSTAL, "street": "Rue Inventée", "postcode": "75011", "locality": ""}
    typed = {"choice_case": make_case().reference, "shown": ["case-one", "postal"]}
    page = ServedPage(press_sign_up(client, adoption(), **wrong, **typed).text)
    for part in ("street", "postcode", "locality"):
        assert page.error_beside(part)


def test_what_was_typed_counts_once_the_mailbox_says_yes_and_not_before(client, mailoutbox):
    formula, case = adoption(), make_case()
    press_sign_up(client, formula, **POSTAL, choice_case=case.reference)
    assert not ContactPoint.objects.exists()
    [mail] = deliver_mail(mailoutbox)
    assert case.name in mail.body
    assert "Inventée" not in mail.body
    page = open_link(client, link_in(mail))
    assert case.name in page.text
    assert "Inventée" not in page.text
    press_button(client, page)
    [point] = ContactPoint.objects.all()
    assert '"street": "Rue Invent' in point.value
    assert '"box": "3"' in point.value
    [choice] = Subscription.objects.get().choices.all()
    assert (choice.kind, choice.code) == ("case", case.reference)
    assert Supporter.objects.get().family_name == "Dubreux"


def test_a_stranger_moves_nobodys_post(client, now):
    owner = make_supporter(email="mila@example.org", confirmed_at=now)
    ContactPoint.objects.create(supporter=owner, kind="PHONE", value="+12025550111", changed_at=now)
    before = every_row()
    assert press_sign_up(client, sms(), phone=PHONE).status_code == 303
    after = every_row()
    for table in ("supporters.Supporter", "supporters.ContactPoint"):
        assert after[table] == before[table]


def test_nothing_typed_is_readable_in_the_database_before_the_yes(client):
    press_sign_up(client, adoption(), **POSTAL, choice_case=make_case().reference)
    with connection.cursor() as cursor:
        cursor.execute("SELECT details FROM supporters_signup")
        [[stored]] = cursor.fetchall()
    for word in ("Invent", "Ciney", "Dubreux"):
        assert word not in stored


def test_two_formulas_that_ask_for_one_thing_ask_once(client):
    one = make_formula(case_choice=Choosing.ONE)
    many = make_formula(case_choice=Choosing.MANY)
    case = make_case()
    page = ServedPage(press_sign_up(client, one, many).text)
    assert parts_on(page) == {"case-one"}
    press_sign_up(client, one, many, choice_case=case.reference)
    assert SignUp.objects.count() == 1


def test_any_number_may_be_none(client):
    Theme.objects.create(code="land", name=labels("Land"))
    formula = make_formula(theme_choice=Choosing.MANY)
    assert press_sign_up(client, formula, shown=["theme-many"]).status_code == 303
    assert press_sign_up(client, formula, choice_theme=["land"]).status_code == 303


def test_a_number_is_read_as_one_of_the_country_of_the_address(client, mailoutbox):
    formula = make_formula(needs_phone=True, needs_postal_address=True)
    typed = {**POSTAL, "country": "US", "postcode": "20500", "phone": "(202) 555-0123"}
    assert press_sign_up(client, formula, **typed).status_code == 303
    [mail] = deliver_mail(mailoutbox)
    press_button(client, open_link(client, link_in(mail)))
    assert ContactPoint.objects.get(kind="PHONE").value == "+12025550123"


def test_a_minor_is_told_which_formula_is_for_adults(client):
    formula = sms(minimum_age=18)
    before = every_row()
    response = press_sign_up(client, formula, age="MINOR_13_17", phone=PHONE)
    assert (response.status_code, every_row()) == (422, before)
    assert formula.title["fr"] in ServedPage(response.text).error_beside("formulas")
    assert press_sign_up(client, make_formula(), age="MINOR_13_17").status_code == 303


def test_of_a_child_nothing_is_kept(client):
    formula = make_formula()
    before = every_row()
    response = press_sign_up(client, formula, age="UNDER_13", email="not even an address")
    assert (response.status_code, every_row()) == (200, before)
    assert "not even an address" not in response.text


def test_the_consent_names_the_page_and_the_block(client, site):
    formula, block = make_formula(), str(uuid.uuid4())
    body = [{"type": "sign_up", "id": block, "value": {"heading": "Écrire", "button": ""}}]
    page = make_standard_page(body=json.dumps(body))
    typed = ServedPage(client.get(page.url).text).typed()
    assert typed["block"] == block
    press_sign_up(client, formula, page=typed["page"], block=typed["block"])
    consent = Consent.objects.get()
    assert (consent.page_id, consent.block_id) == (page.pk, block)


@pytest.mark.parametrize("block", ["abc", "\0", "9" * 100, ""], ids=ascii)
def test_a_forged_block_is_left_out(client, block):
    assert press_sign_up(client, make_formula(), block=block).status_code == 303
    assert Consent.objects.get().block_id == ""


def test_one_mail_and_one_press_confirm_all_that_was_asked(client, mailoutbox, now):
    """The second form may owe no mail of its own: a mailbox gets one in ten minutes."""
    one, two, three = make_formula(), sms(), make_formula()
    press_sign_up(client, one)
    press_sign_up(client, two, phone=PHONE, language="fr")
    [mail] = deliver_mail(mailoutbox)
    for formula in (one, two):
        assert formula.title["fr"] in mail.body
    page = open_link(client, link_in(mail))
    press_sign_up(client, three)  # Not listed in the mail that is being confirmed.
    press_button(client, page)
    states = dict(Subscription.objects.values_list("formula", "state"))
    assert states == {one.pk: "ACTIVE", two.pk: "ACTIVE", three.pk: "REQUESTED"}
    assert ContactPoint.objects.get().value == "+12025550123"


def test_a_new_address_for_what_runs_already_needs_a_yes_too(client, mailoutbox, now):
    formula = sms()
    press_sign_up(client, formula, phone=PHONE)
    press_button(client, open_link(client, link_in(deliver_mail(mailoutbox)[0])))
    with time_machine.travel(now + timedelta(hours=1)):
        deliver_mail(mailoutbox)
        press_sign_up(client, formula, phone="+1 202 555 0199")
        [mail] = deliver_mail(mailoutbox)
        assert ContactPoint.objects.get().value == "+12025550123"
        press_button(client, open_link(client, link_in(mail)))
    assert ContactPoint.objects.get().value == "+12025550199"


def test_known_and_unknown_mailboxes_cost_the_same_statements(client, now):
    formula, case = adoption(), make_case()
    make_supporter(email="known@example.org", confirmed_at=now)
    typed = {**POSTAL, "choice_case": case.reference}
    press_sign_up(client, formula, email="warm@example.org", **typed)

    def cost(email: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert press_sign_up(client, formula, email=email, **typed).status_code == 303
        return [re.split(r' \(| WHERE| SET|SAVEPOINT "', query["sql"])[0] for query in queries]

    unknown = cost("unknown@example.org")
    assert cost("known@example.org") == unknown
    assert cost("unknown@example.org") == unknown


def test_a_case_that_was_taken_down_is_no_choice_any_more(client):
    formula, case = make_formula(case_choice=Choosing.ONE), make_case()
    type(case).objects.filter(pk=case.pk).update(state="HIDDEN", state_before_hiding="ACTIVE")
    response = press_sign_up(client, formula, choice_case=case.reference, shown=["case-one"])
    assert response.status_code == 422
    assert case.full_name not in response.text


def test_confirming_is_wanting_mail_again(client, mailoutbox, now):
    owner = make_supporter(email="mila@example.org", confirmed_at=now)
    for reason in Suppression.Reason:
        Suppression.objects.create(
            mailbox=owner.mailbox, scope="SUBSCRIBED", reason=reason, since=now
        )
    press_sign_up(client, make_formula())
    press_button(client, open_link(client, link_in(deliver_mail(mailoutbox)[0])))
    left = Suppression.objects.filter(lifted_at=None).values_list("reason", flat=True)
    assert set(left) == {"HARD_BOUNCE", "STAFF"}


def test_what_a_program_sends_is_answered_alike_and_mails_nobody(client, mailoutbox):
    formula = make_formula()
    human = press_sign_up(client, formula)
    program = press_sign_up(
        client, formula, email="other@example.org", homepage="https://x.example"
    )
    assert (program.status_code, program.url) == (human.status_code, human.url)
    assert [mail.to for mail in deliver_mail(mailoutbox)] == [["mila@example.org"]]


def test_a_quick_hand_is_no_program_here(client, mailoutbox, now):
    press_sign_up(client, make_formula(), shown_at=int(now.timestamp()))
    assert len(deliver_mail(mailoutbox)) == 1


def test_a_flood_of_sign_ups_is_taken_and_its_mails_wait_an_hour(
    client, mailoutbox, monkeypatch, now
):
    monkeypatch.setattr(client_limits, "SIGN_UP", ClientLimit("sign-up", 1))
    formula = make_formula()
    start = now.replace(minute=0, second=0)
    with time_machine.travel(start, tick=False):
        press_sign_up(client, formula, email="first@example.org")
        late = press_sign_up(client, formula, email="late@example.org")
        assert late.status_code == 303
        assert [mail.to[0] for mail in deliver_mail(mailoutbox)] == ["first@example.org"]
    with time_machine.travel(start + timedelta(minutes=61), tick=False):
        assert [mail.to[0] for mail in deliver_mail(mailoutbox)] == ["late@example.org"]
