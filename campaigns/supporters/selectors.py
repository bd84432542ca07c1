"""Reads that several apps share."""

from wagtail.models import Page


def known_page(page_id: int | None) -> int | None:
    """The key of a published page, or None: a form may claim to stand anywhere."""
    if page_id is None:
        return None
    return Page.objects.live().filter(pk=page_id).values_list("pk", flat=True).first()
