"""What a stamp costs: by where the letter goes, and by the day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns.letters.models import PostageRate, PostalSuspension
from campaigns.letters.post import postage
from home import setup
from tests.factories.facts import make_country
from tests.factories.solidarity import make_english_staff

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 21)
Zone = PostageRate.Zone


@pytest.fixture
def rates():
    for position, zone in enumerate(Zone.values, start=1):
        PostageRate.objects.create(zone=zone, price=position, valid_from=DAY)
    PostageRate.objects.create(zone=Zone.WORLD, price=4, valid_from=DAY + timedelta(days=30))
    PostageRate.objects.create(posted_in="FR", zone=Zone.WORLD, price=9, valid_from=DAY)


@pytest.mark.parametrize(
    ("code", "price"),
    [
        ("BE", 1), ("FR", 2), ("CY", 2), ("UA", 2), ("GB", 2),
        ("TR", 3), ("CN", 3), ("SV", 3), ("XA", 3), ("XZ", 3),
    ],
)  # fmt: skip
def test_a_letter_from_belgium_costs_by_where_it_goes(rates, code, price):
    rate = postage(country=make_country(code), on=DAY)
    assert (rate.price, rate.currency) == (Decimal(price), "EUR")


def test_a_price_begins_on_its_day_and_is_that_of_the_country_it_is_posted_in(rates):
    country = make_country("CN")
    assert postage(country=country, on=DAY - timedelta(days=1)) is None
    assert postage(country=country, on=DAY + timedelta(days=29)).price == 3
    assert postage(country=country, on=DAY + timedelta(days=30)).price == 4
    assert postage(country=country, posted_in="FR", on=DAY).price == 9
    assert postage(country=country, posted_in="DE", on=DAY) is None


def test_campaigners_keep_prices_and_suspensions(client, site):
    client.force_login(make_english_staff(setup.CAMPAIGNERS))
    typed = {
        "posted_in": "BE",
        "zone": "WORLD",
        "price": "3.10",
        "currency": "EUR",
        "valid_from": "2026-11-21",
    }
    for _press in range(2):
        client.post(reverse("postage_rates:add"), typed)
    assert PostageRate.objects.get().price == Decimal("3.10")
    country = make_country()
    wrong = {"country": country.pk, "since": "2026-11-21", "until": "2026-11-20"}
    assert "The last day comes after the first." in (
        client.post(reverse("postal_suspensions:add"), wrong).text
    )
    client.post(reverse("postal_suspensions:add"), {**wrong, "until": "", "words_en": "By e-mail."})
    suspension = PostalSuspension.objects.get()
    assert suspension.words == {"en": "By e-mail."}
    assert [suspension.is_on(DAY + timedelta(days=days)) for days in (-1, 0, 1)] == [
        False, True, True
    ]  # fmt: skip


def test_a_country_is_two_capital_letters():
    with pytest.raises(ValidationError):
        PostageRate(posted_in="be", price=1, valid_from=DAY).full_clean()
