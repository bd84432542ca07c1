"""Formulas as staff edit them."""

import pytest
from django.urls import reverse

from campaigns.supporters.models import Formula
from tests.factories.facts import make_formula
from tests.pages import ServedPage
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
Channel = Formula.Channel


def typed(**changes):
    words = {
        f"{field}_{code}": f"{field} {code}"
        for field in ("title", "description")
        for code in LANGUAGES
    }
    return {
        "code": "new-formula",
        **words,
        "rhythm": "MONTHLY",
        "channels": ["EMAIL"],
        "content_kinds": ["NEWSLETTER"],
        "theme_choice": "NONE",
        "country_choice": "MANY",
        "case_choice": "ONE",
        "minimum_age": "13",
        "is_offered": "on",
        "position": "0",
        **changes,
    }


def test_staff_say_what_a_formula_brings_and_asks_for(admin_client, site):
    response = admin_client.post(reverse("formulas:add"), typed())
    assert response.status_code == 302
    formula = Formula.objects.get(code="new-formula")
    assert (formula.channels, formula.content_kinds) == (["EMAIL"], ["NEWSLETTER"])
    assert (formula.case_choice, formula.country_choice) == ("ONE", "MANY")
    assert formula.minimum_age == 13


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channels": ["EMAIL", "SMS"]}, "needs_phone"),
        ({"channels": ["POST"]}, "needs_postal_address"),
        ({"channels": []}, "channels"),
        ({"channels": ["PIGEON"]}, "channels"),
        ({"minimum_age": "16"}, "minimum_age"),
        ({"minimum_age": "3"}, "minimum_age"),
    ],
)
def test_what_cannot_work_is_said_beside_the_field(admin_client, site, changes, field):
    response = admin_client.post(reverse("formulas:add"), typed(**changes))
    assert response.status_code == 200
    assert not Formula.objects.exists()
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert errors[field][0] in response.text.replace("&#x27;", "'")


def test_channels_with_what_they_need_are_taken(admin_client, site):
    changes = {"channels": ["SMS", "POST"], "needs_phone": "on", "needs_postal_address": "on"}
    assert admin_client.post(reverse("formulas:add"), typed(**changes)).status_code == 302


def test_the_code_of_a_formula_stays_the_same(admin_client, site):
    formula = make_formula(channels=["EMAIL"])
    url = reverse("formulas:edit", args=[formula.pk])
    page = ServedPage(admin_client.get(url).text)
    [code] = page.all("input", name="code")
    assert "disabled" in code.attributes
    assert admin_client.post(url, typed(code="other")).status_code == 302
    formula.refresh_from_db()
    assert (formula.code != "other", formula.title["fr"]) == (True, "title fr")
