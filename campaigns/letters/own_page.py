"""The letters on somebody's own page, and taking one back."""

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.localized import label_in
from campaigns.supporters.own_page import Row, Section

from .acting import withdraw_letter
from .models import Channel, LetterAct


def _rows(supporter_id: int) -> Sequence[Row]:
    acts = (
        LetterAct.objects.filter(supporter=supporter_id)
        .select_related("issue__urgent_action__case", "office")
        .prefetch_related(
            "issue__urgent_action__case__subjects", "issue__urgent_action__case__consents"
        )
        .order_by("-declared_at")
    )
    return [_row(act) for act in acts]


def _row(act: LetterAct) -> Row:
    case = act.issue.urgent_action.case
    name = case.name if case.is_public() else gettext("somebody whose case is no longer shown")
    said = [
        label_in(act.office.title) if act.office else "",
        "" if act.channel == Channel.UNSAID else act.get_channel_display(),
        gettext("after the deadline") if act.is_late else "",
        gettext("taken back") if act.undone_at else "",
    ]
    return Row(
        key=str(act.pk),
        title=gettext("Letter for %(name)s") % {"name": name},
        happened_at=act.declared_at,
        note=" · ".join(filter(None, said)),
        can_withdraw=act.undone_at is None,
    )


SECTION = Section(
    code="letters",
    title=_("The letters that you told us of"),
    introduction=_(
        "You told us that these have left. One that you take back is no longer counted."
    ),
    empty=_("You have not told us of any letter."),
    rows=_rows,
    withdraw=withdraw_letter,
    withdraw_label=_("Take back"),
)
