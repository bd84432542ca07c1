"""The columns that an import knows, and what may be wrong in them: in the words of the staff."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Column(TextChoices):
    """What a column of a file may hold."""

    EMAIL = "email", _("E-mail address")
    GIVEN_NAME = "given_name", _("First name")
    FAMILY_NAME = "family_name", _("Last name")
    LANGUAGE = "language", _("Language")
    COUNTRY = "country", _("Country")
    AGE = "age", _("Age, or date of birth")
    PHONE = "phone", _("Phone number")
    STREET = "street", _("Street and number")
    BOX = "box", _("Letterbox number")
    POSTCODE = "postcode", _("Postcode")
    LOCALITY = "locality", _("Town or city")
    FORMULA = "formula", _("Formula (its code)")
    GIVEN_ON = "given_on", _("Date of the consent")
    WORDING = "wording", _("Sentence that was agreed to")
    PROOF = "proof", _("Where the proof of the consent is kept")


class Problem(TextChoices):
    """What is wrong with a cell. All but those of LEFT_OUT keep the row out."""

    NO_ADDRESS = "NO_ADDRESS", _("There is no e-mail address.")
    BAD_ADDRESS = "BAD_ADDRESS", _("This is not an e-mail address.")
    DISPOSABLE = "DISPOSABLE", _("This address is of a kind that disappears after minutes.")
    BAD_NAME = "BAD_NAME", _("This cannot be a name.")
    BAD_LANGUAGE = "BAD_LANGUAGE", _("The site does not speak this language.")
    BAD_COUNTRY = "BAD_COUNTRY", _("This country is unknown. Use its code, such as BE.")
    BAD_AGE = "BAD_AGE", _("This is neither an age nor a date of birth.")
    TOO_YOUNG = "TOO_YOUNG", _("This person is too young for the formula.")
    BAD_PHONE = "BAD_PHONE", _("This is not a phone number.")
    NO_PHONE = "NO_PHONE", _("The formula needs a phone number.")
    BAD_POSTAL = "BAD_POSTAL", _("The postal address is not complete or cannot be right.")
    NO_POSTAL = "NO_POSTAL", _("The formula needs a postal address.")
    NO_FORMULA = "NO_FORMULA", _("There is no formula.")
    BAD_FORMULA = "BAD_FORMULA", _("No formula has this code.")
    NEEDS_CHOICE = (
        "NEEDS_CHOICE",
        _("Whoever takes this formula chooses something, which an import cannot do for them."),
    )
    NO_DATE = "NO_DATE", _("The date of the consent is missing.")
    BAD_DATE = "BAD_DATE", _("This is not a date. Write it like 2024-05-31 or 31/05/2024.")
    FUTURE = "FUTURE", _("This date is still to come.")
    NO_WORDING = "NO_WORDING", _("The sentence that was agreed to is missing.")
    NO_PROOF = "NO_PROOF", _("It does not say where the proof of the consent is kept.")
    LONG_PROOF = "LONG_PROOF", _("This is longer than 150 characters.")
    LONG_WORDING = "LONG_WORDING", _("This is longer than 5000 characters.")


# These leave out what is wrong and import the rest of the row.
LEFT_OUT = frozenset({
    Problem.BAD_NAME, Problem.BAD_LANGUAGE, Problem.BAD_COUNTRY, Problem.BAD_PHONE,
    Problem.BAD_POSTAL,
})  # fmt: skip
