"""The buttons of a mailing's page, in the order in which they are pressed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.workspaces import Transition

from . import services
from .forms import ApproveForm, ScheduleForm, SendNowForm, TestForm
from .models import Delivery, Mailing
from .selectors import to_send_again

State = Mailing.State
MAY_APPROVE = "mailings.approve_mailing"
MAY_SEND = "mailings.send_mailing"
MAY_CHANGE = "mailings.change_mailing"
SEES_RECIPIENTS = "mailings.see_recipients"
# Each of these is enough; for the others the transition names one.
EITHER = {
    "test": (MAY_CHANGE, MAY_APPROVE),
    "send-back": (MAY_CHANGE, MAY_APPROVE),
    "cancel": (MAY_CHANGE, MAY_SEND),
}


def _is_uncertain(mailing: Mailing) -> bool:
    rows = Delivery.objects.filter(mailing=mailing.pk, state=Delivery.State.UNCERTAIN)
    return rows.exists()


def _in(*states: str) -> Any:
    return lambda mailing: mailing.state in states


SUBMIT = Transition(
    "submit",
    _("Send to review"),
    _(
        "The words of all languages are frozen as they are now, and somebody else is asked to read"
        " them. What they read is what is sent, whatever happens to the page meanwhile."
    ),
    services.submit_mailing,
    "mailing",
    is_offered=_in(State.DRAFT),
    permission=MAY_CHANGE,
)
APPROVE = Transition(
    "approve",
    _("Approve"),
    _("You have read it in all its languages. Nothing leaves yet: that is the next step."),
    services.approve_mailing,
    "mailing",
    is_offered=_in(State.SUBMITTED),
    form_class=ApproveForm,
    permission=MAY_APPROVE,
)
SCHEDULE = Transition(
    "schedule",
    _("Schedule"),
    _(
        "At that moment the recipients are written down; five minutes later the first mail leaves."
        " Where it cannot leave within two hours of its time, it waits for you."
    ),
    services.schedule_mailing,
    "mailing",
    is_offered=_in(State.APPROVED, State.SCHEDULED),
    form_class=ScheduleForm,
    permission=MAY_SEND,
)
SEND = Transition(
    "send",
    _("Send now"),
    _(
        "The recipients are written down at once. The first mail leaves five minutes later: until"
        " then you can cancel it, and nobody has got anything."
    ),
    services.send_mailing,
    "mailing",
    is_offered=_in(State.APPROVED, State.SCHEDULED),
    form_class=SendNowForm,
    permission=MAY_SEND,
)
TEST = Transition(
    "test",
    _("Send a test"),
    _("As the readers get it, with links that lead nowhere. Nobody else gets anything."),
    services.send_tests,
    "mailing",
    is_offered=_in(State.DRAFT, State.SUBMITTED, State.APPROVED, State.SCHEDULED),
    form_class=TestForm,
)
RESUME = Transition(
    "resume",
    _("Resume"),
    _("It goes on where it stopped. Whoever has it does not get it again."),
    services.resume_mailing,
    "mailing",
    is_offered=_in(State.PAUSED),
    permission=MAY_SEND,
)
PAUSE = Transition(
    "pause",
    _("Pause"),
    _("Nothing more leaves until somebody resumes it. What is being handed over is finished."),
    services.pause_mailing,
    "mailing",
    is_offered=_in(State.PREPARED, State.SENDING),
    permission=MAY_SEND,
)
UNSCHEDULE = Transition(
    "unschedule",
    _("Take off the schedule"),
    _("It stays approved, and waits until somebody says when."),
    services.unschedule_mailing,
    "mailing",
    is_offered=_in(State.SCHEDULED),
    permission=MAY_SEND,
)
SEND_BACK = Transition(
    "send-back",
    _("Send back"),
    _("Back to draft, to be changed. Approval and time are taken back."),
    services.send_back_mailing,
    "mailing",
    is_offered=_in(State.SUBMITTED, State.APPROVED, State.SCHEDULED),
)
RESEND = Transition(
    "resend",
    _("Send again to those it failed to reach"),
    _("Once more to those whom the provider refused or did not take, and to nobody else."),
    services.resend_to_failed,
    "mailing",
    is_offered=lambda mailing: (
        mailing.state in {State.SENT, State.PAUSED} and to_send_again(mailing).exists()
    ),
    permission=MAY_SEND,
)
RESEND_UNCERTAIN = Transition(
    "resend-uncertain",
    _("Send again to the uncertain ones"),
    _(
        "You have looked at what is known, and at the provider's own list: these mails have not"
        " left. If you are wrong, these people get it twice."
    ),
    services.resend_to_uncertain,
    "mailing",
    is_offered=lambda mailing: (
        mailing.state in {State.SENT, State.PAUSED, State.SENDING} and _is_uncertain(mailing)
    ),
    permission=MAY_SEND,
    is_grave=True,
)
LEAVE_UNCERTAIN = Transition(
    "leave-uncertain",
    _("Leave the uncertain ones"),
    _(
        "They may have it, and are not written to again. They are counted as failed, since nobody"
        " can prove the contrary."
    ),
    services.leave_uncertain,
    "mailing",
    is_offered=RESEND_UNCERTAIN.is_offered,
    permission=MAY_SEND,
)
CANCEL = Transition(
    "cancel",
    _("Cancel this mailing"),
    _("For good: what has not left never leaves. What has left cannot be called back."),
    services.cancel_mailing,
    "mailing",
    is_offered=lambda mailing: mailing.state in Mailing.UNSENT | Mailing.UNDER_WAY,
    is_grave=True,
)

MAILING_TRANSITIONS = (
    SUBMIT,
    APPROVE,
    SCHEDULE,
    SEND,
    RESUME,
    PAUSE,
    RESEND,
    RESEND_UNCERTAIN,
    LEAVE_UNCERTAIN,
    TEST,
    UNSCHEDULE,
    SEND_BACK,
    CANCEL,
)
