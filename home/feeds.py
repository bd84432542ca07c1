"""Feeds of urgent actions and good news, one per language."""

from datetime import datetime, time

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from . import selectors

MOST_ITEMS = 20


class _PageFeed(Feed):
    """Pages of the active language, whatever lists them."""

    feed_name: str

    def get_object(self, request: HttpRequest) -> Locale | None:
        return Locale.objects.filter(language_code=get_language()).first()

    def link(self) -> str:
        return reverse(self.feed_name)


class UrgentActionFeed(_PageFeed):
    """What can be acted on now."""

    title = _("Urgent actions")
    description = _("People in danger who need letters now.")
    feed_name = "feed_urgent_actions"

    def items(self, locale: Locale | None) -> list[selectors.UrgentActionCard]:
        if locale is None:
            return []
        cards = selectors.urgent_action_cards(locale.pk, falls_back=False)
        return selectors.by_deadline(cards)[:MOST_ITEMS]

    def item_title(self, item: selectors.UrgentActionCard) -> str:
        return item.page.title

    def item_description(self, item: selectors.UrgentActionCard) -> str:
        return item.page.introduction

    def item_link(self, item: selectors.UrgentActionCard) -> str:
        return item.page.full_url or ""

    def item_pubdate(self, item: selectors.UrgentActionCard) -> datetime:
        return item.page.first_published_at or timezone.now()


class GoodNewsFeed(_PageFeed):
    """What has become better."""

    title = _("Good news")
    description = _("What became better after the letters, and what is not right yet.")
    feed_name = "feed_good_news"

    def items(self, locale: Locale | None) -> list[selectors.GoodNewsCard]:
        if locale is None:
            return []
        return selectors.good_news_cards(locale.pk, falls_back=False)[:MOST_ITEMS]

    def item_title(self, item: selectors.GoodNewsCard) -> str:
        return item.page.title

    def item_description(self, item: selectors.GoodNewsCard) -> str:
        return item.page.introduction

    def item_link(self, item: selectors.GoodNewsCard) -> str:
        return item.page.full_url or ""

    def item_pubdate(self, item: selectors.GoodNewsCard) -> datetime:
        return datetime.combine(item.happened_on, time(12), tzinfo=timezone.get_current_timezone())
