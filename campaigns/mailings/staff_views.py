"""Pages around a mailing's own: its words to read, its progress, its people, the calendar."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from campaigns.supporters.models import Supporter
from campaigns.supporters.selectors import find_supporters
from campaigns.supporters.services.care import note_viewing
from campaigns.workspaces import Cell, Section

from . import schedule, selectors
from .drafts import look_at
from .forms import FindRecipientForm
from .freezing import LARGE, Frozen
from .labels import STATE_MARKS, language_words, moment_words, number_words
from .models import Delivery, Mailing
from .samples import sample_of
from .sections import progress_context
from .staff_acts import SEES_RECIPIENTS
from .workspaces import found_mailing

VIEW = "mailings.view_mailing"
A_PAGE = 100
MOST_FOUND = 25
# Mode → (words, class of the frame).
MODES = {
    "light": gettext_lazy("light"),
    "dark": gettext_lazy("dark"),
    "phone": gettext_lazy("on a telephone"),
    "text": gettext_lazy("plain text"),
}


class OfMailing(WagtailAdminTemplateMixin, View):
    """Anything about one mailing, for those who have `permission`."""

    permission = VIEW
    page_title: Any = ""
    header_icon = "mail"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        try:
            self.mailing = found_mailing(kwargs["pk"])
        except Mailing.DoesNotExist:
            raise Http404("No such mailing.") from None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def mailing_url(self) -> str:
        return reverse("mailings_of_staff:inspect", args=[self.mailing.pk])

    def get_page_subtitle(self) -> str:
        return str(self.mailing)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("mailings_of_staff:index"), "label": _("Mailings")},
            {"url": self.mailing_url, "label": str(self.mailing)},
            {"url": "", "label": str(self.get_page_title())},
        ]


class ProgressView(OfMailing, TemplateView):
    """The part of the page that changes by itself, alone."""

    template_name = "campaigns/staff/mailings/progress.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        is_prepared = self.mailing.prepared_at is not None
        counted = selectors.ledger(self.mailing) if is_prepared else None
        return {**more, **progress_context(self.mailing, counted)}


class OfWords(OfMailing):
    """About the words of one language."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.language = kwargs["language"]

    @property
    def frozen(self) -> Frozen:
        found = look_at(self.mailing).of(self.language)
        if found is None:
            raise Http404("No words in this language.")
        return found


class WordsView(OfWords, TemplateView):
    """One language to read: as HTML in a frame of its own, or as plain text."""

    template_name = "campaigns/staff/mailings/words.html"

    def get_page_title(self) -> str:
        return language_words(self.language)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        mode = self.request.GET.get("as", "")
        mode = mode if mode in MODES else "light"
        frozen = self.frozen
        own = reverse("mailings_of_staff:words", args=[self.mailing.pk, self.language])
        frame = reverse("mailings_of_staff:mail", args=[self.mailing.pk, self.language])
        said = {
            "mailing": self.mailing,
            "mailing_url": self.mailing_url,
            "frozen": frozen,
            "sample": sample_of(frozen.content),
            "size": max(round(frozen.content.size / 1000), 1),
            "is_large": frozen.content.size >= LARGE,
            "language": self.language,
            "mode": mode,
            "modes": [(f"{own}?as={each}", words, each == mode) for each, words in MODES.items()],
            "others": [
                (
                    reverse("mailings_of_staff:words", args=[self.mailing.pk, code])
                    + f"?as={mode}",
                    language_words(code),
                    code == self.language,
                )
                for code in look_at(self.mailing).languages
            ],
            "frame_url": f"{frame}?dark" if mode == "dark" else frame,
        }
        return super().get_context_data(**{**more, **said})


@method_decorator(xframe_options_sameorigin, name="dispatch")
class MailView(OfWords):
    """The mail itself, for the frame. No script, no form, nothing loaded from elsewhere."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sample = sample_of(self.frozen.content, is_dark="dark" in request.GET)
        response = HttpResponse(sample.html)
        parts = urlsplit(settings.BASE_URL)
        response["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline';"
            f" img-src 'self' data: {parts.scheme}://{parts.netloc};"
            " frame-ancestors 'self'; form-action 'none'; base-uri 'none';"
            " sandbox allow-popups allow-popups-to-escape-sandbox"
        )
        response["Referrer-Policy"] = "no-referrer"
        return response


class PeopleView(OfMailing, TemplateView):
    """Everybody whose mail came to the same end for the same reason. Who looked is noted."""

    template_name = "campaigns/staff/mailings/people.html"
    permission = SEES_RECIPIENTS
    page_title = gettext_lazy("People")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.state = kwargs["state"]
        self.reason = kwargs["reason"].strip("-")
        if self.state not in Delivery.State.values or (
            self.reason and self.reason not in Delivery.Reason.values
        ):
            raise Http404("No such list.")

    def get_page_title(self) -> str:
        words = capfirst(str(Delivery.State(self.state).label))
        return f"{words}: {Delivery.Reason(self.reason).label}" if self.reason else words

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        note_looking(self.mailing, self.request.user)
        found = selectors.people_of(self.mailing, self.state, self.reason)
        page = Paginator(found, A_PAGE).get_page(self.request.GET.get("page"))
        rows = list(page.object_list)
        reports = selectors.last_reports([row.pk for row in rows])
        section = Section(
            _("%(count)s in all") % {"count": number_words(page.paginator.count)},
            [
                *(_("Supporter"), _("E-mail address"), _("Mail in"), _("Chunk")),
                *(_("Provider's number"), _("Last report")),
            ],
            [
                [
                    _supporter_cell(row.supporter, self.request.user),
                    Cell((row.supporter and row.supporter.email) or "–"),
                    Cell(language_words(row.language) if row.language else "–"),
                    Cell(row.chunk_number or "–"),
                    Cell(row.provider_message_id or "–"),
                    Cell(_report_words(reports.get(row.pk))),
                ]
                for row in rows
            ],
            _("Nobody."),
        )
        return super().get_context_data(sections=[section], page_of_people=page, **more)


@method_decorator(sensitive_post_parameters("q"), name="dispatch")
class FindRecipientView(OfMailing, FormView):
    """Who got it: what is typed is posted, and stands in no address or log. Who looked is noted."""

    template_name = "campaigns/staff/mailings/find.html"
    permission = SEES_RECIPIENTS
    page_title = gettext_lazy("Who got it")
    form_class = FindRecipientForm

    def form_valid(self, form: Any) -> HttpResponse:
        people = list(find_supporters(form.cleaned_data["q"])[: MOST_FOUND + 1])
        is_cut = len(people) > MOST_FOUND
        people = people[:MOST_FOUND]
        with transaction.atomic():
            note_looking(self.mailing, self.request.user)
            for person in people:
                note_viewing(supporter=person, by=self.request.user)
        fates = selectors.fates_of(self.mailing, [person.pk for person in people])
        reports = selectors.last_reports([row.pk for row in fates.values()])
        section = Section(
            _("Found: %(count)s") % {"count": len(people)},
            [
                *(_("Supporter"), _("E-mail address"), _("What happened"), _("Why")),
                *(_("Mail in"), _("Last report")),
            ],
            [
                [
                    _supporter_cell(person, self.request.user),
                    Cell(person.email or "–"),
                    *_fate_cells(fates.get(person.pk), reports),
                ]
                for person in people
            ],
            _("Nobody with this address or name. Try a part of it."),
            notes=[_("There are more. Type more of the address or the name.")] if is_cut else [],
        )
        return self.render_to_response(self.get_context_data(form=form, sections=[section]))


def note_looking(mailing: Mailing, user: Any) -> None:
    """Log who looked at the recipients, and nothing of what was seen."""
    log(instance=mailing, action="mailings.look", user=user)


def _supporter_cell(supporter: Supporter | None, user: Any) -> Cell:
    if supporter is None:
        return Cell(_("erased since"))
    may_look = user.has_perm("supporters.view_supporter")
    return Cell(
        supporter,
        reverse("staff_supporters:inspect", args=[supporter.pk]) if may_look else "",
    )


def _fate_cells(row: Delivery | None, reports: Any) -> list[Cell]:
    if row is None:
        words = _("not among the candidates: the audience did not find them at that time")
        return [Cell(words), Cell("–"), Cell("–"), Cell("–")]
    return [
        Cell(row.get_state_display(), mark=STATE_MARKS.get(Delivery.State(row.state), "")),
        Cell(row.get_reason_display() if row.reason else "–"),
        Cell(language_words(row.language) if row.language else "–"),
        Cell(_report_words(reports.get(row.pk))),
    ]


def _report_words(event: Any) -> str:
    """The last thing heard of a mail."""
    if event is None:
        return "–"
    words = {
        "queued": _("taken by the provider"),
        "sent": _("on its way"),
        "delivered": _("arrived"),
        "deferred": _("put off by the mailbox"),
        "bounced": _("came back"),
        "rejected": _("refused by the provider"),
        "failed": _("failed"),
        "complained": _("reported as spam"),
        "unsubscribed": _("stopped the mails"),
    }.get(event.event_type, event.event_type)
    return f"{words}, {moment_words(event.moment)}"


class CalendarView(WagtailAdminTemplateMixin, TemplateView):
    """What goes to whom, four weeks back and eight ahead."""

    template_name = "campaigns/staff/mailings/calendar.html"
    page_title = gettext_lazy("Calendar")
    header_icon = "calendar-alt"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        now = timezone.now()
        weeks = schedule.weeks(now=now)
        return super().get_context_data(
            weeks=[week for week in weeks if not week.is_past],
            past_weeks=[week for week in reversed(weeks) if week.is_past],
            sections=[schedule.rhythm_section(now=now)],
            **more,
        )
