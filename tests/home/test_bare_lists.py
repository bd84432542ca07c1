"""Lists that have little or nothing to show."""

import pytest

from home.models import CaseIndexPage, UrgentActionIndexPage
from tests.factories.facts import make_case
from tests.factories.pages import make_case_page, make_page
from tests.pages import ServedPage

pytestmark = pytest.mark.django_db


def test_a_choice_without_alternatives_is_not_offered(client, site):
    case = make_case()
    path = make_case_page(case=case).get_parent().url
    assert ServedPage(client.get(path).text).all("select", name="country") == []


def test_where_there_is_nothing_at_all_the_page_stands(client, site):
    for model in (CaseIndexPage, UrgentActionIndexPage):
        page = make_page(model)
        for asked in ({}, {"state": "open"}):
            response = client.get(page.url, asked)
            assert response.status_code == 200
            assert ServedPage(response.text).all("p", **{"class": "empty"})
