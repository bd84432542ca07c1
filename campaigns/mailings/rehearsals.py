"""Test mails: what readers would get, to ourselves. They count for nothing and open nothing."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth import get_user_model

from campaigns.outbox.bulk.batches import fill
from campaigns.outbox.kinds import Letterhead, MailKind, MessageObsolete
from campaigns.outbox.models import OutgoingMessage
from campaigns.outbox.rendering import RenderedMail

from . import words
from .freezing import freeze
from .models import Mailing, MailingContent, ProofReader
from .readers import sample_values

KIND = "mailings/send_test"


def _content(mailing: Mailing, language: str) -> MailingContent:
    """The frozen words, or those of the page as it is now. Raises MessageObsolete."""
    frozen = mailing.contents.filter(language=language).first()
    if frozen is not None:
        return frozen
    source = words.source()
    page = source.pages(str(mailing.page.translation_key)).get(language) if mailing.page else None
    if page is None:
        raise MessageObsolete("There is no page in that language any more.")
    return freeze(source.words(page)).content


def rendered(content: MailingContent, *, first_name: str) -> RenderedMail:
    """What one reader would get, with links that lead to the site and open nothing."""
    values = sample_values(
        content.language, first_name=first_name, link=f"{settings.BASE_URL}/{content.language}/"
    )
    return RenderedMail(
        subject=fill(content.subject, values),
        text=fill(content.text, values),
        html=fill(content.html, values, is_html=True),
    )


def _prepare(message: OutgoingMessage) -> Letterhead:
    mailing = Mailing.objects.filter(pk=str(message.arguments["mailing"])).first()
    if mailing is None:
        raise MessageObsolete("The mailing is gone.")
    address, name = _reader(message)
    mail = rendered(_content(mailing, message.language), first_name=name)
    marked = RenderedMail(subject=f"[Test] {mail.subject}", text=mail.text, html=mail.html)
    return Letterhead(address=address, context={}, mail=marked)


def _reader(message: OutgoingMessage) -> tuple[str, str]:
    """Address and first name of whoever wanted the test. Raises MessageObsolete."""
    if "user" in message.arguments:
        user = get_user_model().objects.filter(pk=message.arguments["user"]).first()
        if user is None or not user.email:
            raise MessageObsolete("That member of staff has no address.")
        return user.email, user.first_name
    reader = ProofReader.objects.filter(pk=message.arguments["reader"]).first()
    if reader is None:
        raise MessageObsolete("That reader is on the list no longer.")
    return reader.email, reader.name.partition(" ")[0]


def _samples() -> Mapping[str, Letterhead]:
    mail = RenderedMail(subject="[Test] Noor", text="Noor\n", html="<html lang='en'></html>")
    return {"a test": Letterhead("reader@example.org", {}, mail=mail)}


KINDS = [MailKind(KIND, _prepare, _samples)]
