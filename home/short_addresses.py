"""`/<code>`: a case, petition or urgent action in the reader's language, short enough to say."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe
from wagtail.models import Page

from campaigns.cases.models import Case
from campaigns.letters.links import number_and_year
from campaigns.letters.models import UrgentAction
from campaigns.petitions.models import Petition
from campaigns.source_codes import source_query
from campaigns.web import cacheable

from .destinations import readable
from .models import CasePage, UrgentActionPage


@cacheable()
@require_safe
def short_address(request: HttpRequest, code: str) -> HttpResponse:
    """Leads on to the page; where it does not exist in the reader's language, to another one."""
    page = page_in_best_language(pages_with_code(code), get_language_from_request(request))
    case = page.specific.about_case if page else None
    if page is None or case is None or not case.is_public():
        raise Http404("Nothing has this code.")
    # Where the link stood that was followed goes on to the form, for the figures.
    response = HttpResponseRedirect(f"{page.get_url(request) or '/'}{source_query(request.GET)}")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def leads_to_petition(petition: Petition) -> bool:
    """Whether the short address of that reference leads to a page with the petition. One query."""
    others = Case.objects.filter(reference=petition.reference).exclude(pk=petition.case_id)
    return (
        CasePage.objects.filter(readable(), ~Exists(others), petition=petition.pk)
        .filter(case=petition.case_id)
        .exists()
    )


def page_in_best_language(pages: Iterable[Page], wanted: str) -> Page | None:
    """The one in the language wanted; where it is missing, in the site's first that has it."""
    by_language = {page.locale.language_code: page for page in pages}
    codes = [wanted, settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    return next((by_language[code] for code in codes if code in by_language), None)


def pages_with_code(code: str) -> list[Page]:
    """The published pages that `/<code>` may lead to: one story, in its languages."""
    parts = number_and_year(code)
    if parts:
        number, year = parts
        pages = UrgentActionPage.objects.live().public().select_related("locale")
        own = list(pages.filter(urgent_action__number=number, urgent_action__year=year))
        if own:
            return own
        # A letter of the month stands on its case's page.
        actions = UrgentAction.objects.filter(kind=UrgentAction.Kind.MONTHLY)
        case_id = actions.filter(number=number, year=year).values_list("case", flat=True).first()
    else:
        case_id = _case_with_code(code)
    return list(CasePage.objects.live().public().filter(case=case_id).select_related("locale"))


def _case_with_code(code: str) -> int | None:
    return (
        Case.objects.filter(reference=code).values_list("pk", flat=True).first()
        or Petition.objects.filter(reference=code).values_list("case", flat=True).first()
    )
