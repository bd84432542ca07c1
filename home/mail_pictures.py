"""Pictures in mails: of a kind, a width and an address that every mail program can show."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from .mail_rich_text import absolute
from .media.models import shown

# The width of the text in a mail; made twice as wide, for screens of today.
WIDTH = 536
# Mail programs of Windows know neither WebP nor AVIF, and none shows SVG.
PHOTOGRAPH = f"width-{2 * WIDTH}|format-jpeg"
TRANSPARENT = f"width-{2 * WIDTH}|format-png"


@dataclass(frozen=True)
class MailPicture:
    """A picture as a mail shows it: from our own site, never from elsewhere."""

    src: str
    width: int


def mail_picture(image: Any) -> MailPicture | None:
    """The picture, if it may be shown today and comes from our own address."""
    image = shown(image)
    if image is None or image.is_svg():
        return None
    rendition = image.get_rendition(TRANSPARENT if _is_transparent(image) else PHOTOGRAPH)
    src = absolute(rendition.url)
    if urlsplit(src).netloc != urlsplit(settings.BASE_URL).netloc:
        return None
    return MailPicture(src=src, width=min(WIDTH, rendition.width))


def _is_transparent(image: Any) -> bool:
    if not image.filename.lower().endswith((".png", ".webp")):
        return False
    with image.get_willow_image() as opened:
        return bool(opened.has_alpha())
