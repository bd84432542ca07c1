"""“I sent a letter”, from the mail that asked for it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from campaigns.source_codes import clean_source
from campaigns.supporters.links import WithdrawnLink
from campaigns.supporters.mailed_links import MailedLinkPage
from campaigns.supporters.names import masked_names
from campaigns.supporters.recognition import known_since

from .. import acting
from ..act_forms import ActForm
from ..links import TELL_US, action_of, code_of_action
from ..models import LetterAct, UrgentActionIssue
from .declaring import to_thanks


class TellUsPage(MailedLinkPage):
    """The masked name, the action, one button; for as long as the mail is kept.

    After the deadline it still takes what is said, and says that it is counted apart.
    """

    purpose = TELL_US
    template_name = "campaigns/letters/tell_us.html"
    can_be_undone = True

    def show(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        issue = _issue_of(payload)
        action = issue.urgent_action
        supporter = known_since(payload["supporter"], at=payload["at"])
        context = {
            "action": action,
            "case": action.case,
            "code": code_of_action(action.number, action.year),
            "known_as": (masked_names(supporter) or "···") if supporter else "",
            "act_form": ActForm(issue=issue),
            "is_late": acting.is_too_late(issue, now=timezone.now()),
        }
        return render(request, self.template_name, context)

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        issue = _issue_of(payload)
        form = ActForm(request.POST, issue=issue)
        form.is_valid()
        said = form.said()
        now = timezone.now()
        # Whoever has said since that it was not them is nobody here; their letter is one.
        supporter = known_since(payload["supporter"], at=payload["at"])
        act = acting.declare_letter(
            issue=issue,
            office=said.office,
            channel=said.channel,
            language=said.language,
            page_language=get_language() or settings.LANGUAGE_CODE,
            via=LetterAct.Via.MAIL,
            supporter=supporter,
            source=clean_source(str(payload.get("source", ""))),
            # One reader's link: the same press whether we still know them or not.
            press=acting.press_of_supporter(
                supporter_id=payload["supporter"],
                issue=issue,
                office_id=said.office.pk if said.office else None,
                channel=said.channel,
                now=now,
            ),
            now=now,
        )
        return to_thanks(act)


def _issue_of(payload: dict[str, Any]) -> UrgentActionIssue:
    """The issue that what is said counts for: that of the mail, or what has followed upon it.

    Raises WithdrawnLink where nothing may be said of it.
    """
    mailed = UrgentActionIssue.objects.filter(pk=payload["issue"]).select_related("urgent_action")
    issue = mailed.first()
    found = issue.urgent_action if issue else None
    action = action_of(code_of_action(found.number, found.year)) if found else None
    asking = acting.asking_issue(action) if action else None
    if asking is None or not asking.urgent_action.case.is_public(at=timezone.now()):
        raise WithdrawnLink(TELL_US.name)
    return asking
