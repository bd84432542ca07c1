"""What people do on the site, step by step: type, press, open a mail, follow its link."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from campaigns.outbox.services import sweep
from tests.pages import ServedPage

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# What a browser sends with a form of our own pages.
FROM_HERE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}


def address(name: str, *args: Any, language: str = "fr") -> str:
    """The path of a named view in a language."""
    with translation.override(language):
        return reverse(name, args=args)


def typed_signature(**changes: Any) -> dict[str, Any]:
    return {
        "given_name": "Mila",
        "family_name": "Dubreux",
        "email": "mila@example.org",
        "country": "BE",
        **changes,
    }


def press_sign(client: Client, petition: Any, *, language: str = "fr", **changes: Any) -> Any:
    """Send the signing form."""
    path = address("petitions:sign", petition.reference, language=language)
    return client.post(path, typed_signature(**changes), headers=FROM_HERE)


def press_sign_up(client: Client, *formulas: Any, language: str = "fr", **changes: Any) -> Any:
    """Send the sign-up form."""
    typed = {
        "formulas": [formula.pk for formula in formulas],
        "given_name": "Mila",
        "email": "mila@example.org",
        "language": language,
        **changes,
    }
    return client.post(address("supporters:sign_up", language=language), typed, headers=FROM_HERE)


def deliver_mail(
    mailoutbox: list[EmailMessage], *, after: timedelta = timedelta(0)
) -> list[EmailMessage]:
    """Let the sweeper deliver what is due `after` a while; returns the new mails.

    A mailbox gets what anybody can cause only every ten minutes: a second such mail needs a while.
    """
    before = len(mailoutbox)
    now = timezone.now() + after
    sweep(now=now, until=now + timedelta(minutes=1))
    return mailoutbox[before:]


def html_of(mail: EmailMessage) -> str:
    [part] = [part for part, kind in mail.alternatives if kind == "text/html"]
    return part


def links_in(text: str) -> list[str]:
    """The paths of the mailed links in a text, in order."""
    found = re.findall(rf"{re.escape(settings.BASE_URL)}/\w\w/[\w-]+/[^\s/]{{30,}}/", text)
    return [urlsplit(link).path for link in found]


def link_in(mail: EmailMessage) -> str:
    """The path of the link that a mail is about; of a mail without one, that which stops it."""
    words, _mark, footer = mail.body.partition("\n--\n")
    [link] = links_in(words) or links_in(footer)[:1]
    return link


def open_link(client: Client, path: str) -> Any:
    """Follow a mailed link to the page with the button."""
    response = client.get(path)
    assert response.status_code == 302
    return client.get(response.url)


def press_button(client: Client, page: Any) -> Any:
    """Press the one button of a mailed link's page, with what is ticked on it."""
    return client.post(page.request["PATH_INFO"], ServedPage(page.text).boxes(), headers=FROM_HERE)
