"""Being written."""

from typing import Any

from django.http import Http404, HttpRequest


def reply(request: HttpRequest, **given: Any) -> Any:
    raise Http404


def reply_thanks(request: HttpRequest, **given: Any) -> Any:
    raise Http404


