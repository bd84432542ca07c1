"""Messages of solidarity as staff read them: what they say, to whom; never who wrote them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, View
from wagtail.admin import messages as notices
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from campaigns.cases.models import Case
from campaigns.transitions import Refused
from campaigns.workspaces import Cell, Section, WorkspaceView

from .. import services, solidarity
from ..models import Edition, SolidarityMessage
from ..moderation_forms import TickedForm
from ..workspaces import moment_words, waiting_words

PERMISSION = "petitions.moderate_message"
A_PAGE = 50
State = SolidarityMessage.State


@dataclass(frozen=True)
class Tab:
    """A state with the address of its list."""

    label: object
    url: str
    count: int
    is_current: bool


@dataclass(frozen=True)
class ReadMessage:
    """A message as it stands in the list."""

    message: SolidarityMessage
    rules: list[str]
    url: str
    is_overdue: bool


class ModerationView(WagtailAdminTemplateMixin, FormView):
    """What waits, the longest first; ticked ones are approved or refused together."""

    template_name = results_template_name = "campaigns/staff/moderation.html"
    page_title = gettext_lazy("Messages of solidarity")
    header_icon = "mail"
    form_class = TickedForm
    any_permission_required = ("view",)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        wanted = request.GET.get("state", "")
        self.state = State(wanted) if wanted in State.values else State.WAITING
        case = request.GET.get("case", "")
        self.case_id = int(case) if case.isascii() and case.isdecimal() else None
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        # Whatever was on the page when it was read; what has been decided meanwhile says so.
        found = SolidarityMessage.objects.filter(confirmed_at__isnull=False)
        ticked = [key for key in self.request.POST.getlist("messages") if _is_key(key)]
        keys = found.filter(pk__in=ticked).values_list("pk", flat=True) if ticked else []
        return {**super().get_form_kwargs(), "keys": [str(key) for key in keys]}

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        refused: list[str] = []
        count = 0
        for message in SolidarityMessage.objects.filter(pk__in=data["messages"]):
            try:
                if data["decision"] == TickedForm.APPROVE:
                    services.approve_message(
                        message=message, by=self.request.user, now=timezone.now()
                    )
                else:
                    services.refuse_message(
                        message=message,
                        reason=data["reason"],
                        by=self.request.user,
                        now=timezone.now(),
                    )
                count += 1
            except Refused as reasons:
                refused += reasons.messages
        if count:
            notices.success(self.request, _done(data["decision"], count))
        for reason in dict.fromkeys(refused):
            notices.warning(self.request, reason)
        return HttpResponseRedirect(self.request.get_full_path())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        now = timezone.now()
        found = solidarity.to_moderate(state=self.state, case_id=self.case_id)
        page = Paginator(found, A_PAGE).get_page(self.request.GET.get("page"))
        before = now - solidarity.READ_WITHIN
        waits = solidarity.moderation(now=now)
        return super().get_context_data(
            tabs=self._tabs(),
            notes=waiting_words(waits) if waits.waiting else [],
            page_of_messages=page,
            rows=[
                ReadMessage(
                    message,
                    solidarity.rules_in_words(message.case),
                    reverse("solidarity_messages:inspect", args=[message.pk]),
                    message.state == State.WAITING and message.confirmed_at < before,
                )
                for message in page.object_list
            ],
            state=self.state,
            **more,
        )

    def _tabs(self) -> list[Tab]:
        counts = dict(
            SolidarityMessage.objects.filter(confirmed_at__isnull=False)
            .order_by()
            .values_list("state")
            .annotate(number=Count("pk"))
        )
        index = reverse("solidarity_messages:index")
        return [
            Tab(state.label, f"{index}?state={state}", counts.get(state, 0), state == self.state)
            for state in State
        ]

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]


def _is_key(typed: str) -> bool:
    """Whether it can be the key of a message, as the page writes it."""
    try:
        return str(UUID(typed)) == typed
    except ValueError:
        return False


def _done(decision: str, count: int) -> str:
    if decision == TickedForm.APPROVE:
        words = ngettext("%(count)s message approved.", "%(count)s messages approved.", count)
    else:
        words = ngettext("%(count)s message refused.", "%(count)s messages refused.", count)
    return words % {"count": count}


class MessageView(WorkspaceView):
    """One message, the rules of its case, and what can be decided."""

    def get_object(self, queryset: Any = None) -> SolidarityMessage:
        super().get_object(queryset)  # 404 where there is none.
        return get_object_or_404(
            SolidarityMessage.objects.select_related("edition", "case").defer("supporter"),
            pk=self.pk,
            confirmed_at__isnull=False,
        )

    def get_page_title(self) -> str:
        return _("Message to %(name)s") % {"name": self.object.case}

    def sections(self) -> list[Section]:
        message: SolidarityMessage = self.object
        rows = [
            [Cell(_("State")), Cell(message.get_state_display())],
            [Cell(_("Text")), Cell(message.text)],
            [Cell(_("Signed as")), Cell(message.signed_as)],
            [Cell(_("Written on the site in")), Cell(message.get_language_display())],
            [Cell(_("Edition")), Cell(message.edition)],
            [Cell(_("Case")), Cell(message.case)],
        ]
        if message.confirmed_at:
            rows.append([Cell(_("Confirmed")), Cell(moment_words(message.confirmed_at))])
        if message.decided_at:
            rows.append([Cell(_("Decided")), Cell(moment_words(message.decided_at))])
        if message.reason:
            rows.append([Cell(_("Reason")), Cell(message.reason)])
        rules = solidarity.rules_in_words(message.case)
        return [
            Section(_("Message of solidarity"), rows=rows),
            Section(
                _("Rules of this case"),
                notes=rules,
                empty="" if rules else _("No rules beyond those for everybody."),
            ),
        ]


class PrintView(View):
    """The approved messages to one case, to be printed and put into the parcel."""

    def get(self, request: HttpRequest, edition: int, case: int) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        context = {
            "edition": get_object_or_404(Edition, pk=edition),
            "case": get_object_or_404(Case, pk=case),
            "messages_to_print": solidarity.to_print(edition_id=edition, case_id=case),
        }
        return render(request, "campaigns/staff/print_messages.html", context)
