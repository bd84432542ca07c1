"""The local inbox: the mails of a machine from which none leaves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from campaigns.web import personal

from .models import LocalMessage

NEWEST = 100


@personal
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, newest first."""
    messages = LocalMessage.objects.defer("text", "html")[:NEWEST]
    return render(request, "campaigns/outbox/inbox.html", {"mails": messages})


@personal
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: its headers, its text with links, and its HTML in a frame."""
    mail = get_object_or_404(LocalMessage, pk=pk)
    return render(request, "campaigns/outbox/message.html", {"mail": mail})


@personal
@require_safe
@xframe_options_sameorigin
def message_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part alone, as a mail program would show it: no script, links open outside."""
    mail = get_object_or_404(LocalMessage, pk=pk)
    html = mail.html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;"
        " frame-ancestors 'self'; form-action 'none'"
    )
    return response
