"""The last page: for whoever posts the letter, and not to be sent."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from urllib.parse import urlencode

import segno
from babel import Locale
from babel.numbers import format_currency
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.cases.models import Country
from campaigns.localized import label_in, words_in

from ..desk import Desk
from ..models import Channel, PostalSuspension
from ..post import postage
from ..selectors import READERS_COUNTRY
from ..writing_forms import Window, Written
from .sheets import Part, copy_sheet, direction, direction_of, part, postal_address


@dataclass(frozen=True)
class SlipPart:
    """A heading, and what stands below it."""

    title: str
    paragraphs: tuple[Part, ...]


@dataclass(frozen=True)
class Slip:
    """The page for whoever posts the letter, in the language of the site."""

    language: str
    direction: str
    title: str
    parts: tuple[SlipPart, ...]
    # The QR code that says “I posted it”, as SVG.
    code: str
    code_alt: str
    code_title: str
    code_words: str


def slip(written: Written, desk: Desk, *, on: date) -> Slip:
    """How to post it today, what that costs, until when, and how to say that it has left."""
    with translation.override(desk.language):
        parts = (
            _how(written, desk),
            _where_to(written, desk),
            _stamps(written, desk, on),
            _until(desk),
        )
        return Slip(
            language=desk.language,
            direction=direction(desk.language),
            title=_("For you: please do not send this page"),
            parts=tuple(found for found in parts if found is not None),
            code=_picture(posted_address(written, desk)),
            code_alt=_("QR code that opens the page to say: I posted it"),
            code_title=_("I posted it"),
            code_words=_(
                "When it is in the letter box, point your telephone at this code and press"
                " the button there. Letters are only counted when somebody says so."
            ),
        )


def posted_address(written: Written, desk: Desk) -> str:
    """Where somebody says that this letter has left; it says nothing of who that is."""
    asked = {
        "channel": Channel.POST.value,
        "to": written.addressee.key,
        "in": written.letter.language,
        "via": "paper",
    }
    with translation.override(desk.language):
        path = reverse("letters:sent", args=[desk.code])
    return f"{settings.BASE_URL.rstrip('/')}{path}?{urlencode(asked)}"


def _how(written: Written, desk: Desk) -> SlipPart:
    windows = {
        Window.RIGHT: _("Fold it in three: the address shows in the window on the right."),
        Window.LEFT: _("Fold it in three: the address shows in the window on the left."),
        Window.NONE: _("Fold it in three, and copy the address onto the envelope."),
    }
    words = [
        _("Print the letter in black on white paper, and sign it by hand."),
        windows[Window(written.window)],
    ]
    return SlipPart(_("How to send it"), tuple(part([each], desk.language) for each in words))


def _where_to(written: Written, desk: Desk) -> SlipPart:
    language = written.letter.language
    paragraphs = [postal_address(written.addressee, language=language, desk=desk)]
    if not written.addressee.address.lines:
        words = _("We know no postal address of theirs: please send it in another way.")
        paragraphs.append(part([words], desk.language))
    if written.addressee.suspension is not None:
        paragraphs += _suspended(written.addressee.suspension, desk)
    copy = copy_sheet(written, desk, on=date.min)
    if copy is not None:
        paragraphs.append(part([_("The copy goes to the embassy:")], desk.language))
        paragraphs.append(copy.address)
    return SlipPart(_("Where it goes"), tuple(paragraphs))


def _suspended(suspension: PostalSuspension, desk: Desk) -> list[Part]:
    country = {"country": label_in(suspension.country.name)}
    words = _("No post goes to %(country)s at present.") % country
    if suspension.until is not None:
        words = _("No post goes to %(country)s until %(day)s.") % {
            **country,
            "day": date_format(suspension.until),
        }
    instead = words_in(suspension.words, desk.language).text or _(
        "Please write in another way, or send the letter to the embassy and ask to pass it on."
    )
    return [part([words], desk.language), Part((instead,), desk.language, direction_of(instead))]


def _stamps(written: Written, desk: Desk, on: date) -> SlipPart:
    here = Country(code=READERS_COUNTRY)
    office = written.addressee.office
    stamps = [_stamp(office.country if office is not None else here, on)]
    if office is not None and copy_sheet(written, desk, on=on) is not None:
        stamps.append(_stamp(here, on))
    return SlipPart(_("Stamps"), tuple(part([each], desk.language) for each in stamps))


def _stamp(country: Country, on: date) -> str:
    language = translation.get_language() or settings.LANGUAGE_CODE
    territories = Locale.parse(language).territories
    names = {
        "country": label_in(country.name) or territories.get(country.code, country.code),
        "here": territories[READERS_COUNTRY],
    }
    rate = postage(country=country, posted_in=READERS_COUNTRY, on=on)
    if rate is None:
        return _("To %(country)s: please ask for the price at the post office.") % names
    return _("To %(country)s: %(price)s for an ordinary letter from %(here)s, since %(day)s.") % {
        **names,
        "price": format_currency(rate.price, rate.currency, locale=language),
        "day": date_format(rate.valid_from),
    }


def _until(desk: Desk) -> SlipPart | None:
    if desk.deadline.act_before is None:
        return None
    words = _("Please post it by %(day)s at the latest. The sooner, the better.")
    day = date_format(desk.deadline.act_before, "DATE_FORMAT")
    return SlipPart(_("Until when"), (part([words % {"day": day}], desk.language),))


def _picture(address: str) -> str:
    file = BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(file, kind="svg", border=2, scale=4, dark="#000", light="#fff", nl=False)
    return file.getvalue().decode()
