"""`/<code>`: a case, petition or urgent action in the reader's language, short enough to say."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe
from wagtail.models import Page

from campaigns.cases.models import Case
from campaigns.petitions.models import Petition
from campaigns.web import cacheable

from .models import CasePage, UrgentActionPage

ACTION = re.compile(r"(\d{1,4})-(\d{2})")
# Two digits of a year are of the century around this one.
PIVOT = 70


@cacheable()
@require_safe
def short_address(request: HttpRequest, code: str) -> HttpResponse:
    """Leads on to the page; where it does not exist in the reader's language, to another one."""
    pages = {page.locale.language_code: page for page in _pages(code)}
    wanted = get_language_from_request(request)
    codes = [wanted, settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    page = next((pages[code] for code in codes if code in pages), None)
    case = page.specific.about_case if page else None
    if page is None or case is None or not case.is_public():
        raise Http404("Nothing has this code.")
    response = HttpResponseRedirect(page.get_url(request) or "/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _pages(code: str) -> list[Page]:
    number = ACTION.fullmatch(code)
    if number:
        year = int(number[2])
        return list(
            UrgentActionPage.objects.live()
            .public()
            .filter(
                urgent_action__number=int(number[1]),
                urgent_action__year=year + (1900 if year >= PIVOT else 2000),
            )
            .select_related("locale")
        )
    case_id = (
        Case.objects.filter(reference=code).values_list("pk", flat=True).first()
        or Petition.objects.filter(reference=code).values_list("case", flat=True).first()
    )
    return list(CasePage.objects.live().public().filter(case=case_id).select_related("locale"))
