"""Ready links with which a petition, or anything else that has an address, is passed on.

No script and no picture of any network is loaded for them: following a link is the reader's own
choice, and until then nobody else knows of the page. Signal has no address that takes words, so
they are copied, or handed over by the device's own share sheet.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from io import BytesIO
from urllib.parse import quote

import idna
import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from campaigns.cases.selectors import withheld_names

from .links import SHARED
from .models import Petition

LONGEST_HOST = 253
NAME_THERE = re.compile(r"@?[\w.-]*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
TOP_LABEL = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


class NoServer(ValueError):
    """What was typed is no name of a server."""


@dataclass(frozen=True)
class Channel:
    """One way of passing something on: its code in figures, its name, and the link itself."""

    code: str
    name: str
    url: str


@dataclass(frozen=True)
class Message:
    """What is passed on: a title, words, an address, and whose link it is ("" nobody's)."""

    title: str
    words: str
    address: str
    own_code: str = ""

    def address_by(self, channel: str) -> str:
        """The address with its source: the person's own code where known, else the channel."""
        mark = "&" if "?" in self.address else "?"
        source = self.own_code or f"{SHARED}-{channel}"
        return f"{self.address}{mark}source={quote(source, safe='/')}"

    def text_by(self, channel: str) -> str:
        """The words, ending with the address."""
        return f"{self.words} {self.address_by(channel)}".strip()

    def on_mastodon(self, host: str) -> str:
        """The link that opens a server's own form with the text in it."""
        return f"https://{host}/share?text={quote(self.text_by('mastodon'), safe='')}"


@dataclass(frozen=True)
class Share:
    """Everything that `components/share.html` and the page of its own show.

    `page`, `mastodon` and `picture` are addresses of ours: all ways on one page, the form that
    asks for a server, the QR code. "" leaves them out. `printed` is the address as one says it.
    """

    message: Message
    channels: tuple[Channel, ...]
    page: str = ""
    mastodon: str = ""
    picture: str = ""
    printed: str = ""

    @property
    def copied(self) -> str:
        """The text for the clipboard."""
        return self.message.text_by("copy")

    @property
    def device_address(self) -> str:
        """The address for the device's own share sheet."""
        return self.message.address_by("device")

    @property
    def picture_address(self) -> str:
        """What the QR code says."""
        return self.message.address_by("qr")


def share_of(
    message: Message, *, page: str = "", mastodon: str = "", picture: str = "", printed: str = ""
) -> Share:
    """The ways to pass on any message, in the active language."""
    return Share(message, _channels(message), page, mastodon, picture, printed)


def share_links(petition: Petition, language: str, *, own_code: str = "") -> Share:
    """The ways to pass on a petition, in a language. One query.

    `own_code` is the code of one signer's own links (`links.share_code`); the addresses of ours
    carry it on.
    """
    with override(language):
        short = _short_address(petition)
        sign_page = reverse("petitions:sign", args=[petition.reference])
        message = Message(
            title=gettext("Sign for %(name)s") % {"name": petition.case.name},
            words=_words(petition, language),
            address=short or f"{settings.BASE_URL}{sign_page}",
            own_code=own_code,
        )

        def ours(name: str) -> str:
            path = reverse(f"petitions:{name}", args=[petition.reference])
            return f"{path}?by={own_code}" if own_code else path

        return share_of(
            message,
            page=ours("share"),
            mastodon=ours("share_on_mastodon"),
            picture=ours("share_picture"),
            printed=short.partition("://")[2],
        )


def _words(petition: Petition, language: str) -> str:
    """The petition's own words in that language, else a standard sentence; no withheld name.

    In a link the words are encoded: the net that conceals names in pages would not find them.
    """
    own = petition.share_words.get(language, "").strip()
    words = own or gettext("We are collecting signatures for %(name)s. Will you join us?") % {
        "name": petition.case.name
    }
    # What stands in place of a name is escaped for HTML.
    return unescape(withheld_names().concealed(escape(words)))


def _channels(message: Message) -> tuple[Channel, ...]:
    def encoded(text: str) -> str:
        return quote(text, safe="")

    body = message.text_by("mail").replace("\r\n", "\n").replace("\n", "\r\n")
    return (
        Channel(
            "whatsapp", "WhatsApp", f"https://wa.me/?text={encoded(message.text_by('whatsapp'))}"
        ),
        Channel(
            "telegram",
            "Telegram",
            f"https://t.me/share/url?url={encoded(message.address_by('telegram'))}"
            f"&text={encoded(message.words)}",
        ),
        Channel(
            "bluesky",
            "Bluesky",
            f"https://bsky.app/intent/compose?text={encoded(message.text_by('bluesky'))}",
        ),
        # Takes an address only; it reads title and picture from the page.
        Channel(
            "facebook",
            "Facebook",
            "https://www.facebook.com/sharer/sharer.php"
            f"?u={encoded(message.address_by('facebook'))}",
        ),
        Channel(
            "mail",
            gettext("E-mail"),
            f"mailto:?subject={encoded(message.title)}&body={encoded(body)}",
        ),
    )


def qr_picture(address: str) -> bytes:
    """The address as a QR code: an SVG without a size, black on white in every colour scheme."""
    file = BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(file, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, nl=False)
    return file.getvalue()


def server_in(typed: str) -> str:
    """The host name (ASCII) in what somebody typed as theirs: `server`, `@me@server`, an address.

    Raises NoServer unless it is a name of the public internet: no port, no number, no path.
    """
    host = typed.strip().lower().removeprefix("https://").removeprefix("http://")
    name_there, _at, host = host.partition("/")[0].rpartition("@")
    host = host.rstrip(".")
    if not NAME_THERE.fullmatch(name_there):
        raise NoServer(typed)
    try:
        name = idna.encode(host, uts46=True).decode("ascii") if host else ""
    except (idna.IDNAError, UnicodeError) as problem:
        raise NoServer(typed) from problem
    *labels, top = name.split(".")
    if (
        not labels
        or len(name) > LONGEST_HOST
        or not TOP_LABEL.fullmatch(top)
        or not all(map(LABEL.fullmatch, labels))
    ):
        raise NoServer(typed)
    return name


# Pages stand above this app: whoever knows them says whether a short address leads to a petition.
Knows = Callable[[Petition], bool]
_knowing: list[Knows] = []


def register_short_addresses(knows: Knows) -> None:
    """Let `knows(petition)` tell whether `/<reference>` leads to a page with it."""
    _knowing.append(knows)


def _short_address(petition: Petition) -> str:
    if any(knows(petition) for knows in _knowing):
        return f"{settings.BASE_URL}/{petition.reference}"
    return ""
