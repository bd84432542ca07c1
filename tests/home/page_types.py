"""Every type of page, with what is needed to have one; for tests that look at all of them."""

from collections.abc import Callable

from wagtail.models import Page

from home import models
from tests.factories import pages
from tests.factories.facts import make_petition, make_urgent_action

PAGE_TYPES: dict[str, Callable[[str], Page]] = {
    "HomePage": lambda language: pages.home_page(language),
    "CaseIndexPage": lambda language: pages.make_case_page(language=language).get_parent().specific,
    "CasePage": lambda language: pages.make_case_page(language=language, petition=make_petition()),
    "CaseUpdatePage": lambda language: pages.make_case_update_page(language=language),
    "CountryPage": lambda language: pages.make_country_page(language=language),
    "UrgentActionIndexPage": lambda language: (
        pages.make_urgent_action_page(language=language).get_parent().specific
    ),
    "UrgentActionPage": lambda language: pages.make_urgent_action_page(
        language=language, urgent_action=make_urgent_action(), petition=make_petition()
    ),
    "GoodNewsIndexPage": lambda language: (
        pages.make_good_news_page(language=language).get_parent().specific
    ),
    "GoodNewsPage": lambda language: pages.make_good_news_page(language=language),
    "MarathonPage": lambda language: pages.make_marathon_page(language=language),
    "NewsletterIndexPage": lambda language: (
        pages.make_newsletter_page(language=language).get_parent().specific
    ),
    "NewsletterPage": lambda language: pages.make_newsletter_page(language=language),
    "StandardPage": lambda language: pages.make_standard_page(language=language),
    "SearchPage": lambda language: pages.make_search_page(language=language),
}
MODELS = {name: getattr(models, name) for name in PAGE_TYPES}
