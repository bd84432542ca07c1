"""Words for what figures are told apart by: sources, networks, countries, languages."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.localized import language_name
from campaigns.supporters.postal import country_name

from .links import PERSONAL
from .models import EmbedPartner

# How the ways to share are called, whatever the language.
CHANNELS = {
    "whatsapp": "WhatsApp",
    "signal": "Signal",
    "telegram": "Telegram",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "facebook": "Facebook",
}
SHARED = "share-"
EMBEDDED = "embed/"
# Enough digits to tell twenty networks apart, and too few to be a key.
SHOWN_DIGITS = 4


def reader_language() -> str:
    """The language of whoever reads the page."""
    return get_language() or settings.LANGUAGE_CODE


def partner_names() -> dict[str, str]:
    """The names of partner sites by their source codes."""
    return dict(EmbedPartner.objects.values_list("code", "name"))


def source_words(source: str, partners: Mapping[str, str]) -> str:
    """What a source code means, or the code itself where somebody made it up."""
    if not source:
        return _("directly")
    if source == PERSONAL:
        return _("personal links of signers")
    code = source.removeprefix(EMBEDDED)
    if code in partners:
        return _("on the site of %(partner)s") % {"partner": partners[code]}
    if source.startswith(SHARED):
        return _shared_words(source.removeprefix(SHARED))
    return source


def _shared_words(channel: str) -> str:
    words = {
        "copy": _("a copied link"),
        "device": _("the menu of a device"),
        "mail": _("a mail"),
        "email": _("a mail"),
        "qr": _("a QR code"),
    }
    by = words.get(channel) or CHANNELS.get(channel, channel)
    return _("shared by %(channel)s") % {"channel": by}


def network_words(network: str) -> str:
    """A name for a network that stays the same for a month and leads nowhere."""
    if not network:
        return _("unknown or forgotten")
    return _("network %(digits)s") % {"digits": network[:SHOWN_DIGITS]}


def country_words(code: str) -> str:
    """The name of a country in the reader's language."""
    return country_name(code, _babel_language(reader_language())) if code else "–"


def language_words(code: str) -> str:
    """The name of a language in the reader's language."""
    return language_name(code, reader_language().split("-")[0])


@cache
def _babel_language(language: str) -> str:
    """The reader's language where its names are known, else that of the site."""
    code = language.split("-")[0]
    return code if Locale.parse(code).territories else settings.LANGUAGE_CODE
