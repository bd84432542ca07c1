"""How a mail looks to a sample reader: light, dark, on a telephone, as plain text."""

from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from campaigns.mailings.freezing import freeze
from campaigns.mailings.samples import sample_of

from .mails import words


def preview(page: Any, mode: str) -> HttpResponse:
    """The mail that a page would become, in a frame with its subject, and what is wrong with it."""
    frozen = freeze(words(page))
    is_dark = mode == "mail-dark"
    sample = sample_of(frozen.content, is_dark=is_dark)
    return HttpResponse(
        render_to_string(
            "pages/mail_preview.html",
            {
                "subject": sample.subject,
                "preheader": sample.preheader,
                "size": frozen.content.size,
                "problems": frozen.problems,
                "warnings": frozen.warnings,
                "language": frozen.content.language,
                "is_dark": is_dark,
                "is_narrow": mode == "mail-narrow",
                "text": sample.text if mode == "mail-text" else "",
                "html": sample.html,
            },
        )
    )
