"""Mailings in words, for staff: how one stands, what to do about it, whom an audience means."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from campaigns.localized import language_name
from campaigns.supporters.postal import country_name

from .models import Audience, Delivery, Mailing

DeliveryState = Delivery.State
# Of single mails.
STATE_MARKS = {
    DeliveryState.ACCEPTED: "good",
    DeliveryState.PENDING: "wait",
    DeliveryState.UNCERTAIN: "wait",
    DeliveryState.REJECTED: "bad",
    DeliveryState.FAILED: "bad",
}
State = Mailing.State
Problem = Mailing.Problem
# What a state means for whoever looks at a list: "good", "bad", "wait" or "".
MARKS = {
    State.SUBMITTED: "wait",
    State.PREPARING: "wait",
    State.PREPARED: "wait",
    State.SENDING: "wait",
    State.PAUSED: "bad",
    State.SENT: "good",
}


def moment_words(moment: datetime | None) -> str:
    """A moment as it is written, or a dash."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"


def clock_words(moment: datetime) -> str:
    """The time of day alone."""
    return date_format(timezone.localtime(moment), "TIME_FORMAT")


def number_words(number: int) -> str:
    """A number with its thousands apart."""
    return str(number_format(number, force_grouping=True))


def people_words(number: int) -> str:
    """So many people."""
    return ngettext("%(count)s person", "%(count)s people", number) % {
        "count": number_words(number)
    }


def language_words(code: str) -> str:
    """The name of a language in the language of whoever reads this."""
    display = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return language_name(code, display)


def place_of(code: str) -> int:
    """Languages come in the order of the site."""
    codes = [each for each, _name in settings.LANGUAGES]
    return codes.index(code) if code in codes else len(codes)


def duration_words(duration: timedelta) -> str:
    """About how long something takes."""
    minutes = round(duration.total_seconds() / 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 90:
        return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {
            "count": minutes
        }
    hours = round(minutes / 60)
    return ngettext("about %(count)s hour", "about %(count)s hours", hours) % {"count": hours}


def state_words(mailing: Mailing) -> str:
    """How a mailing stands, in a sentence or two."""
    words = {
        State.DRAFT: _("A draft: its words follow the page until it is sent to review."),
        State.SUBMITTED: _(
            "Waits for a second person: somebody else than %(author)s reads the words and approves."
        )
        % {"author": mailing.author or _("the author")},
        State.APPROVED: _("Approved, and no time is set: nothing leaves until somebody says when."),
        State.SCHEDULED: _("It is prepared on %(moment)s, and leaves five minutes later.")
        % {"moment": moment_words(mailing.send_at)},
        State.PREPARING: _("It is being prepared: one line for each candidate. Nothing has left."),
        State.PAUSED: _("Paused: nothing leaves until somebody resumes it."),
        State.SENT: _("Sent. The last mail was accounted for on %(moment)s.")
        % {"moment": moment_words(mailing.ended_at)},
    }
    if mailing.state == State.PREPARED and mailing.leaves_at:
        return _("Prepared. The first mail leaves at %(clock)s; until then all can be undone.") % {
            "clock": clock_words(mailing.leaves_at)
        }
    if mailing.state == State.SENDING and mailing.started_at:
        return _("It is being sent, since %(moment)s.") % {
            "moment": moment_words(mailing.started_at)
        }
    if mailing.state == State.CANCELLED:
        if mailing.started_at:
            return _("Cancelled on %(moment)s. What had left by then has left.") % {
                "moment": moment_words(mailing.ended_at)
            }
        return _("Cancelled on %(moment)s, before any mail had left.") % {
            "moment": moment_words(mailing.ended_at)
        }
    return words.get(State(mailing.state), str(mailing.get_state_display()))


def problem_words(mailing: Mailing) -> list[str]:
    """Why it does not go on by itself, and what can be done; nothing where all is well."""
    if not mailing.problem:
        return []
    problem = Problem(mailing.problem)
    if problem == Problem.STAFF and mailing.state == State.CANCELLED:
        return [_("Cancelled by staff.")]
    said = [str(problem.label)]
    if mailing.problem_note:
        said.append(_("What is known: %(note)s") % {"note": mailing.problem_note})
    remedy = _remedy(problem, mailing)
    return [*said, remedy] if remedy else said


def _remedy(problem: str, mailing: Mailing) -> str:
    if mailing.state == State.CANCELLED:
        if problem == Problem.ACTION_ENDED:
            return _("A new mailing can tell the readers how it ended.")
        return ""
    return {
        Problem.STALE: _("See whether it is still true, and schedule it again."),
        Problem.ASLEEP: _(
            "If this is the real site, resume it. If it is a copy, cancel it: the original sends."
        ),
        Problem.ACCOUNT: _(
            "Have the key and the domain checked at the provider; then resume. It goes on where it"
            " stopped, and nobody gets it twice."
        ),
        Problem.QUOTA: _("Raise the quota, or wait until it begins anew; then resume."),
        Problem.BOUNCES: _(
            "Find out why so many addresses are dead before you resume: mailbox providers take"
            " whoever writes to them for a spammer."
        ),
        Problem.COMPLAINTS: _(
            "Ask yourselves why they no longer want it before you resume: further complaints"
            " spoil all our mails."
        ),
        Problem.ERRORS: _("Look at the reasons below and ask the provider; then resume."),
        Problem.STAFF: _("Resume it when it may go on."),
        Problem.MISCOUNTED: _(
            "Cancel it, tell whoever looks after the site, and send a new mailing."
        ),
    }.get(Problem(problem), "")


def when_words(mailing: Mailing) -> str:
    """The moment that matters most in its state."""
    if mailing.state == State.SENT:
        return moment_words(mailing.started_at)
    if mailing.state == State.CANCELLED:
        return moment_words(mailing.ended_at)
    return moment_words(mailing.started_at or mailing.leaves_at or mailing.send_at)


def recipients_words(mailing: Mailing) -> str:
    """How many it was prepared for."""
    if mailing.prepared_at is None:
        return "–"
    return number_words(max(mailing.candidates - mailing.excluded, 0))


def audience_words(audience: Audience) -> str:
    """Whom an audience finds, in one sentence."""
    conditions = [_("have asked for “%(formula)s”") % {"formula": audience.formula}]
    if audience.languages:
        conditions.append(_("read %(languages)s") % {"languages": _either(audience.languages)})
    if audience.country_codes:
        display = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        names = [country_name(code, display) for code in audience.country_codes]
        conditions.append(_("live in %(countries)s") % {"countries": _any_of(names)})
    if audience.theme_id:
        conditions.append(_("have chosen the theme “%(theme)s”") % {"theme": audience.theme})
    if audience.case_id:
        conditions.append(_("have chosen to write for %(case)s") % {"case": audience.case})
    if audience.acted == Audience.Acted.HAS:
        conditions.append(_("have signed for the case of the mail"))
    elif audience.acted == Audience.Acted.HAS_NOT:
        conditions.append(_("have not signed for the case of the mail"))
    if audience.joined_since:
        conditions.append(
            _("joined us on %(day)s or later") % {"day": date_format(audience.joined_since)}
        )
    return _("People who %(conditions)s.") % {
        "conditions": get_text_list(conditions, _("and")),
    }


def _either(codes: Sequence[str]) -> str:
    return _any_of([language_words(code) for code in codes])


def _any_of(names: Sequence[Any]) -> str:
    return str(get_text_list(list(names), _("or")))
