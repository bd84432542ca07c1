"""Devices that know somebody are made to forget them with one press."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from campaigns.web import cacheable, personal, public_form

from ..recognition import forget_device

LONGEST_PATH = 2000


@public_form
@personal
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """This device knows nobody any more, whomever it knew. Back to where the press was made."""
    response = HttpResponseRedirect(_path_of_ours(request.POST.get("next", "")), status=303)
    forget_device(response)
    return response


def _path_of_ours(path: str) -> str:
    """A path of this site; where it is anything else, home."""
    is_ours = (
        path.startswith("/")
        and len(path) <= LONGEST_PATH
        and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    )
    return path if is_ours else reverse("wagtail_serve", args=[""])


@cacheable()
@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """Said to whoever has pressed; the same page for everybody."""
    return render(request, "campaigns/supporters/device_forgotten.html")
