from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from campaigns.cases.models import Case
from campaigns.cases.selectors import badge
from campaigns.letters.figures import letters_declared
from campaigns.letters.links import code_of_action
from campaigns.letters.models import UrgentAction, UrgentActionIssue
from campaigns.letters.selectors import Deadline, IssueContent, chain, content_of_action
from campaigns.letters.selectors import deadline as deadline_of
from campaigns.localized import words_in
from campaigns.mailings.words import MailFacts
from campaigns.supporters.models import Formula
from home import selectors
from home.blocks.bodies import InstructionsBody, PageBody
from home.filters import UrgentActionFilter

from .base import BasePage, SynchronizedField
from .mailable import Mailable
from .petition_fields import PetitionFields


class UrgentActionIndexPage(BasePage):
    """What is open, by deadline; then what is over."""

    template = "pages/urgent_action_index_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.UrgentActionPage"]
    max_count_per_parent = 1
    page_description = _("The list of urgent actions.")

    class Meta:
        verbose_name = _("list of urgent actions")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        wanted = UrgentActionFilter(
            request.GET, selectors.with_themes(selectors.urgent_action_cards(self.locale_id))
        )
        context["filter"] = wanted
        context["urgent_actions"] = selectors.by_deadline(wanted.cards)
        context["closed_urgent_actions"] = [
            card for card in wanted.cards if not card.deadline.is_open
        ]
        return context


class UrgentActionPage(Mailable, PetitionFields, BasePage):
    """An urgent action in its five parts.

    The introduction is the short description, the body is more information, and the instructions
    are here too. The model letter and the addresses are facts: they come from the latest issue.
    """

    template = "pages/urgent_action_page.html"
    parent_page_types = ["home.UrgentActionIndexPage"]
    subpage_types: list[str] = []
    page_description = _("An urgent action: five parts, one deadline.")
    mail_kind = "urgent_action"

    urgent_action = models.ForeignKey(
        "letters.UrgentAction", models.PROTECT, related_name="+", verbose_name=_("urgent action")
    )
    picture = models.ForeignKey(
        "media.CustomImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
        help_text=_("Shown while consent holds."),
    )
    picture_alt = models.CharField(_("picture in words"), max_length=255, blank=True, default="")
    body = StreamField(PageBody(), blank=True, verbose_name=_("more information"))
    instructions = StreamField(InstructionsBody(), blank=True, verbose_name=_("instructions"))
    outcome = models.TextField(
        _("what became of it"),
        blank=True,
        default="",
        help_text=_("Stands first once the action is over. Claim no more than is known."),
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("body"),
        FieldPanel("instructions"),
        FieldPanel("outcome"),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], heading=_("Picture")),
        PetitionFields.petition_words_panel,
        Mailable.mail_panel,
        MultiFieldPanel([FieldPanel("urgent_action"), FieldPanel("petition")], heading=_("Facts")),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.SearchField("outcome"),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *PetitionFields.petition_translatable_fields,
        SynchronizedField("urgent_action", overridable=False),
        SynchronizedField("picture", overridable=False),
    ]

    class Meta:
        verbose_name = _("urgent action page")

    @cached_property
    def facts(self) -> UrgentAction:
        """The urgent action with its case and deadline."""
        return selectors.urgent_action_facts(self.urgent_action_id)

    @property
    def main_picture(self) -> Any:
        """The picture that stands for this page elsewhere. Ask the case whether it may."""
        return self.picture

    @property
    def main_picture_alt(self) -> str:
        return self.picture_alt

    @property
    def about_case(self) -> Case | None:
        return self.facts.case

    @cached_property
    def deadline(self) -> Deadline:
        """Until when it can be acted on, as seen when the page is made."""
        return deadline_of(self.facts, now=timezone.now())

    def sign_context(self, request: Any) -> dict[str, Any] | None:
        """The form, which closes with the action even where the petition goes on elsewhere."""
        context = super().sign_context(request)
        if context is not None:
            context["goes_on"] = context["is_open"] and not self.deadline.is_open
            context["is_open"] = context["is_open"] and self.deadline.is_open
        return context

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        action, case = self.facts, self.facts.case
        context["urgent_action"] = action
        context["deadline"] = self.deadline
        context["case"] = case
        context["badge"] = badge(case)
        context["picture"] = self.picture if case.shows_image else None
        issues = chain(action)
        context["chain"] = issues
        context["issue"] = content_of_action(action, issues, now=timezone.now())
        content = context["issue"]
        context["writes"] = (
            self.deadline.is_open
            and content is not None
            and (bool(content.targets) or content.embassy is not None)
        )
        rules = case.writer_rules.first() if self.deadline.is_open else None
        context["rules"] = rules
        context["rules_note"] = words_in(rules.note) if rules else None
        context["case_page"] = selectors.page_of_case(case.pk, self.locale_id)
        context["sign"] = self.sign_context(request)
        code = code_of_action(action.number, action.year)
        context["code"] = code
        context["letters"] = letters_declared(action)
        context["short_address"] = selectors.short_address(code)
        if not self.deadline.is_open:
            context["other_actions"] = selectors.by_deadline(
                selectors.urgent_action_cards(self.locale_id)
            )[:3]
        return context

    @property
    def mail_source(self) -> str:
        return f"mail-{code_of_action(self.facts.number, self.facts.year)}"

    def mail_facts(self, *, now: datetime) -> MailFacts:
        action = self.facts
        issues = chain(action)
        latest = issues[-1] if issues else None
        is_open = deadline_of(action, now=now).is_open
        is_first = latest is None or latest.kind == UrgentActionIssue.Kind.FIRST
        return MailFacts(
            kind=(
                Formula.Content.URGENT_ACTION
                if is_open and is_first
                else Formula.Content.ACTION_UPDATE
            ),
            case_id=action.case_id,
            urgent_action_id=action.pk,
            issue_id=latest.pk if latest else None,
            petition_id=self.petition_id,
            asks_to_act=is_open,
            is_stop=latest is not None and latest.kind == UrgentActionIssue.Kind.STOP,
        )

    def mail_context(self, *, now: datetime) -> dict[str, Any]:
        action, case = self.facts, self.facts.case
        until, issue = deadline_of(action, now=now), self._issue(now=now)
        rules = case.writer_rules.first() if until.is_open else None
        return {
            "urgent_action": action,
            "case": case,
            "badge": badge(case),
            "deadline": until,
            "issue": issue,
            "ending": self._ending(issue, now=now),
            "picture": self.picture if case.shows_image else None,
            "rules": rules,
            "rules_note": words_in(rules.note) if rules else None,
            "write_url": reverse(
                "letters:write", args=[code_of_action(action.number, action.year)]
            ),
            "signs_in_one_press": until.is_open
            and self.petition is not None
            and self.petition.is_open(at=now),
        }

    def subject_now(self, *, now: datetime) -> str:
        """The editors' words call for action: once it is over, the subject says just that."""
        over = {
            "STOP": gettext("Please do not write any more"),
            "OUTCOME": gettext("What became of it"),
            "EXPIRED": gettext("This action has ended"),
        }
        ending = self._ending(self._issue(now=now), now=now)
        if not ending:
            return super().subject_now(now=now)
        return gettext("%(what)s: %(title)s") % {"what": over[ending], "title": self.title}

    def preheader_now(self, *, now: datetime) -> str:
        issue = self._issue(now=now)
        if self._ending(issue, now=now):
            happened = issue.words.text if issue else ""
            return happened or self.outcome or gettext("Thank you to everybody who wrote.")
        changed = issue.what_changed.text if issue else ""
        return self.mail_preheader or changed or self.introduction

    def _issue(self, *, now: datetime) -> IssueContent | None:
        return content_of_action(self.facts, chain(self.facts), now=now)

    def _ending(self, issue: IssueContent | None, *, now: datetime) -> str:
        """How the action ended: stopped, with an outcome, or with its last day; "" while it runs.

        And before its first issue, when editors look at what they are preparing.
        """
        if issue is None or deadline_of(self.facts, now=now).is_open:
            return ""
        kind = issue.issue.kind
        return "EXPIRED" if kind in UrgentActionIssue.ACTABLE else str(kind)
