"""What happens elsewhere, followed by the pages."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from campaigns import kept_pages
from campaigns.cases.models import Case

from . import selectors, take_down


def follow_exposure(
    sender: type[Case],
    *,
    case: Case,
    now: datetime,
    former_embargo: datetime | None = None,
    **_more: object,
) -> None:
    take_down.follow_case(case=case, now=now)
    if former_embargo is not None:
        take_down.move_embargo(case=case, former=former_embargo)


def name_pages_to_rewrite(sender: type[Case], *, case: Case, **_more: object) -> list[str]:
    own = set(selectors.pages_about(case).values_list("pk", flat=True))
    return [
        _("“%(title)s” still names them: rewrite it first.") % {"title": page.title}
        for page in selectors.pages_naming(case)
        if page.pk not in own
    ]


def follow_publication(sender: type[Page], *, instance: Any, **_more: object) -> None:
    """A page about a case that may not be shown does not stay published."""
    case = getattr(instance, "about_case", None)
    if case is not None and not case.is_public():
        take_down.follow_case(case=case, now=timezone.now())


def forget_kept_pages(**_what: object) -> None:
    """What readers may see, or where, has changed."""
    kept_pages.forget_kept_pages()
