"""What a column holds, guessed from its heading in any of our languages; staff confirm."""

import unicodedata
from collections.abc import Mapping, Sequence

from .problems import Column

# In lower case, without accents, spaces and punctuation.
WORDS: Mapping[Column, str] = {
    Column.EMAIL: (
        "email emailadresse emailaddress emailadres adresseemail mail mailadresse adressemail"
        " courriel adressecourriel adresseelectronique epost eposta adressedemessagerie"
    ),
    Column.GIVEN_NAME: ("prenom voornaam vorname rufname firstname givenname forename roepnaam"),
    Column.FAMILY_NAME: (
        "nom nomdefamille familienaam achternaam naam nachname familienname name lastname surname"
        " familyname"
    ),
    Column.LANGUAGE: ("langue taal sprache language lang locale codelangue"),
    Column.COUNTRY: ("pays land country codepays landcode countrycode"),
    Column.AGE: (
        "age leeftijd alter datedenaissance naissance geboortedatum geboren geburtsdatum"
        " dateofbirth birthdate dob birthday"
    ),
    Column.PHONE: (
        "telephone tel telefoon telefoonnummer telefon telefonnummer phone phonenumber mobile gsm"
        " portable numerodetelephone handy mobil mobiel"
    ),
    Column.STREET: (
        "rue adresse adres straat strasse street address rueetnumero straatennummer"
        " strasseundhausnummer streetaddress addressline1 adressepostale postadres straatnummer"
        " ruenumero"
    ),
    Column.BOX: ("boite bte bus busnummer box postfach numerodeboite bfk"),
    Column.POSTCODE: ("codepostal cp postcode plz postleitzahl zip zipcode postalcode"),
    Column.LOCALITY: (
        "ville localite commune plaats gemeente stad woonplaats ort stadt wohnort city town"
        " locality"
    ),
    Column.FORMULA: ("formule formula formel liste list lijst abonnement newsletter"),
    Column.GIVEN_ON: (
        "dateduconsentement dateconsentement consentement datumtoestemming toestemmingsdatum"
        " datumvantoestemming einwilligungsdatum datumdereinwilligung consentdate dateofconsent"
        " consentgivenon givenon optindate inscritle datedinscription inschrijvingsdatum"
        " anmeldedatum subscribedon optintime"
    ),
    Column.WORDING: (
        "texteduconsentement texteconsentement toestemmingstekst tekstvandetoestemming"
        " einwilligungstext wortlaut consentwording consenttext wording"
    ),
    Column.PROOF: (
        "preuve preuveduconsentement source sourceduconsentement bewijs bron toestemmingsbron"
        " nachweis quelle beleg proof consentproof consentsource proofofconsent"
    ),
}
COLUMNS = {word: column.value for column, words in WORDS.items() for word in words.split()}


def guess_columns(headings: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, int]:
    """Numbers of columns, from 0, by `Column`: by their headings, and addresses by themselves.

    Where several columns might be one, the first is taken.
    """
    found: dict[str, int] = {}
    for number, heading in enumerate(headings):
        column = COLUMNS.get(_plain(heading))
        if column:
            found.setdefault(column, number)
    if Column.EMAIL.value not in found:
        width = max((len(row) for row in samples), default=0)
        for number in range(width):
            cells = [row[number] for row in samples if number < len(row) and row[number]]
            if sum("@" in cell for cell in cells) > len(cells) / 2:
                found[Column.EMAIL.value] = number
                break
    return found


def is_named(column: Column, headings: Sequence[str], mapping: Mapping[str, int]) -> bool:
    """Whether a heading says where `column` is, so that nobody had to guess."""
    number = mapping.get(column.value)
    return (
        number is not None
        and number < len(headings)
        and COLUMNS.get(_plain(headings[number])) == column.value
    )


def _plain(heading: str) -> str:
    decomposed = unicodedata.normalize("NFKD", heading.casefold().replace("ß", "ss"))
    return "".join(character for character in decomposed if character.isalnum())
