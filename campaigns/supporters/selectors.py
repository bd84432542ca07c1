"""Reads that several apps share."""

from wagtail.models import Page


def known_page(page_id: int | None) -> int | None:
    """The key of a published page, or None: a form may claim to stand anywhere."""
    page = page_behind(page_id)
    return page.pk if page else None


def page_behind(page_id: int | None) -> Page | None:
    """The published page that carried a form, where it says so truly."""
    return Page.objects.live().public().filter(pk=page_id).first() if page_id else None
