"""From pages to mailings: the way there, and the mailings that have gone out about an action."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from campaigns.letters.models import UrgentAction
from campaigns.mailings.labels import MARKS, when_words
from campaigns.mailings.models import Mailing
from campaigns.workspaces import Cell, Section

from .models.mailable import Mailable

MAY_ADD = "mailings.add_mailing"


def new_mailing_url(page: Page, user: Any) -> str:
    """The form of a new mailing with this page; "" for pages or people that cannot."""
    if not isinstance(page, Mailable) or not user.has_perm(MAY_ADD):
        return ""
    return f"{reverse('mailings_of_staff:add')}?{urlencode({'page': page.pk})}"


def mailings_section(action: UrgentAction, page: Page | None, user: Any) -> list[Section]:
    """What has been sent, or is to be, of an urgent action, and the way to another one."""
    if not user.has_perm("mailings.view_mailing"):
        return []
    rows = [
        [
            Cell(mailing, reverse("mailings_of_staff:inspect", args=[mailing.pk])),
            Cell(mailing.get_state_display(), mark=MARKS.get(Mailing.State(mailing.state), "")),
            Cell(when_words(mailing)),
        ]
        for mailing in Mailing.objects.filter(urgent_action_id=action.pk)
    ]
    url = new_mailing_url(page, user) if page is not None else ""
    if url:
        rows.append([Cell(_("Send as a mailing"), url), Cell(""), Cell("")])
    return [
        Section(
            _("Mailings"),
            [_("Mailing"), _("State"), _("When")] if rows else [],
            rows,
            _("None yet."),
        )
    ]
