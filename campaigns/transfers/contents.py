"""What an export says of a supporter."""

import json
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.models import ContactPoint, Subscription, Supporter
from campaigns.supporters.postal import country_name

from .models import ExportJob
from .problems import Column
from .selectors import in_chunks, supporters_for
from .sources import Row, Source

EXPORT_PERMISSION = "transfers.add_exportjob"
CHUNK_ROWS = 500

HEADINGS: Sequence[str | Promise] = (
    _("Number"),
    Column.EMAIL.label,
    Column.GIVEN_NAME.label,
    Column.FAMILY_NAME.label,
    Column.LANGUAGE.label,
    Column.COUNTRY.label,
    Column.PHONE.label,
    Column.STREET.label,
    Column.BOX.label,
    Column.POSTCODE.label,
    Column.LOCALITY.label,
    _("Formulas"),
    _("Address confirmed on"),
    _("Pauses until"),
)


def headings(job: ExportJob) -> list[str]:
    """The first row, in the active language."""
    return [str(heading) for heading in HEADINGS]


def chunks(job: ExportJob) -> Iterator[Sequence[Row]]:
    """The rows, by CHUNK_ROWS."""
    for supporters in in_chunks(supporters_for(job), CHUNK_ROWS):
        yield [contents(supporter) for supporter in supporters]


def contents(supporter: Supporter) -> list[str]:
    """One row. `supporter` comes with its contact points and subscriptions."""
    points = {point.kind: point.value for point in supporter.contact_points.all()}
    postal = json.loads(points.get(ContactPoint.Kind.POSTAL) or "{}")
    formulas = sorted(
        subscription.formula.code
        for subscription in supporter.subscriptions.all()
        if subscription.state == Subscription.State.ACTIVE
    )
    return [
        str(supporter.pk),
        supporter.email,
        supporter.given_name,
        supporter.family_name,
        supporter.language,
        supporter.country,
        points.get(ContactPoint.Kind.PHONE, ""),
        *(postal.get(name, "") for name in ("street", "box", "postcode", "locality")),
        ", ".join(formulas),
        timezone.localdate(supporter.confirmed_at).isoformat() if supporter.confirmed_at else "",
        supporter.paused_until.isoformat() if supporter.paused_until else "",
    ]


def facts(job: ExportJob) -> list[tuple[object, object]]:
    """Whom a list was asked for."""
    language = get_language() or settings.LANGUAGE_CODE
    return [
        (gettext("Formula"), job.formula or gettext("all")),
        (gettext("Language"), job.get_language_display() or gettext("all")),
        (
            gettext("Country"),
            country_name(job.country, language) if job.country else gettext("all"),
        ),
        (
            gettext("Only those who get mails"),
            gettext("yes") if job.only_active else gettext("no"),
        ),
    ]


SUPPORTERS = Source(
    kind="supporters",
    title=_("Supporters"),
    permission=EXPORT_PERMISSION,
    headings=headings,
    chunks=chunks,
    facts=facts,
    file_name=lambda job: "supporters",
)
