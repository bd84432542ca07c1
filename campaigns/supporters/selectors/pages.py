"""The pages that carry our forms."""

from wagtail.models import Page

from campaigns.memory import remembered


def known_page(page_id: int | None) -> int | None:
    """The key of a published page, or None: a form may claim to stand anywhere."""
    return _published(page_id) if page_id else None


@remembered
def _published(page_id: int) -> int | None:
    return Page.objects.live().filter(pk=page_id).values_list("pk", flat=True).first()


def page_behind(page_id: int | None) -> Page | None:
    """The page that carried a form, where everybody may see it and the form says so truly."""
    return Page.objects.live().public().filter(pk=page_id).first() if page_id else None
