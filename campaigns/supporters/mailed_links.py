"""The views behind mailed links: a door for the token, a page with one button, an act."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from campaigns.web import personal, public_form

from .client_limits import BAD_TOKEN, too_many
from .links import LinkPurpose, UnusableLink, WithdrawnLink, digest_of

COOKIE_SECONDS = 3600


class _MailedLinkPage(View):
    purpose: LinkPurpose = None  # type: ignore[assignment]  # Named by each subclass or URL.
    unusable_template = "campaigns/supporters/link_unusable.html"
    http_method_names = ["get", "head", "post", "options"]

    def unusable(self, request: HttpRequest, reason: UnusableLink) -> HttpResponse:
        """The humane page for a link that does not open anything (any more)."""
        context = {"is_withdrawn": isinstance(reason, WithdrawnLink)}
        return render(request, self.unusable_template, context, status=410)


def to_page(page: str, token: str, *, status: int = 302) -> HttpResponseRedirect:
    """Leads to the page (a URL name) behind a link, with the token in a cookie for it alone."""
    digest = digest_of(token)
    response = HttpResponseRedirect(reverse(page, args=[digest]), status=status)
    response.set_cookie(
        _cookie_name(digest),
        token,
        max_age=COOKIE_SECONDS,
        path=response.url,
        secure=settings.BASE_URL.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return response


@method_decorator(personal, name="dispatch")
class MailedLinkDoor(_MailedLinkPage):
    """Where a mailed link arrives: moves the token into a cookie, changes nothing."""

    http_method_names = ["get", "head", "options"]
    page: str = ""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            self.purpose.read(token)
        except UnusableLink as reason:
            return self.refuse(request, reason)
        return to_page(self.page, token)

    def refuse(self, request: HttpRequest, reason: UnusableLink) -> HttpResponse:
        """The humane page, unless this client has brought one bad token after the other."""
        if not BAD_TOKEN.allows(request, now=timezone.now()):
            return too_many(request)
        return self.unusable(request, reason)


@method_decorator([public_form, personal], name="dispatch")
class MailedLinkPage(_MailedLinkPage):
    """The page with one button. Subclasses say what it shows and what pressing it does.

    Where `can_be_undone`, the cookie outlives the press, and the page then shows what was done.
    """

    template_name: str
    can_be_undone = False

    def describe(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The template's context: what will happen, never an address or a full name.

        Raises UnusableLink when the payload's object is gone.
        """
        raise NotImplementedError

    def act(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        """Do it, idempotently. Raises UnusableLink when the payload's object is gone."""
        raise NotImplementedError

    def show(self, request: HttpRequest, payload: dict[str, Any]) -> HttpResponse:
        """The page. For the few that need the request: others only say what they describe."""
        return render(request, self.template_name, self.describe(payload))

    def get(self, request: HttpRequest, digest: str) -> HttpResponse:
        return self._with_payload(request, digest, lambda payload: self.show(request, payload))

    def post(self, request: HttpRequest, digest: str) -> HttpResponse:
        response = self._with_payload(request, digest, lambda payload: self.act(request, payload))
        if not self.can_be_undone:
            response.delete_cookie(_cookie_name(digest), path=request.path, samesite="Lax")
        return response

    def _with_payload(
        self,
        request: HttpRequest,
        digest: str,
        use: Callable[[dict[str, Any]], HttpResponse],
    ) -> HttpResponse:
        token = request.COOKIES.get(_cookie_name(digest), "")
        try:
            if digest_of(token) != digest:
                raise UnusableLink(self.purpose.name)
            return use(self.purpose.read(token))
        except UnusableLink as reason:
            return self.unusable(request, reason)


def mailed_link_urls(
    segment: str, name: str, *, door: type[MailedLinkDoor], page: type[MailedLinkPage], app: str
) -> list[URLPattern]:
    """The two addresses of a mailed link: `<segment>/<token>/` and `<segment>/page/<digest>/`."""
    return [
        path(
            f"{segment}/page/<slug:digest>/",
            page.as_view(),
            name=f"{name}_page",
        ),
        path(
            f"{segment}/<str:token>/",
            door.as_view(
                page=f"{app}:{name}_page",
                purpose=page.purpose,
                unusable_template=page.unusable_template,
            ),
            name=name,
        ),
    ]


def _cookie_name(digest: str) -> str:
    return f"link-{digest}"
