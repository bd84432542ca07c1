"""The letter on paper: a PDF to print and a document to change. Nothing of it is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from campaigns.supporters.client_limits import ClientLimit, ask_to_wait, later
from campaigns.web import personal, public_form

from .. import printing
from ..channels.words import without_withheld_names
from ..desk import Desk
from ..writing_forms import WritingForm
from . import writing

# Setting a page takes some hundredths of a second of a processor.
PAPERS = ClientLimit("letter-papers", 60)
PDF = "application/pdf"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Where a sign that cannot be printed may have been typed.
TYPED = ("subject", "salutation", "body", "closing", "name", "place")


@public_form
@personal
@require_POST
def letter_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Pages to print, sign and post."""
    return _paper(request, code, make=printing.letter_pdf, kind=PDF, ending="pdf")


@public_form
@personal
@require_POST
def letter_document(request: HttpRequest, code: str) -> HttpResponse:
    """The same for a word processor."""
    return _paper(request, code, make=printing.letter_document, kind=DOCUMENT, ending="docx")


def _paper(
    request: HttpRequest, code: str, *, make: Callable[..., bytes], kind: str, ending: str
) -> HttpResponse:
    action = writing.public_action_or_404(code)
    desk = writing.desk_or_none(action)
    if desk is None:
        return writing.closed(request, action)
    form = WritingForm(request.POST, desk=desk)
    if not form.is_valid():
        return writing.answer(request, desk, form, status=422)
    if not PAPERS.allows(request, now=timezone.now()):
        ask_to_wait(form)
        return later(writing.answer(request, desk, form, status=429))
    paper = _made(make, form, desk, on=timezone.localdate())
    if paper is None:
        return writing.answer(request, desk, form, status=422)
    response = HttpResponse(paper, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="letter-{desk.code}.{ending}"'
    return response


def _made(make: Callable[..., bytes], form: WritingForm, desk: Desk, *, on: date) -> bytes | None:
    """The file; None with a word in the form where it cannot be made."""
    try:
        written = form.written()
        # The net below the pages finds no name in a file.
        letter = without_withheld_names(written.letter)
        return make(replace(written, letter=letter), desk, on=on)
    except printing.TooLong as error:
        words = ngettext(
            "This is %(lines)d line too long for one page. Please shorten it.",
            "This is %(lines)d lines too long for one page. Please shorten it.",
            error.lines,
        )
        form.add_error("body", words % {"lines": error.lines})
    except printing.NoSign as error:
        words = _(
            "We cannot print %(signs)s. Please take it out, or take the letter as a document for"
            " your word processor."
        ) % {"signs": " ".join(error.signs)}
        typed_in: list[str | None] = [
            name for name in TYPED if any(sign in form.cleaned_data[name] for sign in error.signs)
        ]
        for name in typed_in or [None]:
            form.add_error(name, words)
    return None
