"""A mail as a sample reader sees it: a name, and links that lead nowhere."""

from dataclasses import dataclass

from campaigns.outbox.bulk.batches import fill

from .models import MailingContent
from .readers import sample_values

SAMPLE_NAME = "Marie"
# Nobody's own link may stand in a preview.
SAMPLE_LINK = "https://example.org/link/sample/"
IN_THE_DARK = "(prefers-color-scheme: dark)"


@dataclass(frozen=True)
class Sample:
    """What the sample reader gets."""

    subject: str
    preheader: str
    html: str
    text: str


def sample_of(content: MailingContent, *, is_dark: bool = False) -> Sample:
    """The words of one language, filled; the HTML in one of its two colour schemes."""
    values = sample_values(content.language, first_name=SAMPLE_NAME, link=SAMPLE_LINK)
    html = fill(content.html, values, is_html=True)
    return Sample(
        subject=fill(content.subject, values),
        preheader=fill(content.preheader, values),
        html=_in_scheme(html, is_dark=is_dark),
        text=fill(content.text, values),
    )


def _in_scheme(html: str, *, is_dark: bool) -> str:
    """As a mail program shows it that was told to be dark or light, whatever this browser was."""
    html = html.replace(IN_THE_DARK, "all" if is_dark else "not all")
    html = html.replace("light dark", "dark" if is_dark else "light")
    # Whoever follows a link wants to see where it leads, not to lose the page.
    return html.replace("<head>", '<head><base target="_blank">', 1)
