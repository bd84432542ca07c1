"""The doors behind the links in mailings."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from campaigns.supporters.links import LinkPayload, LinkPurpose, UnusableLink, WithdrawnLink
from campaigns.supporters.mailed_links import MailedLinkDoor, to_page
from campaigns.supporters.views.stopping import stop_with_one_click

from .links import DOORS, Door, read
from .models import Mailing
from .services import reasons_to_stop


@method_decorator(csrf_exempt, name="dispatch")
class DoorView(MailedLinkDoor):
    """Reads the short token, and passes on to the page that another app has for the purpose.

    Only the address in the List-Unsubscribe header may be posted to: a mail program does that,
    from elsewhere and without cookies (RFC 8058).
    """

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponseBase:
        if kwargs["door"] not in DOORS:
            raise Http404("No such door.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str, door: str = "") -> HttpResponse:
        try:
            purpose, payload = _opened(DOORS[door], token)
        except UnusableLink as reason:
            return self.refuse(request, reason)
        return to_page(f"{purpose.door}_page", purpose.token(payload))

    def post(self, request: HttpRequest, token: str, door: str = "") -> HttpResponse:
        if door != "stop":
            return self.http_method_not_allowed(request)
        try:
            _purpose, payload = _opened(DOORS[door], token)
        except UnusableLink as reason:
            return self.refuse(request, reason)
        return stop_with_one_click(self, request, payload)


def _opened(door: Door, token: str) -> tuple[LinkPurpose, LinkPayload]:
    """The page behind a link. Raises UnusableLink; WithdrawnLink where the action has ended."""
    reference, supporter_id = read(door.code, token)
    mailing = Mailing.objects.select_related("audience").filter(reference=reference).first()
    if mailing is None:
        raise UnusableLink(door.code)
    if door.is_revoked_with_action and reasons_to_stop(mailing, now=timezone.now()):
        raise WithdrawnLink(door.code)
    return door.opens(mailing, supporter_id)
