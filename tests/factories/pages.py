"""Pages below the home pages, published."""

from datetime import date
from itertools import count
from typing import Any, TypeVar

import wagtail_factories
from wagtail.models import Locale, Page

from campaigns.petitions.models import Edition
from home.media.models import CustomImage
from home.models import (
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

from .facts import make_case, make_country, make_petition, make_urgent_action
from .solidarity import make_marathon

_numbers = count(1)
AnyPage = TypeVar("AnyPage", bound=Page)


class ImageFactory(wagtail_factories.ImageFactory):
    class Meta:
        model = CustomImage


def make_image() -> CustomImage:
    return ImageFactory(
        title="A letter", credit="A. Photographer", file__width=800, file__height=600
    )


def home_page(language: str = "fr") -> HomePage:
    return HomePage.objects.get(locale__language_code=language)


def make_page(
    model: type[AnyPage], *, parent: Page | None = None, language: str = "fr", **fields: Any
) -> AnyPage:
    """A page, saved the way the editor publishes: with a revision, live unless told otherwise."""
    live = fields.pop("live", True)
    page = model(
        **{
            "title": f"{model._meta.verbose_name} {next(_numbers)}",
            "locale": Locale.objects.get(language_code=language),
            "live": False,
            **fields,
        }
    )
    (parent or home_page(language)).add_child(instance=page)
    if live:
        page.save_revision().publish()
        page.refresh_from_db()
    return page


def _index(model: type[AnyPage], language: str) -> AnyPage:
    found = model.objects.filter(locale__language_code=language).first()
    return found or make_page(model, language=language)


def make_standard_page(**fields: Any) -> StandardPage:
    return make_page(StandardPage, **fields)


def make_marathon_page(*, edition: Any = None, **fields: Any) -> MarathonPage:
    """The page of an edition with one case, unless `edition` says which."""
    edition = edition or Edition.objects.first() or make_marathon(make_petition())
    return make_page(MarathonPage, edition=edition, **fields)


def make_search_page(**fields: Any) -> SearchPage:
    return make_page(SearchPage, **fields)


def make_case_page(*, language: str = "fr", **fields: Any) -> CasePage:
    fields.setdefault("case", None)
    fields["case"] = fields["case"] or make_case()
    return make_page(CasePage, parent=_index(CaseIndexPage, language), language=language, **fields)


def make_urgent_action_page(*, language: str = "fr", **fields: Any) -> UrgentActionPage:
    if "urgent_action" not in fields:
        fields["urgent_action"] = make_urgent_action()
    parent = _index(UrgentActionIndexPage, language)
    return make_page(UrgentActionPage, parent=parent, language=language, **fields)


def make_good_news_page(*, language: str = "fr", **fields: Any) -> GoodNewsPage:
    fields.setdefault("happened_on", date(2026, 10, 1))
    parent = _index(GoodNewsIndexPage, language)
    return make_page(GoodNewsPage, parent=parent, language=language, **fields)


def make_case_update_page(*, language: str = "fr", **fields: Any) -> CaseUpdatePage:
    fields.setdefault("happened_on", date(2026, 10, 1))
    parent = fields.pop("case_page", None) or make_case_page(language=language)
    return make_page(CaseUpdatePage, parent=parent, language=language, **fields)


def make_newsletter_page(*, language: str = "fr", **fields: Any) -> NewsletterPage:
    fields.setdefault("issued_on", date(2026, 10, 1))
    parent = _index(NewsletterIndexPage, language)
    return make_page(NewsletterPage, parent=parent, language=language, **fields)


def make_country_page(*, language: str = "fr", **fields: Any) -> CountryPage:
    fields.setdefault("country", None)
    fields["country"] = fields["country"] or make_country()
    parent = _index(CaseIndexPage, language)
    return make_page(CountryPage, parent=parent, language=language, **fields)
