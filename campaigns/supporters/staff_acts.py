"""The buttons of a supporter's page. Only the supporter service has them."""

from django.utils.translation import gettext_lazy as _

from campaigns.workspaces import Transition

from .services import care, notes
from .staff_forms import (
    CorrectForm,
    EndForm,
    EraseForm,
    LiftForm,
    NoteForm,
    liftable_suppressions,
    running_subscriptions,
)

MAY_CHANGE = "supporters.change_supporter"

SUPPORTER_TRANSITIONS = (
    Transition(
        "note",
        _("Write a note"),
        _("What was said or done, so that whoever answers next knows it."),
        notes.write_note,
        "supporter",
        is_offered=lambda supporter: True,
        form_class=NoteForm,
        permission=MAY_CHANGE,
    ),
    Transition(
        "correct",
        _("Correct name or language"),
        _(
            "As the person says it is. Signatures keep the name they were given with. A new e-mail"
            " address is for the person to type, on their own page: it has to be confirmed."
        ),
        care.correct_details,
        "supporter",
        is_offered=lambda supporter: True,
        form_class=CorrectForm,
        permission=MAY_CHANGE,
    ),
    Transition(
        "send-link",
        _("Send the link to their own page"),
        _(
            "They get a mail with a link that opens once, for 15 minutes: there they see, change,"
            " pause or erase everything themselves."
        ),
        care.send_access_link,
        "supporter",
        is_offered=lambda supporter: True,
        permission=MAY_CHANGE,
    ),
    Transition(
        "end",
        _("End a subscription"),
        _("The mails of that formula stop at once, and of no other."),
        care.end_on_request,
        "supporter",
        is_offered=lambda supporter: running_subscriptions(supporter).exists(),
        form_class=EndForm,
        permission=MAY_CHANGE,
    ),
    Transition(
        "lift",
        _("Lift a suppression"),
        _(
            "Mail may go to this mailbox again. Only for somebody who asked for it, or whose"
            " mailbox works again."
        ),
        care.lift_suppression,
        "supporter",
        is_offered=lambda supporter: bool(liftable_suppressions(supporter)),
        form_class=LiftForm,
        permission=MAY_CHANGE,
    ),
    Transition(
        "erase",
        _("Erase the person"),
        _(
            "Everything we know about this person is deleted, in this moment and for ever; what"
            " they signed stays counted, without a name. Nobody can bring it back by an import or"
            " a backup; only they can, by signing up again. If they can open their mail, better"
            " send them the link to their own page: they can do it there."
        ),
        care.erase_on_request,
        "supporter",
        is_offered=lambda supporter: True,
        form_class=EraseForm,
        permission=MAY_CHANGE,
        is_grave=True,
    ),
)
