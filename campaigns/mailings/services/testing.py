"""Test mails, owed like any other single mail: they survive whatever breaks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.outbox.services import press_key, queue_message
from campaigns.transitions import Refused

from ..models import Mailing, ProofReader
from ..rehearsals import KIND
from .life import look_through


@transaction.atomic
def send_tests(
    *, mailing: Mailing, languages: Sequence[str], to_list: bool, by: Any, now: datetime
) -> int:
    """To whoever asks, in these languages; `to_list`: to the test readers in theirs, too.

    Returns how many mails are owed. Raises Refused where there are no words, or no address.
    """
    written = set(mailing.contents.values_list("language", flat=True)) or {
        each.content.language for each in look_through(mailing)
    }
    wanted = [code for code in languages if code in written]
    if not wanted and not to_list:
        raise Refused([_("The page is not published in that language.")])
    if wanted and not by.email:
        raise Refused([_("Your account has no e-mail address: add it under your account first.")])
    owed = [(code, {"user": by.pk}) for code in wanted]
    if to_list:
        readers = list(ProofReader.objects.filter(language__in=written))
        if not readers:
            raise Refused([_("Nobody on the list of test readers reads these languages.")])
        owed += [(reader.language, {"reader": reader.pk}) for reader in readers]
    for language, reader in owed:
        [(kind, number)] = reader.items()
        queue_message(
            kind=KIND,
            language=language,
            arguments={"mailing": str(mailing.pk), **reader},
            dedupe_key=press_key(occasion=f"test:{mailing.pk}:{language}:{kind}:{number}", now=now),
            now=now,
        )
    log(instance=mailing, action="mailings.test", user=by, data={"mails": len(owed)})
    return len(owed)
