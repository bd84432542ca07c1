"""From a kind of mail to its three parts. No database, no network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import mrml
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

# Without this, mrml links a font at a third party from every mail.
NO_WEB_FONTS: dict[str, str] = {}


class UnrenderableMail(Exception):
    """The MJML of a mail does not hold together; the message names the template."""


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def render_mail(*, kind: str, language: str, context: Mapping[str, Any]) -> RenderedMail:
    """Render the subject, the plain text and the HTML of `kind` in `language`.

    The text is a template of its own, not HTML with its tags stripped. Raises UnrenderableMail.
    """
    with translation.override(language):
        full = {
            **context,
            "language": language,
            "organisation": settings.ORGANISATION_NAME,
            "base_url": settings.BASE_URL,
        }
        subject = " ".join(render_to_string(f"email/{kind}/subject.txt", full).split())
        text = tidy(render_to_string(f"email/{kind}/body.txt", full))
        mjml = render_to_string(f"email/{kind}/body.mjml", {**full, "subject": subject})
    html = html_of_mjml(mjml, f"email/{kind}/body.mjml")
    return RenderedMail(subject=subject, text=text, html=html)


def html_of_mjml(mjml: str, name: str) -> str:
    """The HTML of a whole MJML document. Raises UnrenderableMail with its `name`."""
    try:
        return str(mrml.to_html(mjml, render_options=_options()).content)
    except OSError as error:
        raise UnrenderableMail(name) from error


@cache
def _options() -> "mrml.RenderOptions":
    return mrml.RenderOptions(fonts=NO_WEB_FONTS)


def tidy(text: str) -> str:
    """Template tags leave blank lines behind; a mail has at most one in a row."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
