"""How an office is usually addressed, where nobody has said how its holder wants to be.

Each language has its own protocol, so this is a table and no translation: a minister is “Madame
la Ministre” in French and “Excellentie” in Dutch. It knows the languages of the site; in others
editors write the words themselves.
"""

from dataclasses import dataclass

from .models import Office, OfficeHolder

Kind, Gender = Office.Kind, OfficeHolder.Gender
# Missions have no kind: whoever leads one is an ambassador.
AMBASSADOR = "AMBASSADOR"


@dataclass(frozen=True)
class Forms:
    """The first line of a letter and the last one above the name."""

    salutation: str
    closing: str


NO_FORMS = Forms("", "")


def usual_forms(kind: str, gender: str, language: str) -> Forms:
    """The forms for an office; neutral where the gender is not known. Empty in other languages."""
    words = SALUTATIONS.get(kind, SALUTATIONS[Kind.OTHER]).get(language)
    if words is None:
        return NO_FORMS
    woman, man, neutral = words
    salutation = {Gender.FEMALE: woman, Gender.MALE: man}.get(Gender(gender), neutral)
    closing = CLOSINGS[language].get(kind, CLOSINGS[language][Kind.OTHER])
    # French closes with the words that it began with; others close without.
    return Forms(salutation, closing.format(name=salutation.removesuffix(",")))


def _same(words: str) -> tuple[str, str, str]:
    return words, words, words


# To a woman, to a man, to somebody of whom we do not know.
FR_NEUTRAL = "Madame, Monsieur,"
DE_NEUTRAL = "Sehr geehrte Damen und Herren,"
SALUTATIONS: dict[str, dict[str, tuple[str, str, str]]] = {
    Kind.MONARCH: {
        "fr": _same("Votre Majesté,"),
        "nl": ("Majesteit,", "Sire,", "Majesteit,"),
        "de": _same("Majestät,"),
        "en": _same("Your Majesty,"),
    },
    Kind.HEAD_OF_STATE: {
        "fr": ("Madame la Présidente,", "Monsieur le Président,", "Excellence,"),
        "nl": _same("Excellentie,"),
        "de": _same("Exzellenz,"),
        "en": _same("Your Excellency,"),
    },
    Kind.HEAD_OF_GOVERNMENT: {
        "fr": ("Madame la Première Ministre,", "Monsieur le Premier Ministre,", "Excellence,"),
        "nl": _same("Excellentie,"),
        "de": (
            "Sehr geehrte Frau Premierministerin,",
            "Sehr geehrter Herr Premierminister,",
            "Exzellenz,",
        ),
        "en": _same("Dear Prime Minister,"),
    },
    Kind.MINISTER: {
        "fr": ("Madame la Ministre,", "Monsieur le Ministre,", FR_NEUTRAL),
        "nl": _same("Excellentie,"),
        "de": ("Sehr geehrte Frau Ministerin,", "Sehr geehrter Herr Minister,", DE_NEUTRAL),
        "en": _same("Dear Minister,"),
    },
    Kind.JUDICIARY: {
        "fr": _same("Votre Excellence,"),
        "nl": _same("Excellentie,"),
        "de": _same("Exzellenz,"),
        "en": _same("Your Excellency,"),
    },
    Kind.PROSECUTOR: {
        "fr": ("Madame la Procureure générale,", "Monsieur le Procureur général,", FR_NEUTRAL),
        "nl": _same("Geachte procureur-generaal,"),
        "de": (
            "Sehr geehrte Frau Generalstaatsanwältin,",
            "Sehr geehrter Herr Generalstaatsanwalt,",
            DE_NEUTRAL,
        ),
        "en": _same("Dear Prosecutor,"),
    },
    Kind.DIRECTOR: {
        "fr": ("Madame la Directrice,", "Monsieur le Directeur,", FR_NEUTRAL),
        "nl": _same("Geachte directeur,"),
        "de": ("Sehr geehrte Frau Direktorin,", "Sehr geehrter Herr Direktor,", DE_NEUTRAL),
        "en": _same("Dear Director,"),
    },
    Kind.OTHER: {
        "fr": ("Madame,", "Monsieur,", FR_NEUTRAL),
        "nl": ("Geachte mevrouw,", "Geachte heer,", "Geachte heer, mevrouw,"),
        # “Sehr geehrter Herr” wants a name or an office after it.
        "de": _same(DE_NEUTRAL),
        "en": ("Dear Madam,", "Dear Sir,", "Dear Sir or Madam,"),
    },
    AMBASSADOR: {
        "fr": ("Madame l’Ambassadrice,", "Monsieur l’Ambassadeur,", "Excellence,"),
        "nl": (
            "Hooggeachte mevrouw de ambassadeur,",
            "Hooggeachte heer ambassadeur,",
            "Excellentie,",
        ),
        "de": _same("Exzellenz,"),
        "en": _same("Your Excellency,"),
    },
}

FR_HIGHEST = "Je vous prie d’agréer, {name}, l’expression de ma très haute considération."
FR_EXCELLENCY = "Je prie Votre Excellence d’agréer l’expression de ma très haute considération."
DE_HIGHEST = "Mit dem Ausdruck meiner ausgezeichneten Hochachtung"
DE_HIGH = "Mit vorzüglicher Hochachtung"
CLOSINGS: dict[str, dict[str, str]] = {
    "fr": {
        Kind.MONARCH: (
            "Je prie Votre Majesté d’agréer l’expression de ma très haute considération."
        ),
        Kind.HEAD_OF_STATE: FR_HIGHEST,
        Kind.HEAD_OF_GOVERNMENT: FR_HIGHEST,
        Kind.MINISTER: FR_HIGHEST,
        Kind.JUDICIARY: FR_EXCELLENCY,
        Kind.PROSECUTOR: "Je vous prie d’agréer, {name}, l’expression de ma haute considération.",
        AMBASSADOR: "Je vous prie d’agréer, {name}, les assurances de ma très haute considération.",
        Kind.OTHER: ("Je vous prie d’agréer, {name}, l’expression de ma considération distinguée."),
    },
    "nl": {Kind.MONARCH: "Met de meeste eerbied,", Kind.OTHER: "Hoogachtend,"},
    "de": {
        Kind.MONARCH: DE_HIGHEST,
        Kind.HEAD_OF_STATE: DE_HIGHEST,
        Kind.HEAD_OF_GOVERNMENT: DE_HIGH,
        Kind.JUDICIARY: DE_HIGH,
        AMBASSADOR: DE_HIGH,
        Kind.OTHER: "Hochachtungsvoll",
    },
    "en": {
        Kind.MONARCH: "Yours respectfully,",
        Kind.HEAD_OF_STATE: "Yours respectfully,",
        Kind.JUDICIARY: "Yours respectfully,",
        Kind.HEAD_OF_GOVERNMENT: "Yours sincerely,",
        Kind.MINISTER: "Yours sincerely,",
        Kind.PROSECUTOR: "Yours sincerely,",
        Kind.DIRECTOR: "Yours sincerely,",
        AMBASSADOR: "Yours sincerely,",
        Kind.OTHER: "Yours faithfully,",
    },
}
