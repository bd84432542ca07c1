"""Being written."""

from typing import Any

from django.http import Http404, HttpRequest


def letter_pdf(request: HttpRequest, **given: Any) -> Any:
    raise Http404


def letter_document(request: HttpRequest, **given: Any) -> Any:
    raise Http404


