"""A provider that answers as a test has written down, call by call; then it takes everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from anymail.backends.test import EmailBackend
from anymail.exceptions import AnymailRequestsAPIError

from campaigns.outbox.bulk.providers import PROVIDERS, Provider

PATH = f"{__name__}.Scripted"


class Scripted(EmailBackend):
    """Raises what the script says: a status, an exception, or nothing."""

    script: list[Any] = []

    def post_to_esp(self, payload: Any, message: Any) -> Any:
        step = type(self).script.pop(0) if type(self).script else None
        if callable(step) and not isinstance(step, type):
            step = step(message)
        if isinstance(step, int):
            response = requests.Response()
            response.status_code = step
            response._content = b"{}"
            raise AnymailRequestsAPIError(
                email_message=message, payload=payload, response=response, backend=self
            )
        if isinstance(step, type) and issubclass(step, requests.RequestException):
            raise type("Failed", (AnymailRequestsAPIError, step), {})("no answer")
        answer = super().post_to_esp(payload, message)
        if isinstance(step, BaseException):
            raise step  # Taken, and then the worker was gone.
        return answer


@contextmanager
def provider(settings: Any, *script: Any, **traits: Any) -> Iterator[list[Any]]:
    """`traits` are those of a Provider: `most=100, placeholder="%{}%"` takes several at once."""
    settings.EMAIL_BACKEND = PATH
    PROVIDERS[PATH] = Provider("Scripted", **{"most": 25, **traits})
    Scripted.script = list(script)
    try:
        yield Scripted.script
    finally:
        del PROVIDERS[PATH]
        Scripted.script = []


SEVERAL = {"most": 100, "placeholder": "%recipient.{}%"}
