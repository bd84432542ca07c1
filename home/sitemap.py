"""The sitemap: every published public page, in every language it exists in."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from wagtail.models import Page

from .selectors import hidden_page_ids


class PageSitemap(Sitemap):
    limit = 2000

    def items(self) -> "QuerySet[Page]":
        pages = Page.objects.live().public().filter(depth__gt=1)
        return pages.exclude(pk__in=hidden_page_ids()).order_by("path")

    def location(self, item: Page) -> str:
        parts = item.get_url_parts()
        return parts[2] if parts and parts[2] else "/"

    def lastmod(self, item: Page) -> datetime | None:
        return item.last_published_at
