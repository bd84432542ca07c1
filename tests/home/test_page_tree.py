"""Which page may stand below which."""

import pytest
from wagtail.models import Page
from wagtail.test.utils import WagtailPageTestCase

from home.models import (
    BasePage,
    CaseIndexPage,
    CasePage,
    CaseUpdatePage,
    CountryPage,
    GoodNewsIndexPage,
    GoodNewsPage,
    HomePage,
    MarathonPage,
    NewsletterIndexPage,
    NewsletterPage,
    SearchPage,
    StandardPage,
    UrgentActionIndexPage,
    UrgentActionPage,
)
from tests.factories.pages import home_page, make_page

rules = WagtailPageTestCase()
TREE = {
    Page: {HomePage},
    HomePage: {
        *(CaseIndexPage, UrgentActionIndexPage, GoodNewsIndexPage, MarathonPage, StandardPage),
        *(NewsletterIndexPage, SearchPage),
    },
    MarathonPage: set(),
    NewsletterIndexPage: {NewsletterPage},
    NewsletterPage: set(),
    CaseIndexPage: {CasePage, CountryPage},
    UrgentActionIndexPage: {UrgentActionPage},
    GoodNewsIndexPage: {GoodNewsPage},
    StandardPage: {StandardPage},
    CasePage: {CaseUpdatePage},
    CaseUpdatePage: set(),
    CountryPage: set(),
    UrgentActionPage: set(),
    GoodNewsPage: set(),
    SearchPage: set(),
}


@pytest.mark.parametrize("parent", [model for model in TREE if model is not Page])
def test_the_tree_has_one_shape(parent):
    rules.assertAllowedSubpageTypes(parent, TREE[parent])
    above = {model for model, children in TREE.items() if parent in children}
    rules.assertAllowedParentPageTypes(parent, above)


def test_home_pages_stand_on_the_root_alone():
    assert HomePage.parent_page_types == ["wagtailcore.Page"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    [CaseIndexPage, UrgentActionIndexPage, GoodNewsIndexPage, NewsletterIndexPage, SearchPage],
)
def test_there_is_one_list_of_each_kind_per_language(site, model):
    assert model.can_create_at(home_page("fr"))
    make_page(model, language="fr")
    assert not model.can_create_at(home_page("fr"))
    assert model.can_create_at(home_page("nl"))


def test_every_page_type_says_what_it_is_for():
    for model in BasePage.__subclasses__():
        assert model.get_page_description()
        assert model.page_description
