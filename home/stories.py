"""The published pages that tell what a petition is about."""

from django.conf import settings
from django.db.models import Q

from campaigns.petitions.models import Petition
from campaigns.petitions.stories import Story

from .destinations import RootPaths, address, readable
from .models import CasePage, UrgentActionPage


def story_of(petition: Petition, language: str) -> Story | None:
    """The petition's case page in that language, else its urgent action. Two queries at most.

    A page of another case might not be open to everybody: it is not looked for.
    """
    own = Q(readable(), petition=petition.pk, locale__language_code=language)
    pages = (
        CasePage.objects.filter(own, case=petition.case_id).defer("body", "downloads"),
        UrgentActionPage.objects.filter(own, urgent_action__case=petition.case_id).defer(
            "body", "instructions"
        ),
    )
    for found in pages:
        page = found.first()
        if page is not None:
            return Story(
                url=f"{settings.BASE_URL}{address(page, RootPaths())}",
                demand=page.demand,
                button=page.sign_button,
            )
    return None
