"""The letter of the month: on the page of its case, written at the same desk, over with its day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.letters.links import code_of_action
from campaigns.letters.models import LetterAct, UrgentAction
from tests.factories.pages import make_case_page
from tests.factories.writing import make_action_with_embassy

pytestmark = pytest.mark.django_db
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def letter(site):
    action = make_action_with_embassy(office={"email": "minister@example.org"})
    action.kind = UrgentAction.Kind.MONTHLY
    action.save()
    return action


@pytest.fixture
def desk_address(letter):
    return f"/en/letters/{code_of_action(letter.number, letter.year)}/"


def test_it_stands_on_the_page_of_its_case_while_it_can_be_written(
    client, letter, desk_address, time_machine
):
    page = make_case_page(language="en", case=letter.case)
    assert f'href="{desk_address}"' in client.get(page.url).text
    time_machine.move_to(timezone.now() + timedelta(days=90))
    assert f'href="{desk_address}"' not in client.get(page.url).text
    assert client.get(desk_address).status_code == 410


def test_an_urgent_action_is_none(client, letter, desk_address):
    UrgentAction.objects.update(kind=UrgentAction.Kind.URGENT)
    page = make_case_page(language="en", case=letter.case)
    assert f'href="{desk_address}"' not in client.get(page.url).text


def test_it_is_called_what_it_is_and_counted_like_any_letter(client, letter, desk_address):
    html = client.get(desk_address).text
    assert f"Letter of the month {letter}" in html
    assert "Urgent action" not in html.partition("<main")[2].partition("</main")[0]
    answer = client.post(f"{desk_address}sent/", {"channel": "POST"}, headers=FROM_HERE)
    assert answer.status_code == 303
    assert LetterAct.objects.in_time().filter(issue__urgent_action=letter).count() == 1


def test_its_short_address_leads_to_the_page_of_the_case(client, letter):
    page = make_case_page(language="en", case=letter.case)
    code = code_of_action(letter.number, letter.year)
    answer = client.get(f"/{code}", headers={"Accept-Language": "en"})
    assert answer.status_code == 302
    assert answer.url == page.url
