"""Model letters as pages, before anybody may write: for those who approve them."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.cases.selectors import mission_address, office_address
from campaigns.localized import Words

from ..composing import Letter
from ..desk import subject_of
from ..model_letters import filled
from ..models import IssueTarget, ModelLetter
from ..selectors import READERS_COUNTRY
from .pdf import NoSign, TooLong, compiled
from .sheets import Part, address_part, office_lines, own_words, sheet

# Somebody with a name and an address of usual length, for the room that they take.
NAME = "[…]"
PLACE = "[…]\n[…]"


@dataclass(frozen=True)
class Preview:
    """A model letter with all that is known of whom it goes to."""

    letter: Letter
    address: Part
    person: str


def preview(model_letter: ModelLetter, *, on: date) -> Preview:
    """A model letter as somebody finds it at the desk, in the language that it is in."""
    language = model_letter.language
    action = model_letter.issue.urgent_action
    case = action.case
    salutation, closing, address = _addressed(model_letter, on=on)
    number = str(action)

    def words(own: str, usual: Words) -> str:
        return filled(own, case=case, number=number, language=language) or own_words(usual)

    return Preview(
        letter=Letter(
            language=language,
            subject=subject_of(case, language),
            salutation=words(model_letter.salutation, salutation),
            body=filled(model_letter.text, case=case, number=number, language=language),
            closing=words(model_letter.closing, closing),
        ),
        address=address,
        person=case.name,
    )


def _addressed(model_letter: ModelLetter, *, on: date) -> tuple[Words, Words, Part]:
    """How whom it goes to is addressed: the first addressee of its kind, or nobody yet."""
    language = model_letter.language
    issue = model_letter.issue
    if model_letter.target_kind == IssueTarget.Role.EMBASSY:
        there = mission_address(
            sending_country_id=issue.urgent_action.case.country_id,
            accredited_in=READERS_COUNTRY,
        )
        if there is not None and there.address is not None:
            found = there.address
            lines = (found.title.text, *found.lines)
            return found.salutation, found.closing, address_part(lines, language)
    targets = [target for target in issue.targets.all() if target.office is not None]
    kinds = (model_letter.target_kind, IssueTarget.Role.PRIMARY)
    targets.sort(key=lambda target: target.role != kinds[0])
    office = next((target.office for target in targets if target.role in kinds), None)
    if office is None:
        return Words(""), Words(""), address_part((), language)
    address = office_address(office, on=on, language=language)
    lines_there = office_lines(office, language=language, page_language=language)
    return address.salutation, address.closing, lines_there


def model_letter_pdf(model_letter: ModelLetter, *, on: date) -> bytes:
    """Its page, to look at. Raises TooLong and NoSign."""
    found = preview(model_letter, on=on)
    page = sheet(
        found.letter, address=found.address, person=found.person, name=NAME, place=PLACE, on=on
    )
    return compiled(page, title=found.letter.subject, on=on)


def why_not_printable(model_letter: ModelLetter, *, on: date) -> str:
    """Why a model letter cannot be printed on one page, in words; "" if it can."""
    try:
        model_letter_pdf(model_letter, on=on)
    except TooLong as error:
        return ngettext(
            "%(lines)d line too long for one page.",
            "%(lines)d lines too long for one page.",
            error.lines,
        ) % {"lines": error.lines}
    except NoSign as error:
        return _("We cannot print %(signs)s.") % {"signs": " ".join(error.signs)}
    return ""
