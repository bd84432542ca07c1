"""Through a marathon case by case: what a device has signed and skipped, and under which name.

A signed cookie for thirty days, sent to this edition's pages alone. It holds no address. The name
that was typed on this device stands in it encrypted, so that the next case is one press; nothing
that we have stored about anybody ever gets into it.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from campaigns.encryption import decrypt, encrypt
from campaigns.source_codes import clean_source
from campaigns.supporters.names import masked_names
from campaigns.supporters.services import Person

from .marathon import Marathon, MarathonCase
from .services import SignatureRequest

COOKIE = "one-by-one"
LIFETIME = timedelta(days=30)
_SALT = "campaigns.marathon-one-by-one"


@dataclass(frozen=True)
class TypedPerson:
    """Who signed the first case, as typed here. `supporter_id` is whom the mail goes to."""

    supporter_id: int
    given_name: str
    family_name: str
    country: str
    is_minor: bool
    passes_on_name: bool

    @property
    def masked_name(self) -> str:
        """`M··· D···`: whoever typed it knows it again."""
        return masked_names(self)

    def signature_request(self) -> SignatureRequest:
        """The same again, without the address."""
        return SignatureRequest(
            person=Person(
                email="",
                given_name=self.given_name,
                family_name=self.family_name,
                is_minor=self.is_minor,
            ),
            country=self.country,
            passes_on_name=self.passes_on_name,
        )


@dataclass(frozen=True)
class Way:
    """How far somebody has come: the keys of petitions, and where they came from."""

    signed: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    person: TypedPerson | None = None
    source: str = ""

    def with_signed(self, petition_id: int) -> "Way":
        return replace(
            self, signed=self.signed | {petition_id}, skipped=self.skipped - {petition_id}
        )

    def with_skipped(self, petition_id: int) -> "Way":
        return replace(self, skipped=self.skipped | {petition_id} - self.signed)

    def next_case(self, marathon: Marathon, *, after: int) -> MarathonCase | None:
        """The next case that was neither signed nor skipped, from `after` on and round."""
        left = [
            case
            for case in marathon.open_cases
            if case.petition.pk not in self.signed | self.skipped
        ]
        return next((case for case in left if case.number > after), left[0] if left else None)


def read_way(request: HttpRequest, year: int) -> Way:
    """How far this device has come in an edition; nowhere, where its cookie is none of ours."""
    try:
        kept = signing.loads(
            request.COOKIES.get(_cookie_name(get_language() or settings.LANGUAGE_CODE), ""),
            salt=f"{_SALT}.{year}",
            max_age=LIFETIME,
        )
        person = json.loads(decrypt(kept["person"])) if kept["person"] else None
    except (signing.BadSignature, InvalidToken):
        return Way()
    return Way(
        signed=frozenset(kept["signed"]),
        skipped=frozenset(kept["skipped"]),
        person=TypedPerson(**person) if person else None,
        source=clean_source(kept["source"]),
    )


def keep_way(response: HttpResponse, year: int, way: Way) -> None:
    """Let the device remember it, on the pages of this edition in whichever language."""
    kept = {
        "signed": sorted(way.signed),
        "skipped": sorted(way.skipped),
        "person": encrypt(json.dumps(asdict(way.person))) if way.person else "",
        "source": way.source,
    }
    token = signing.dumps(kept, salt=f"{_SALT}.{year}", compress=True)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            path = reverse("petitions:marathon_end", args=[year]).removesuffix("end/")
        response.set_cookie(
            _cookie_name(code),
            token,
            max_age=LIFETIME,
            path=path,
            secure=settings.BASE_URL.startswith("https://"),
            httponly=True,
            samesite="Lax",
        )


def _cookie_name(language: str) -> str:
    """One cookie for each language: a path is in one language, and so is a cookie's."""
    return f"{COOKIE}-{language}"
