"""Being written."""

from typing import Any

from django.http import Http404, HttpRequest


def sent(request: HttpRequest, **given: Any) -> Any:
    raise Http404


def thanks(request: HttpRequest, **given: Any) -> Any:
    raise Http404


def undo(request: HttpRequest, **given: Any) -> Any:
    raise Http404


def opened(request: HttpRequest, **given: Any) -> Any:
    raise Http404


def count_fragment(request: HttpRequest, **given: Any) -> Any:
    raise Http404


