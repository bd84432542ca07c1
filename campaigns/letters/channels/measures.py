"""How long a text is, as each network counts."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

# GSM 03.38: what a text message holds in seven bits a character; those after take two places.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")
# Places in a message on its own, and in one of several, which says in what order they come.
GSM_PLACES, WIDE_PLACES = (160, 153), (70, 67)

LONGEST_ON_X = 280
LONGEST_ON_BLUESKY = 300
LONGEST_ON_MASTODON = 500
ADDRESS = re.compile(r"https?://\S+")
ADDRESS_ON_X = 23
# Elsewhere a character counts twice.
ONCE_ON_X = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

JOINER, EMOJI_STYLE, KEYCAP = "\u200d", "\ufe0f", "\u20e3"
SKIN_TONES = range(0x1F3FB, 0x1F400)
TAGS = range(0xE0020, 0xE0080)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
PICTURES = range(0x1F000, 0x20000)


def sms_parts(text: str) -> int:
    """How many messages a text message is sent, and paid, as."""
    text = text.strip()
    if not text:
        return 0
    if set(text) <= GSM | GSM_TWICE:
        return _parts((2 if char in GSM_TWICE else 1 for char in text), GSM_PLACES)
    return _parts((2 if ord(char) > 0xFFFF else 1 for char in text), WIDE_PLACES)


def _parts(sizes: Iterable[int], places: tuple[int, int]) -> int:
    """Messages for characters of those sizes, none of which is cut in two."""
    alone, joined = places
    sizes = list(sizes)
    if sum(sizes) <= alone:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > joined:
            parts, used = parts + 1, 0
        used += size
    return parts


def length_on_x(text: str) -> int:
    """As X counts: an address is 23, an emoji two, and so is a character of many scripts."""
    text = unicodedata.normalize("NFC", text)
    addresses = ADDRESS.findall(text)
    rest = ADDRESS.sub("", text)
    return ADDRESS_ON_X * len(addresses) + sum(map(_weight_on_x, clusters(rest)))


def _weight_on_x(cluster: str) -> int:
    if _is_emoji(cluster):
        return 2
    return sum(
        1 if any(first <= ord(char) <= last for first, last in ONCE_ON_X) else 2 for char in cluster
    )


def _is_emoji(cluster: str) -> bool:
    return (
        any(ord(char) in PICTURES for char in cluster)
        or KEYCAP in cluster
        or EMOJI_STYLE in cluster
    )


def graphemes(text: str) -> int:
    """The number of characters as readers see them."""
    return sum(1 for _cluster in clusters(text))


def clusters(text: str) -> Iterator[str]:
    """The characters as readers see them: with accents, joined emoji and flags as one.

    The rules of UAX #29 that short texts in our languages meet, without its tables.
    """
    cluster = ""
    for char in text:
        if cluster and not _continues(cluster, char):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _continues(cluster: str, char: str) -> bool:
    code = ord(char)
    if char == JOINER or code in SKIN_TONES or code in TAGS:
        return True
    if unicodedata.category(char) in {"Mn", "Me", "Mc"}:
        return True
    if cluster[-1] == JOINER:
        return code in PICTURES or code in range(0x2190, 0x2C00)
    if code in FLAG_LETTERS:
        # Two letters are a flag; a third one begins the next.
        return len(cluster) == 1 and ord(cluster) in FLAG_LETTERS
    return cluster[-1] == "\r" and char == "\n"
