"""How much may come from one client, so that one machine cannot act as a crowd.

Counted are forms that would have been taken, and links that open nothing; reading is free. Many
people share an address, at school, at a stall, or behind their telephone company: hence what they
sign or sign up for is never refused. It is held, and its mail waits. Only asking for one's own
data, saying that a letter has left, and passing on what an authority answered can be refused for
a while, with all that was typed still in the form: nothing is lost by that. Limits know no
person, so that they say nothing of anybody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from campaigns.clients import client_key
from campaigns.outbox.limits import allow
from campaigns.web import personal

WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class ClientLimit:
    """At most `most` of one thing from one client within WINDOW."""

    name: str
    most: int

    def allows(self, request: HttpRequest, *, now: datetime) -> bool:
        """Counts this one, and says whether it is still within the limit."""
        key = f"{self.name}:{client_key(request)}"
        return allow(key=key, limit=self.most, window=WINDOW, now=now)


# Signatures of one client are held beyond the first limit; beyond both, their mails wait, too.
SIGN = ClientLimit("sign", 60)
SIGN_HELD = ClientLimit("sign-held", 540)
# Beyond this, the mails of sign-ups wait.
SIGN_UP = ClientLimit("sign-up", 60)
# Beyond this, those of messages of solidarity.
MESSAGE = ClientLimit("message", 60)
# By then somebody has seen what is going on, and nobody's mailbox has been filled by surprise.
MAIL_WAITS = timedelta(hours=1)
# Letters that people say they have sent, beyond which they are asked to say so later; and ways to
# write that were opened, beyond which none is noted.
LETTER = ClientLimit("letter", 120)
OPENING = ClientLimit("opening", 240)
ACCESS = ClientLimit("access", 30)
BAD_TOKEN = ClientLimit("bad-token", 10)
# Each may hold a file to be looked at, which takes a second or so.
REPLY = ClientLimit("reply", 20)


def crowd(request: HttpRequest, *, now: datetime) -> tuple[bool, bool]:
    """Counts a press that signs: whether it is one of very many, and of a flood."""
    is_many = not SIGN.allows(request, now=now)
    return is_many, is_many and not SIGN_HELD.allows(request, now=now)


def ask_to_wait(form: forms.Form) -> None:
    """Say above a valid form that it has to be sent again later; `later` gives the answer."""
    form.add_error(
        None,
        _(
            "Very many forms are coming from your connection at the moment, so this one has not"
            " been taken. Please wait ten minutes and press the button again."
        ),
    )


def later(response: HttpResponse) -> HttpResponse:
    """Makes a page an answer that says: not now, again in ten minutes."""
    response.status_code = 429
    response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


@personal
def too_many(request: HttpRequest) -> HttpResponse:
    """The page for a client that tries links that open nothing."""
    return later(render(request, "campaigns/supporters/too_many.html"))
