"""Finding a person for the supporter service, and entries that may be one person."""

import phonenumbers
from django.conf import settings
from django.db.models import Q, QuerySet

from campaigns.mailboxes import canonical_address, keyed_hash

from ..countries import country_choices
from ..models import ContactPoint, Supporter
from ..postal import postcode_key
from ..spellings import pattern_of, words_of

# A number without its country is one of ours or of a neighbour.
REGIONS = ("BE", "FR", "NL", "DE", "LU")
LARGEST_NUMBER = 2**63 - 1
MOST_WORDS = 6
LONGEST_POSTCODE = 10
# As people still write before a postcode: B-1348, F-75011.
BEFORE_POSTCODES = {"B": "BE", "F": "FR", "D": "DE", "L": "LU", "A": "AT"}
SHORTEST_PART = 3
MOST_DUPLICATES = 10


def find_supporters(typed: str) -> QuerySet[Supporter]:
    """The supporters that `typed` may mean, the newest first.

    It may be an e-mail address or a part of one, a name, a postcode with or without its country,
    a phone number, or the number of the supporter. Nothing typed finds nobody.
    """
    typed = " ".join(typed.split())
    wanted = _by_address(typed) if "@" in typed else _by_anything_else(typed)
    return Supporter.objects.filter(wanted).order_by("-created_at", "-pk")


def likely_duplicates(supporter: Supporter) -> list[Supporter]:
    """Entries of the same name with the same postcode or phone number."""
    names = Q()
    for field in ("given_name", "family_name"):
        words = words_of(getattr(supporter, field))
        if not words:
            return []
        pattern = r"[^a-zA-Z0-9]*".join(pattern_of(word) for word in words)
        names &= Q(**{f"{field}__iregex": f"^{pattern}$"})
    keys = (
        ContactPoint.objects.filter(supporter=supporter).exclude(search_key="").values("search_key")
    )
    reachable = ContactPoint.objects.filter(search_key__in=keys).values("supporter")
    found = Supporter.objects.filter(names, pk__in=reachable).exclude(pk=supporter.pk)
    return list(found.order_by("pk")[:MOST_DUPLICATES])


def _by_address(typed: str) -> Q:
    wanted = Q(email_canonical=canonical_address(typed))
    part = typed.lower()
    if len(part) >= SHORTEST_PART:
        wanted |= Q(email__icontains=typed) | Q(email_canonical__contains=part)
    return wanted


def _by_anything_else(typed: str) -> Q:
    wanted = Q(pk__in=[])
    number = typed.removeprefix("#").strip()
    if number.isdecimal() and int(number) <= LARGEST_NUMBER:
        wanted |= Q(pk=int(number))
    keys = _search_keys(typed)
    if keys:
        wanted |= Q(pk__in=ContactPoint.objects.filter(search_key__in=keys).values("supporter"))
    words = words_of(typed)[:MOST_WORDS]
    if words and any(letter.isalpha() for letter in typed):
        names = Q()
        for pattern in filter(None, map(pattern_of, words)):
            names &= Q(given_name__iregex=pattern) | Q(family_name__iregex=pattern)
        if names:
            wanted |= names
        if len(typed) >= SHORTEST_PART:
            wanted |= Q(email__icontains=typed)
    return wanted


def _search_keys(typed: str) -> set[str]:
    """The keys of the phone numbers and postcodes that these words may be."""
    keys: set[str] = set()
    if not any(letter.isdecimal() for letter in typed):
        return keys
    for region in REGIONS:
        try:
            phone = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            continue
        e164 = phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)
        keys.add(keyed_hash("phone", e164))
    for country, code in _postcodes(typed.upper()):
        if len(code) <= LONGEST_POSTCODE:
            keys.add(postcode_key(country=country, postcode=code))
    return keys


def _postcodes(typed: str) -> list[tuple[str, str]]:
    """Country and postcode, as `BE 1348`, `1348 BE` or `B-1348` say, and as each country may.

    `1012 BE` is somewhere in Belgium, and a street in Amsterdam.
    """
    countries = [code for code, _name in country_choices(settings.LANGUAGE_CODE)]
    parts = typed.replace("-", " ").split()
    found = [(country, "".join(parts)) for country in countries]
    if len(parts) > 1:
        for said, code in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
            country = BEFORE_POSTCODES.get(said, said)
            if country in countries:
                found.append((country, "".join(code)))
    return found
