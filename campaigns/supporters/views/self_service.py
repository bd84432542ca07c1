"""The way to one's own data: type an address, open the mail, press."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.web import cacheable, personal, public_form

from .. import client_limits, links
from ..forms_of_own_page import AccessForm
from ..mailed_links import MailedLinkPage
from ..models import AccessRequest
from ..own_page_cookie import remember_page
from ..services import access as services
from ..services import address_changes


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def access(request: HttpRequest) -> HttpResponse:
    """Ask for the link to one's own page."""
    return _ask(request, AccessRequest.Wish.SEE, "access")


@public_form
@cacheable()
@require_http_methods(["GET", "HEAD", "POST"])
def stop_all_request(request: HttpRequest) -> HttpResponse:
    """Ask for the link that stops all mails, where no mail is at hand that has one."""
    return _ask(request, AccessRequest.Wish.STOP, "stop_all_request")


def _ask(request: HttpRequest, wish: AccessRequest.Wish, name: str) -> HttpResponse:
    form = AccessForm(request.POST) if request.method == "POST" else AccessForm()
    if not form.is_bound:
        return _ask_page(request, form, name)
    now = timezone.now()
    if not form.is_valid():
        return personal(_ask_page)(request, form, name, status=422)
    if not client_limits.ACCESS.allows(request, now=now):
        client_limits.ask_to_wait(form)
        return client_limits.later(personal(_ask_page)(request, form, name))
    # A program sees the same screen, and no mailbox is bothered for it.
    if not form.fell_into_the_trap:
        services.request_access(
            email=form.cleaned_data["email"],
            wish=wish,
            language=get_language() or settings.LANGUAGE_CODE,
            now=now,
        )
    return HttpResponseRedirect(reverse(f"supporters:{name}_sent"), status=303)


def _ask_page(request: HttpRequest, form: AccessForm, name: str, status: int = 200) -> HttpResponse:
    return render(request, f"campaigns/supporters/{name}.html", {"form": form}, status=status)


@cacheable()
@require_safe
def access_sent(request: HttpRequest) -> HttpResponse:
    """The same screen for everybody: if we know the address, a mail is on its way."""
    return render(request, "campaigns/supporters/access_sent.html")


@cacheable()
@require_safe
def stop_all_request_sent(request: HttpRequest) -> HttpResponse:
    """The same screen for everybody."""
    return render(request, "campaigns/supporters/stop_all_request_sent.html")


class OpenPagePage(MailedLinkPage):
    """One button: open my page. The press uses the link up."""

    purpose = links.OPEN_PAGE
    template_name = "campaigns/supporters/open_page.html"
    unusable_template = "campaigns/supporters/page_link_unusable.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            services.check_access(request_id=payload["request"])
        except services.AccessRefused as refusal:
            raise links.UnusableLink(self.purpose.name) from refusal
        return {}

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        try:
            opened = services.open_page(request_id=payload["request"], now=timezone.now())
        except services.AccessRefused as refusal:
            raise links.UnusableLink(self.purpose.name) from refusal
        response = HttpResponseRedirect(reverse("supporters:my_page"), status=303)
        remember_page(response, opened)
        return response


class ConfirmAddressPage(MailedLinkPage):
    """One button: yes, write to me here."""

    purpose = links.CONFIRM_ADDRESS
    template_name = "campaigns/supporters/confirm_address.html"
    unusable_template = "campaigns/supporters/page_link_unusable.html"

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            is_join = address_changes.joins_entries(change_id=payload["change"])
        except address_changes.ChangeOver as over:
            raise links.UnusableLink(self.purpose.name) from over
        return {"is_join": is_join}

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        try:
            address_changes.confirm_address_change(change_id=payload["change"], now=timezone.now())
        except address_changes.ChangeOver as over:
            raise links.UnusableLink(self.purpose.name) from over
        return HttpResponseRedirect(reverse("supporters:address_confirmed"), status=303)


@cacheable()
@require_safe
def address_confirmed(request: HttpRequest) -> HttpResponse:
    """Mails go to the new address."""
    return render(request, "campaigns/supporters/address_confirmed.html")


@cacheable()
@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """Nothing is known of the reader any more."""
    return render(request, "campaigns/supporters/forgotten.html")


@cacheable()
@require_safe
def page_closed(request: HttpRequest) -> HttpResponse:
    """Nothing is open in this browser any more."""
    return render(request, "campaigns/supporters/page_closed.html")
