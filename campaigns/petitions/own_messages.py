"""The messages of solidarity on somebody's own page, and taking one back."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.cases.models import Case
from campaigns.outbox import suppression_ledger
from campaigns.supporters.own_page import Row, Section
from campaigns.supporters.services.replaying import meant_by

from .models import SolidarityMessage
from .services import withdraw_message

State = SolidarityMessage.State


def _rows(supporter_id: int) -> Sequence[Row]:
    messages = (
        SolidarityMessage.objects.filter(supporter=supporter_id)
        .select_related("edition", "case")
        .prefetch_related("case__subjects", "case__consents")
        .order_by("-written_at")
    )
    return [
        Row(
            key=str(message.pk),
            title=_title(message.case),
            happened_at=message.written_at,
            note=gettext("“%(text)s” (%(name)s). %(fate)s")
            % {"text": message.text, "name": message.signed_as, "fate": _fate(message)},
            can_withdraw=True,
        )
        for message in messages
    ]


def _fate(message: SolidarityMessage) -> str:
    if message.confirmed_at is None:
        return gettext("Not confirmed yet.")
    if message.state == State.APPROVED:
        return gettext("Read and approved: it is passed on.")
    if message.state == State.REFUSED:
        return gettext("Read and not passed on: %(reason)s") % {"reason": message.reason}
    return gettext("Waits to be read.")


def _title(case: Case) -> str:
    """The name of the case as it may be shown today, or that it may not be shown at all."""
    return case.name if case.is_public() else gettext("A person of whom we show nothing any more")


def _titles(references: Sequence[str]) -> Mapping[str, str]:
    """By `<year>/<reference of the case>`."""
    by_case: dict[str, list[str]] = {}
    for reference in references:
        by_case.setdefault(reference.partition("/")[2], []).append(reference)
    cases = Case.objects.with_exposure().filter(reference__in=by_case)
    return {
        reference: gettext("Message to %(name)s") % {"name": _title(case)}
        for case in cases
        for reference in by_case[case.reference]
    }


def withdraw_again(line: suppression_ledger.Line) -> None:
    """Withdraw it from a database that came back from a backup; not what was written since."""
    messages = SolidarityMessage.objects.filter(
        supporter__in=meant_by(line),
        edition=line.details["edition"],
        case=line.details["case"],
        written_at__lte=line.at,
    )
    for key, supporter_id in messages.values_list("pk", "supporter"):
        withdraw_message(supporter_id=supporter_id, key=str(key), now=line.at)


SECTION = Section(
    code="messages",
    title=_("Your messages of solidarity"),
    introduction=_(
        "If you take one back, it is deleted. What has been passed on by then stays with the"
        " person or the family."
    ),
    empty=_("You have not written to anybody."),
    rows=_rows,
    withdraw=withdraw_message,
    withdraw_label=_("Take back"),
    about="message",
    titles=_titles,
)
