"""The words of the letter marathon: those of its page, else those of its cases' own pages."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wagtail.models import Locale

from campaigns.petitions.marathon import CaseWords, MarathonWords
from campaigns.petitions.models import Edition, Petition

from . import selectors
from .destinations import readable

if TYPE_CHECKING:
    from .models import MarathonPage


def words_of_edition(edition: Edition, petitions: Sequence[Petition]) -> MarathonWords:
    """The words of an edition in the active language."""
    from .models import MarathonPage

    pages = MarathonPage.objects.filter(readable()).defer("body")
    locale = Locale.get_active()
    page = pages.filter(edition=edition.pk, locale=locale).first()
    return _words(page, petitions, locale.pk)


def words_of_page(page: "MarathonPage", petitions: Sequence[Petition]) -> MarathonWords:
    """The words of a page, also of a draft in the editor's preview."""
    return _words(page, petitions, page.locale_id)


def _words(
    page: "MarathonPage | None", petitions: Sequence[Petition], locale_id: int
) -> MarathonWords:
    cards = {
        card.case.pk: card
        for card in selectors.cards_of_cases([each.case_id for each in petitions], locale_id)
    }
    written = (
        {
            block.value["petition"].pk: block.value["text"]
            for block in page.cases
            if block.value.get("petition")
        }
        if page
        else {}
    )
    cases = {}
    for petition in petitions:
        card = cards.get(petition.case_id)
        text = written.get(petition.pk, "")
        own_text = (card.page.introduction or card.page.need) if card else ""
        cases[petition.pk] = CaseWords(
            text=text or own_text,
            language=card.language if card and not text else "",
            picture=card.picture if card else None,
            url=card.page.url if card else "",
        )
    return MarathonWords(
        title=page.title if page else "",
        url=(page.url or "") if page else "",
        thanks=page.thanks if page else "",
        cases=cases,
    )
