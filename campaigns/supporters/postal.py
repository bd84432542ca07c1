"""Postal addresses: their parts, and the lines in which they are written."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.mailboxes import keyed_hash

from .names import REFUSED_CATEGORIES

# Where our letters are posted: at home no country is written on an envelope.
HOME_COUNTRY = "BE"
BOX = {"fr": "bte", "nl": "bus", "de": "Bfk.", "en": "box"}
LONGEST_LINE = 80
LONGEST_POSTCODE = 12
# The words by which people write a box behind the number: "242 bte 63", "55 bus 12".
BOX_WITHIN_STREET = re.compile(
    r"^(?P<street>.*\d\S*)[\s,]+(?:bte|boîte|boite|bus|bfk|box)\b\.?\s*(?P<box>\S.*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PostcodeRule:
    """What a postcode looks like in one country, without blanks or the country's letter.

    `written` sets its groups apart; `sample` is shown to whoever typed something else.
    """

    pattern: str
    sample: str
    written: str = r"\1"
    prefix: str = ""

    def read(self, typed: str) -> str:
        """The postcode as it is written, or "" where it is none of that country."""
        plain = "".join(filter(str.isalnum, typed.upper()))
        if self.prefix and plain[len(self.prefix) : len(self.prefix) + 1].isdigit():
            plain = plain.removeprefix(self.prefix)
        found = re.fullmatch(self.pattern, plain, re.ASCII)
        return found.expand(self.written) if found else ""


POSTCODES = {
    "BE": PostcodeRule(r"([1-9]\d{3})", "1348", prefix="B"),
    "NL": PostcodeRule(r"([1-9]\d{3})([A-Z]{2})", "1012 AB", r"\1 \2", prefix="NL"),
    "FR": PostcodeRule(r"(\d{5})", "75011", prefix="F"),
    "LU": PostcodeRule(r"(\d{4})", "1009", prefix="L"),
    "DE": PostcodeRule(r"(\d{5})", "10115", prefix="D"),
    "CH": PostcodeRule(r"([1-9]\d{3})", "3011", prefix="CH"),
    "GB": PostcodeRule(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", "SW1A 1AA", r"\1 \2"),
}
# Where every house has a number, so that a street without one is half an address.
NUMBERED_COUNTRIES = {"BE", "NL", "DE", "LU", "CH"}
POSTCODE_LAST = {"GB"}


@dataclass(frozen=True)
class PostalAddress:
    """Where a letter is delivered. `country` is an ISO 3166-1 code; `box` is Belgian."""

    street: str
    postcode: str
    locality: str
    country: str
    box: str = ""
    extra: str = ""

    @property
    def search_key(self) -> str:
        """The keyed hash by which the supporter service finds a postcode."""
        return postcode_key(country=self.country, postcode=self.postcode)

    def lines(self, language: str) -> list[str]:
        """The address as it stands on an envelope below the name, in `language`.

        Abroad in the way of the Universal Postal Union: place and country in capitals.
        """
        box = f" {BOX.get(language, BOX['en'])} {self.box}" if self.box else ""
        is_abroad = self.country != HOME_COUNTRY
        locality = self.locality.upper() if is_abroad else self.locality
        place = [self.postcode, locality]
        if self.country in POSTCODE_LAST:
            places = [locality, self.postcode]
        else:
            places = [" ".join(filter(None, place))]
        country = country_name(self.country, language).upper() if is_abroad else ""
        return list(filter(None, [self.extra, f"{self.street}{box}", *places, country]))

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def country_name(code: str, language: str) -> str:
    """The name of a country (ISO 3166-1) in `language` (Unicode CLDR), or its code."""
    return Locale.parse(language.replace("-", "_")).territories.get(code, code)


def parse_postal(
    *, street: str, box: str, postcode: str, locality: str, country: str
) -> PostalAddress:
    """An address as it was typed, put into order: blanks, capitals, a box behind the number.

    Raises ValidationError by the name of each part that does not fit, worded for its owner.
    """
    errors: dict[str, Any] = {}
    within = BOX_WITHIN_STREET.match(street) if country == HOME_COUNTRY and not box else None
    if within:
        street, box = within["street"].rstrip(" ,"), within["box"]
    rule = POSTCODES.get(country)
    written = rule.read(postcode) if rule else postcode.upper()
    if rule and not written:
        errors["postcode"] = ValidationError(
            _("A postcode of this country looks like %(sample)s."),
            code="postcode",
            params={"sample": rule.sample},
        )
    if country in NUMBERED_COUNTRIES and not any(map(str.isdigit, street)):
        errors["street"] = ValidationError(
            _("Please add the number of the house."), code="house_number"
        )
    if errors:
        raise ValidationError(errors)
    return PostalAddress(
        street=street, box=box, postcode=written, locality=locality, country=country
    )


def parse_line(typed: str) -> str:
    """One line of an address, in Unicode NFC with single blanks. Raises ValidationError."""
    line = " ".join(unicodedata.normalize("NFC", typed[:1000]).split())
    if len(line) > LONGEST_LINE or len(typed) > 1000:
        raise ValidationError(
            _("This is longer than %(limit)s characters. Please shorten it."),
            code="too_long",
            params={"limit": LONGEST_LINE},
        )
    if any(unicodedata.category(character) in REFUSED_CATEGORIES for character in line):
        raise ValidationError(
            _("This contains invisible or control characters. Please type it again."),
            code="characters",
        )
    if not any(unicodedata.category(character)[0] in "LN" for character in line):
        raise ValidationError(_("Please fill this in."), code="required")
    return line


def postcode_key(*, country: str, postcode: str) -> str:
    """The same for `1348`, `B-1348` and ` 1348 `."""
    plain = "".join(character for character in postcode.upper() if character.isalnum())
    if country == "BE":
        plain = plain.removeprefix("B")
    return keyed_hash("postcode", f"{country}:{plain}")
