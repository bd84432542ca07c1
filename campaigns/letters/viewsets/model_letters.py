"""Model letters in the workspace of their issue, and how they will look: page, text, paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access

from campaigns.localized import language_name
from campaigns.web import personal
from campaigns.workspaces import Cell, Section

from ..models import ModelLetter, UrgentActionIssue
from ..printing import CannotPrint, model_letter_pdf, preview, why_not_printable

INSPECT = "urgent_action_issues:inspect"
MODEL_LETTER = "urgent_action_issues:model_letter"


def model_letters_section(issue: UrgentActionIssue) -> Section:
    """The letters of an issue: whether each is approved and fits, and how it looks."""
    today = timezone.localdate()
    rows = []
    for letter in issue.letters.select_related("issue__urgent_action__case", "approved_by"):
        reason = why_not_printable(letter, on=today)
        rows.append(
            [
                Cell(letter.get_language_display()),
                Cell(letter.get_target_kind_display()),
                _approval(letter),
                Cell(reason, mark="bad") if reason else Cell(_("yes"), mark="good"),
                Cell(_("Page"), _address(letter, "page")),
                Cell(_("Text"), _address(letter, "text")),
                Cell("–") if reason else Cell("PDF", _address(letter, "pdf")),
            ]
        )
    return Section(
        _("Model letters"),
        [_("Language"), _("To"), _("Approved by"), _("Fits on one page"), _("Preview"), "", ""],
        rows,
        _("None yet."),
    )


def _approval(letter: ModelLetter) -> Cell:
    if letter.approved_at is None:
        return Cell(_("not yet"), mark="wait")
    return Cell(letter.approved_by or _("somebody who has left"), mark="good")


def _address(letter: ModelLetter, kind: str) -> str:
    return reverse(MODEL_LETTER, args=[letter.issue_id, letter.pk, kind])


@method_decorator([require_admin_access, personal], name="dispatch")
class PreviewView(View):
    """A model letter as writers get it, for those who read or approve it."""

    policy: Any = None  # Given by the viewset.

    def get(self, request: HttpRequest, pk: int, letter: int, kind: str) -> HttpResponse:
        if not self.policy.user_has_any_permission(request.user, {"change", "view"}):
            messages.error(request, _("Sorry, you do not have permission to access this area."))
            return HttpResponseRedirect(reverse("wagtailadmin_home"))
        letters = ModelLetter.objects.select_related("issue__urgent_action__case")
        found = get_object_or_404(letters, pk=letter, issue=pk)
        shown = {"page": self.page, "text": self.text, "pdf": self.pdf}
        return shown.get(kind, self.page)(found)

    def page(self, found: ModelLetter) -> HttpResponse:
        """As it stands on the page of the action."""
        letter = preview(found, on=timezone.localdate()).letter
        context = {
            "model_letter": found,
            "letter": {
                "salutation": letter.salutation,
                "text": letter.body,
                "closing": letter.closing,
                "language": letter.language,
            },
            "language_name": language_name(found.language, found.language).capitalize(),
            "back": reverse(INSPECT, args=[found.issue_id]),
        }
        return render(self.request, "campaigns/staff/letters/model_letter.html", context)

    def text(self, found: ModelLetter) -> HttpResponse:
        """As a mail program gets it."""
        letter = preview(found, on=timezone.localdate()).letter
        return HttpResponse(
            f"{letter.subject}\n\n{letter.text}\n", content_type="text/plain; charset=utf-8"
        )

    def pdf(self, found: ModelLetter) -> HttpResponse:
        """As it is printed; back to the workspace, which says why, where it cannot be."""
        try:
            paper = model_letter_pdf(found, on=timezone.localdate())
        except CannotPrint:
            return HttpResponseRedirect(reverse(INSPECT, args=[found.issue_id]))
        response = HttpResponse(paper, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="model-letter-{found.pk}.pdf"'
        return response
