"""Mail backends that answer as providers do on a bad day."""

import smtplib
from collections.abc import Callable

import requests
from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

HERE = "tests.campaigns.outbox.post_offices"


def provider_error(status: int | None) -> AnymailRequestsAPIError:
    """What Anymail raises when its provider answers `status`, or not at all."""
    if status is None:
        return AnymailRequestsAPIError("no answer")
    response = requests.Response()
    response.status_code = status
    return AnymailRequestsAPIError("no", response=response)


class Anyhow(BaseEmailBackend):
    """Raises whatever `answer` makes."""

    answer: Callable[[EmailMessage], Exception]

    def send_messages(self, email_messages) -> int:
        raise type(self).answer(email_messages[0])


def _backend(name: str, answer: Callable[[EmailMessage], Exception]) -> str:
    globals()[name] = type(name, (Anyhow,), {"answer": staticmethod(answer)})
    return f"{HERE}.{name}"


def _refusal(code: int) -> Callable[[EmailMessage], Exception]:
    return lambda email: smtplib.SMTPRecipientsRefused(dict.fromkeys(email.to, (code, b"no")))


class _NoAnswerInTime(AnymailRequestsAPIError, requests.ReadTimeout):
    """As Anymail raises it: its own error and that of `requests` in one."""


# Worth another try: the mail may yet be taken, or the trouble is about our account.
FOR_NOW = {
    "provider answers 500": _backend("Answers500", lambda _email: provider_error(500)),
    "provider answers 503": _backend("Answers503", lambda _email: provider_error(503)),
    "provider answers 429": _backend("Answers429", lambda _email: provider_error(429)),
    "provider answers 408": _backend("Answers408", lambda _email: provider_error(408)),
    "our request is wrong": _backend("Answers400", lambda _email: provider_error(400)),
    "our key is wrong": _backend("Answers401", lambda _email: provider_error(401)),
    "our bill is unpaid": _backend("Answers402", lambda _email: provider_error(402)),
    "our key is suspended": _backend("Answers403", lambda _email: provider_error(403)),
    "our domain is unknown": _backend("Answers404", lambda _email: provider_error(404)),
    "provider cannot be reached": _backend("AnswersNothing", lambda _email: provider_error(None)),
    "recipient greylisted": _backend("Greylists", _refusal(451)),
    "server hangs up": _backend("HangsUp", lambda _email: smtplib.SMTPServerDisconnected()),
    "network is gone": _backend("NoNetwork", lambda _email: OSError("unreachable")),
}
# Handed over, and then nothing that can be understood: it may have left.
UNCERTAIN = {
    "no answer in time": _backend("TimesOut", lambda _email: _NoAnswerInTime("no answer")),
    "answer makes no sense": _backend("Answers200", lambda _email: provider_error(200)),
    "answer breaks our reading": _backend("Garbage", lambda _email: ValueError("not JSON")),
}
# Not worth one: the answer will be the same.
FOR_GOOD = {
    "no such mailbox": _backend("NoMailbox", _refusal(550)),
    "provider refuses the recipient": _backend(
        "RefusesRecipient", lambda email: AnymailRecipientsRefused(email_message=email)
    ),
}
