"""What authorities answered, for the few who may read it."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from wagtail.admin.ui.tables import Column
from wagtail.permissions import register_permission_policy

from campaigns.facts import day_column
from campaigns.ledgers import LedgerPermissionPolicy
from campaigns.workspaces import (
    Cell,
    Section,
    Transition,
    TransitionForm,
    WorkspaceView,
    WorkspaceViewSet,
)

from .. import replying
from ..composing import LONGEST_TEXT
from ..links import code_of_action
from ..models import Reply, UrgentAction
from ..reply_files import path_of_file

SEES_REPLIES = "letters.view_reply"
HANDLES_REPLIES = "letters.change_reply"
# Only services write them; nobody adds, rewrites or deletes one.
register_permission_policy(Reply, LedgerPermissionPolicy(Reply))

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class NoteForm(TransitionForm):
    """What staff have to say on a reply; begins with what they said before."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        widget=forms.Textarea({"rows": 5}),
        max_length=LONGEST_TEXT,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["note"].initial = self.instance.note


def _in(transition: str) -> Any:
    return lambda reply: reply.state in replying.FROM[transition]


TRANSITIONS = (
    Transition(
        "read",
        gettext_lazy("Mark as read"),
        gettext_lazy("It no longer counts as new; nobody is told."),
        replying.read_reply,
        "reply",
        is_offered=_in("read"),
        permission=HANDLES_REPLIES,
    ),
    Transition(
        "pass-on",
        gettext_lazy("Mark as passed on"),
        gettext_lazy(
            "You have given it to the researchers, by a way that is safe for everybody in it."
            " Nothing is sent from here."
        ),
        replying.pass_on_reply,
        "reply",
        is_offered=_in("pass_on"),
        permission=HANDLES_REPLIES,
    ),
    Transition(
        "note",
        gettext_lazy("Write a note"),
        gettext_lazy("What it means, who asked whom: for those who may read the reply."),
        replying.annotate_reply,
        "reply",
        is_offered=lambda _reply: True,
        form_class=NoteForm,
        permission=HANDLES_REPLIES,
    ),
)


class ReplyWorkspaceView(WorkspaceView):
    """One reply with all its words. Whoever opens it is written down."""

    template_name = "campaigns/staff/letters/reply.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        replying.note_opening(reply=self.object, by=request.user, what="open_reply")
        return response

    def sections(self) -> list[Section]:
        reply = self.object
        action = reply.urgent_action
        file = Cell(_("none"))
        if reply.file:
            file = Cell(
                _("Save the file (%(type)s)") % {"type": ENDINGS.get(reply.file_type, "?").upper()},
                reverse(self.viewset.get_url_name("file"), args=[reply.pk]),
            )
        handled = "–"
        if reply.handled_at:
            handled = f"{_moment(reply.handled_at)}, {reply.handled_by or '–'}"
        facts: list[tuple[str, Cell]] = [
            (_("State"), Cell(reply.get_state_display(), mark=_mark(reply))),
            (_("Urgent action"), Cell(action, reverse("urgent_actions:inspect", args=[action.pk]))),
            (_("Case"), Cell(action.case)),
            (_("Who answered"), Cell(reply.office or _("somebody else"))),
            (_("Date of the answer"), Cell(_day(reply.answered_on))),
            (_("Received"), Cell(_moment(reply.received_at))),
            (_("Language of the page"), Cell(reply.get_language_display())),
            (_("For questions"), Cell(reply.contact or _("no address left, or forgotten"))),
            (_("File"), file),
            (_("Handled"), Cell(handled)),
        ]
        rows = [[Cell(label), cell] for label, cell in facts]
        return [Section(_("The reply"), rows=rows)]


def replies_section(action: UrgentAction, user: Any) -> list[Section]:
    """For the workspace of an action: what was answered, for those who may read it."""
    if not user.has_perm(SEES_REPLIES):
        return []
    number = replying.new_replies(action)
    new = ngettext("%(number)s new reply.", "%(number)s new replies.", number)
    replies = action.replies.select_related("office__country").defer("text", "note", "contact")
    rows = [
        [
            Cell(_moment(reply.received_at), reverse("replies:inspect", args=[reply.pk])),
            Cell(reply.office or _("somebody else")),
            Cell(reply.get_state_display(), mark=_mark(reply)),
        ]
        for reply in replies
    ]
    return [
        Section(
            _("Replies of authorities"),
            [_("Received"), _("Who answered"), _("State")],
            rows,
            _("Nobody has passed on an answer yet."),
            notes=[new % {"number": number}] if number else [],
        )
    ]


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else "–"


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _mark(reply: Reply) -> str:
    return "wait" if reply.state == Reply.State.NEW else "good"


class ReplyViewSet(WorkspaceViewSet):
    model = Reply
    transitions = TRANSITIONS
    inspect_view_class = ReplyWorkspaceView
    # The index of references copies text.
    add_to_reference_index = False
    icon = "mail"
    menu_label = gettext_lazy("Replies of authorities")
    form_fields: list[str] = []
    list_display = [
        "__str__",
        Column("case", label=gettext_lazy("Case"), accessor="urgent_action.case"),
        Column(
            "office", label=gettext_lazy("Who answered"), accessor=lambda row: row.office or "–"
        ),
        day_column("answered_on", gettext_lazy("Date of the answer")),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
    ]
    list_filter = ["state", "urgent_action"]
    ordering = ["-received_at"]

    def rows(self) -> Any:
        return Reply.objects.select_related("urgent_action__case", "office__country").defer(
            "text", "note", "contact"
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("<uuid:pk>/file/", file_of_reply, name="file")]


@require_safe
def file_of_reply(request: HttpRequest, pk: Any) -> FileResponse:
    """The file, to be saved and never shown in the browser. Whoever takes it is written down."""
    if not request.user.has_perm(SEES_REPLIES):
        raise PermissionDenied
    reply = get_object_or_404(Reply.objects.select_related("urgent_action"), pk=pk)
    if not reply.file or reply.file_type not in ENDINGS:
        raise Http404("This reply has no file.")
    try:
        opened = path_of_file(reply.file).open("rb")
    except FileNotFoundError as error:
        raise Http404("The file is gone.") from error
    replying.note_opening(reply=reply, by=request.user, what="take_reply_file")
    action = reply.urgent_action
    code = code_of_action(action.number, action.year)
    day = timezone.localdate(reply.received_at)
    response = FileResponse(
        opened,
        as_attachment=True,
        filename=f"reply-{code}-{day:%Y-%m-%d}.{ENDINGS[reply.file_type]}",
        content_type=reply.file_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    # Should a browser open it after all: it may do and load nothing.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


reply_viewset = ReplyViewSet("replies")
