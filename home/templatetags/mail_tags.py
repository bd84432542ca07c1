"""What templates of mails need: blocks in their two other renderings, rich text, addresses."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from wagtail.rich_text import RichText

from campaigns.localized import Words
from home import mail_rich_text
from home.mail_pictures import MailPicture, mail_picture
from home.mail_rich_text import PARAGRAPH, styled

register = template.Library()


def _block(context: Any, block: Any, option: str) -> SafeString:
    full = block.block.get_context(block.value, parent_context=context.flatten())
    return render_to_string(getattr(block.block.meta, option), full)


@register.simple_tag(takes_context=True)
def mail_block(context: Any, block: Any) -> SafeString:
    """A block of a body as MJML: whatever may stand in a column."""
    return _block(context, block, "mail_template")


@register.simple_tag(takes_context=True)
def text_block(context: Any, block: Any) -> str:
    """A block of a body as plain text, without blank lines around it."""
    return _block(context, block, "text_template").strip()


@register.filter
def mail_richtext(value: RichText) -> SafeString:
    """Rich text as the HTML of a mail."""
    return mail_rich_text.mail_html(value.source)


@register.filter
def text_richtext(value: RichText) -> str:
    """Rich text as plain text, links on lines of their own."""
    return mail_rich_text.plain_text(value.source)


@register.filter
def mail_paragraphs(value: object) -> SafeString:
    """Plain text with blank lines between paragraphs, as the HTML of a mail."""
    paragraphs = str(value).replace("\r\n", "\n").split("\n\n")
    return format_html_join(
        "",
        "{}",
        (
            (styled("p", PARAGRAPH, format_html_join("<br/>", "{}", _lines(paragraph))),)
            for paragraph in paragraphs
            if paragraph.strip()
        ),
    )


def _lines(paragraph: str) -> list[tuple[str]]:
    return [(line,) for line in paragraph.strip().split("\n")]


@register.filter
def underlined(value: object) -> str:
    """A heading of a plain text, on two lines."""
    words = mail_rich_text.one_line(str(value))
    return f"{words}\n{'-' * min(len(words), 60)}"


@register.filter
def in_words(value: Words) -> str:
    """Words of a fact in a plain text; where they are in another language, they say in which."""
    if not value.language:
        return value.text
    return f"{value.text} ({get_language_info(value.language)['name_local'].capitalize()})"


@register.filter
def quoted(value: object) -> str:
    """Somebody's words in a plain text, marked as mails mark them."""
    return "\n".join(f"> {line}".rstrip() for line in str(value).strip().splitlines())


@register.filter
def absolute(href: str) -> str:
    """An address of this site as a mail has to spell it."""
    return mail_rich_text.absolute(href)


@register.filter
def from_source(href: str, source: str) -> str:
    """The address of a page that may hold a form, with the source code of the mail."""
    full = mail_rich_text.absolute(href)
    return f"{full}?{urlencode({'source': source})}" if full and source else full


@register.simple_tag
def picture_for_mail(image: Any) -> MailPicture | None:
    """The picture in the size of a mail; None where it may not be shown."""
    return mail_picture(image)
