"""Postal addresses: their parts, and the lines in which they are written."""

from dataclasses import asdict, dataclass

from campaigns.mailboxes import keyed_hash

BOX = {"fr": "bte", "nl": "bus", "de": "Bfk.", "en": "box"}


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

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def postcode_key(*, country: str, postcode: str) -> str:
    """The same for `1348`, `B-1348` and ` 1348 `."""
    plain = "".join(character for character in postcode.upper() if character.isalnum())
    if country == "BE":
        plain = plain.removeprefix("B")
    return keyed_hash("postcode", f"{country}:{plain}")
