"""Phone numbers: typed in any way, kept in one (E.164), read in the way people write them."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from .postal import HOME_COUNTRY

LONGEST_TYPED = 60
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
# What nobody can be reached by, or what costs whoever calls.
NOT_A_PERSONS = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
    PhoneNumberType.PAGER,
}


def parse_phone(typed: str, *, country: str = HOME_COUNTRY, is_mobile: bool = False) -> str:
    """The number in E.164, such as `+12025550123`.

    Without a country code it is read as a number in `country` (ISO 3166-1). `is_mobile` for what
    is sent as an SMS. Raises ValidationError, worded for the person who typed it.
    """
    number = _read(typed, country)
    if number is None:
        raise ValidationError(
            _(
                "This is not a phone number as far as we can tell. Is a digit missing? A number "
                "of another country begins with + and the code of that country."
            ),
            code="phone",
        )
    kind = phonenumbers.number_type(number)
    if kind in NOT_A_PERSONS:
        raise ValidationError(
            _("This number belongs to a service. Please type your own."), code="phone"
        )
    if is_mobile and kind not in MOBILE:
        raise ValidationError(
            _("This is not the number of a mobile phone: no SMS arrives there."), code="mobile"
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def written_phone(phone: str, *, country: str = HOME_COUNTRY) -> str:
    """A number in E.164 as people in `country` (ISO 3166-1) write it; "" for none."""
    if not phone:
        return ""
    number = phonenumbers.parse(phone)
    is_near = phonenumbers.region_code_for_number(number) == country
    style = PhoneNumberFormat.NATIONAL if is_near else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _read(typed: str, country: str) -> PhoneNumber | None:
    if len(typed) > LONGEST_TYPED:
        return None
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    # An extension is no part of E.164, and dropping it would reach somebody else.
    return number if phonenumbers.is_valid_number(number) and not number.extension else None
