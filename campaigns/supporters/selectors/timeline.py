"""What happened between one person and us, newest first."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from campaigns.outbox.models import DeliveryEvent, OutgoingMessage
from campaigns.outbox.selectors import suppressions_of

from ..models import AccessRequest, Consent, Supporter
from ..staff import TimelineEntry, timeline_sources

VIEWED = "supporters.viewed"
STATE_MARKS = {
    OutgoingMessage.State.DUE: "wait",
    OutgoingMessage.State.CLAIMED: "wait",
    OutgoingMessage.State.SENT: "good",
    OutgoingMessage.State.FAILED: "bad",
}
BAD_EVENTS = {"bounced", "rejected", "complained", "failed"}
CONSENT_MARKS = {
    Consent.Action.GIVEN: "",
    Consent.Action.CONFIRMED: "good",
    Consent.Action.WITHDRAWN: "bad",
}


def timeline(supporter: Supporter) -> list[TimelineEntry]:
    """Everything that is known to have happened, newest first, in a constant number of queries."""
    entries = [
        *_first_contact(supporter),
        *_consents(supporter),
        *_sign_ups(supporter),
        *_mails(supporter),
        *_suppressions(supporter),
        *_access_requests(supporter),
        *_address_changes(supporter),
        *_notes(supporter),
        *_staff_acts(supporter),
    ]
    for source in timeline_sources():
        entries += source.rows(supporter.pk)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def moment(at: datetime) -> str:
    """A moment in words, in the site's time zone."""
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def _first_contact(supporter: Supporter) -> Iterable[TimelineEntry]:
    yield TimelineEntry(supporter.created_at, _("Address"), _("first seen"))
    if supporter.confirmed_at:
        yield TimelineEntry(
            supporter.confirmed_at, _("Address"), _("confirmed from the mailbox"), mark="good"
        )


def _consents(supporter: Supporter) -> Iterable[TimelineEntry]:
    for line in supporter.consents.select_related("wording"):
        details = [_("How: %(method)s") % {"method": line.get_method_display()}]
        if line.wording:
            details.append(
                _("Wording %(version)s (%(language)s): “%(text)s”")
                % {
                    "version": line.wording.version,
                    "language": line.wording.language,
                    "text": line.wording.text,
                }
            )
        if line.page_id:
            details.append(_("On page %(number)s") % {"number": line.page_id})
        if line.proof:
            details.append(_("Proof: %(proof)s") % {"proof": line.proof})
        yield TimelineEntry(
            line.recorded_at,
            _("Consent"),
            _("%(action)s: %(about)s (%(channel)s)")
            % {
                "action": line.get_action_display(),
                "about": line.about,
                "channel": line.get_channel_display(),
            },
            details,
            CONSENT_MARKS[Consent.Action(line.action)],
        )


def _sign_ups(supporter: Supporter) -> Iterable[TimelineEntry]:
    for sign_up in supporter.sign_ups.defer("details"):
        fate = (
            _("confirmed %(moment)s") % {"moment": moment(sign_up.confirmed_at)}
            if sign_up.confirmed_at
            else _("not confirmed")
        )
        yield TimelineEntry(
            sign_up.requested_at,
            _("Sign-up"),
            _("form sent"),
            [fate],
            "good" if sign_up.confirmed_at else "wait",
        )


def _mails(supporter: Supporter) -> Iterable[TimelineEntry]:
    messages = OutgoingMessage.objects.filter(
        Q(person_id=supporter.pk) | Q(mailbox=supporter.mailbox)
    )
    events: dict[Any, list[DeliveryEvent]] = defaultdict(list)
    for event in DeliveryEvent.objects.filter(message_id__in=messages.values("pk")):
        events[event.message_id].append(event)
    for message in messages:
        told = sorted(events[message.pk], key=lambda event: event.moment)
        yield TimelineEntry(
            message.created_at,
            _("Mail"),
            f"{_mail_words(message.kind)} ({message.language})",
            [_fate(message), *map(_event_words, told)],
            _mail_mark(message, told),
        )


def _mail_words(kind: str) -> str:
    """The kind of mail in words: its name is a verb and a noun."""
    return kind.rpartition("/")[2].replace("_", " ")


def _fate(message: OutgoingMessage) -> str:
    State = OutgoingMessage.State
    if message.state == State.SENT and message.sent_at:
        return _("sent %(moment)s") % {"moment": moment(message.sent_at)}
    if message.state == State.DUE and message.error:
        return _("put off until %(moment)s: %(error)s") % {
            "moment": moment(message.not_before),
            "error": message.error,
        }
    if message.state == State.DUE:
        return _("due %(moment)s") % {"moment": moment(message.not_before)}
    words = str(message.get_state_display())
    return f"{words}: {message.error}" if message.error else words


def _event_words(event: DeliveryEvent) -> str:
    """What the provider told us, in its own word for it."""
    words = {
        "delivered": _("delivered"),
        "bounced": _("bounced"),
        "deferred": _("put off by the mailbox"),
        "rejected": _("rejected by the provider"),
        "complained": _("reported as spam"),
        "failed": _("failed"),
        "unsubscribed": _("unsubscribed at the provider"),
    }.get(event.event_type, event.event_type)
    told = f"{words} {moment(event.moment)}"
    return f"{told}: {event.reason}" if event.reason else told


def _mail_mark(message: OutgoingMessage, told: Iterable[DeliveryEvent]) -> str:
    if any(event.event_type in BAD_EVENTS for event in told):
        return "bad"
    return STATE_MARKS.get(OutgoingMessage.State(message.state), "")


def _suppressions(supporter: Supporter) -> Iterable[TimelineEntry]:
    for suppression in suppressions_of(supporter.mailbox):
        details = []
        if suppression.lifted_at:
            details = [_("lifted %(moment)s") % {"moment": moment(suppression.lifted_at)}]
        yield TimelineEntry(
            suppression.since,
            _("Suppression"),
            str(suppression),
            details,
            "" if suppression.lifted_at else "bad",
        )


def _access_requests(supporter: Supporter) -> Iterable[TimelineEntry]:
    for request in AccessRequest.objects.filter(mailbox=supporter.mailbox):
        opened = (
            _("opened %(moment)s") % {"moment": moment(request.opened_at)}
            if request.opened_at
            else _("not opened")
        )
        yield TimelineEntry(
            request.requested_at,
            _("Link to the own page"),
            _("to %(wish)s") % {"wish": request.get_wish_display()},
            [opened],
        )


def _address_changes(supporter: Supporter) -> Iterable[TimelineEntry]:
    for change in supporter.address_changes.all():
        yield TimelineEntry(
            change.requested_at,
            _("Change of address"),
            change.email,
            [
                _("confirmed %(moment)s") % {"moment": moment(change.confirmed_at)}
                if change.confirmed_at
                else _("not confirmed")
            ],
            "good" if change.confirmed_at else "wait",
        )


def _notes(supporter: Supporter) -> Iterable[TimelineEntry]:
    for note in supporter.notes.select_related("author"):
        details = [str(note.author)] if note.author else []
        yield TimelineEntry(note.written_at, _("Note"), note.text, details)


def _staff_acts(supporter: Supporter) -> Iterable[TimelineEntry]:
    """What staff did on this page. Who only looked stands in the site's history."""
    acts = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Supporter), object_id=str(supporter.pk)
    ).exclude(action=VIEWED)
    for act in acts.select_related("user"):
        yield TimelineEntry(
            act.timestamp,
            _("Supporter service"),
            act.message or act.action,
            [str(act.user)] if act.user else [],
        )
