"""Misspelt addresses are asked about once, and never refused."""

import pytest
from django import forms

from campaigns.supporters.fields import AddressField
from campaigns.supporters.misspellings import AddressQuestionForm, likely_address

SLIPS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "GMIAL.COM": "gmail.com",
    "gmail.con": "gmail.com",
    "gmial.con": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.be": "gmail.com",
    "hotmial.be": "hotmail.be",
    "hotmai.com": "hotmail.com",
    "hotmil.fr": "hotmail.fr",
    "hotmail.cm": "hotmail.com",
    "outlok.com": "outlook.com",
    "yaho.fr": "yahoo.fr",
    "iclod.com": "icloud.com",
    "skynt.be": "skynet.be",
    "skynet.bee": "skynet.be",
    "telnet.be": "telenet.be",
    "proximu.be": "proximus.be",
    "wannadoo.fr": "wanadoo.fr",
    "ornage.fr": "orange.fr",
    "t-onlin.de": "t-online.de",
    "zigo.nl": "ziggo.nl",
    "kpnmial.nl": "kpnmail.nl",
    "protonmal.com": "protonmail.com",
    "example.con": "example.com",
}
# Each is somebody's mailbox, however close it comes to another's.
NO_SLIPS = """
    example.org example.com mail.be mail.ee hotmail.se hotmail.lu outlook.pt yahoo.be yahoo.nl
    live.at gmx.us orange.lu home.be planet.be free.org posteo.eu tele2.se aol.fr mailo.com
    email.de uni.lu hey.com inbox.lv mozmail.com duck.com gmail.com skynet.be web.de ziggo.nl
    xn--fa-hia.de xn--bcher-kva.example
""".split()  # noqa: SIM905


class AddressForm(AddressQuestionForm):
    email = AddressField()
    name = forms.CharField()


@pytest.mark.parametrize(("typed", "meant"), SLIPS.items())
def test_a_slip_of_the_finger_is_noticed(typed, meant):
    assert likely_address(f"Mila+ua@{typed}") == f"Mila+ua@{meant}"


@pytest.mark.parametrize("domain", NO_SLIPS)
def test_nobody_is_asked_about_an_address_that_may_well_be_right(domain):
    assert likely_address(f"mila@{domain}") == ""


@pytest.mark.parametrize("meant", sorted(set(SLIPS.values())))
def test_whoever_takes_the_likely_address_is_not_asked_again(meant):
    assert likely_address(f"mila@{meant}") == ""


def send(**typed: str) -> AddressForm:
    form = AddressForm({"name": "Mila", **typed})
    form.full_clean()
    return form


def sent_again(form: AddressForm, **changes: str) -> AddressForm:
    """Press the button of the form as it came back."""
    return send(**{field.name: field.value() or "" for field in form}, **changes)


def test_the_first_press_asks_and_names_both_addresses():
    form = send(email="mila@gmial.com")
    [question] = form.errors["email"]
    assert "mila@gmail.com" in question
    assert "mila@gmial.com" in question
    assert form["email"].value() == "mila@gmial.com"


def test_the_second_press_with_the_same_address_is_an_answer():
    form = sent_again(send(email=" mila@GMIAL.com "))
    assert form.is_valid()
    assert form.cleaned_data["email"] == "mila@gmial.com"


def test_another_slip_is_another_question():
    form = send(email="mila@gmial.com")
    assert "mila@hotmail.be" in str(
        send(email="mila@hotmial.be", asked_about=form["asked_about"].value()).errors["email"]
    )


def test_the_likely_address_is_taken_at_one_press():
    first = send(email="mila@gmial.com")
    form = sent_again(first, take=first.likely_address)
    assert form.is_valid()
    assert form.cleaned_data["email"] == "mila@gmail.com"


def test_what_was_taken_stays_while_something_else_is_put_right():
    form = send(email="mila@gmial.com", take="mila@gmail.com", name="")
    assert list(form.errors) == ["name"]
    assert form["email"].value() == "mila@gmail.com"


def test_a_press_on_an_offer_for_what_is_no_longer_typed_takes_nothing():
    form = send(email="mila@hotmial.be", take="mila@gmail.com")
    assert "mila@hotmail.be" in str(form.errors["email"])
    assert send(email="mila@example.org", take="mila@gmail.com").cleaned_data["email"] == (
        "mila@example.org"
    )


@pytest.mark.parametrize("note", ["\0", "x" * 10_000, "mila@gmail.com", "gmial.com"])
def test_a_forged_note_is_no_answer(note):
    assert list(send(email="mila@gmial.com", asked_about=note).errors) == ["email"]
