"""The workspace of an edition of the letter marathon. Its pages are added from above."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.cases.models import CaseConsent
from campaigns.workspaces import Cell, Section, WorkspaceView

from . import solidarity
from .models import Edition, EditionPetition, SolidarityMessage, Tally

State = SolidarityMessage.State


def moment_words(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


class EditionWorkspaceView(WorkspaceView):
    """One edition: whether it runs, its cases with their figures, and the messages."""

    def sections(self) -> list[Section]:
        entries = self._entries()
        return [self._now(), self._cases(entries), self._messages(entries)]

    def get_page_title(self) -> str:
        return _("Letter marathon %(year)s") % {"year": self.object.year}

    def _entries(self) -> list[EditionPetition]:
        return list(
            EditionPetition.objects.filter(edition=self.object)
            .select_related("petition__case", "petition__tally")
            .prefetch_related(
                "petition__case__subjects",
                "petition__case__consents",
                "petition__case__writer_rules",
            )
        )

    def _now(self) -> Section:
        edition: Edition = self.object
        now = timezone.now()
        if edition.is_open(at=now):
            state = Cell(_("open"), mark="good")
        elif now < edition.opens_at:
            state = Cell(_("not open yet"), mark="wait")
        else:
            state = Cell(_("over"))
        return Section(
            _("Now"),
            rows=[
                [Cell(_("State")), state],
                [Cell(_("Opens")), Cell(moment_words(edition.opens_at))],
                [Cell(_("Closes")), Cell(moment_words(edition.closes_at))],
            ],
        )

    def _cases(self, entries: list[EditionPetition]) -> Section:
        now = timezone.now()
        tallies = [getattr(entry.petition, "tally", None) or Tally() for entry in entries]
        rows = [
            [
                Cell(number),
                Cell(entry.petition.case, reverse("cases:inspect", args=[entry.petition.case_id])),
                Cell(
                    entry.petition,
                    reverse("staff_petitions:inspect", args=[entry.petition_id]),
                ),
                Cell(
                    _("open") if entry.petition.is_open(at=now) else _("closed"),
                    mark="good" if entry.petition.is_open(at=now) else "wait",
                ),
                Cell(tally.received),
                Cell(tally.confirmed),
                Cell(tally.held, mark="wait" if tally.held else ""),
            ]
            for number, (entry, tally) in enumerate(zip(entries, tallies, strict=True), start=1)
        ]
        if rows:
            rows.append(
                [
                    *(Cell(words) for words in ("", _("Together"), "", "")),
                    Cell(sum(tally.received for tally in tallies)),
                    Cell(sum(tally.confirmed for tally in tallies)),
                    Cell(sum(tally.held for tally in tallies)),
                ]
            )
        return Section(
            _("Cases"),
            [
                *("", _("Case"), _("Petition"), _("State")),
                *(_("Received"), _("Confirmed"), _("Held")),
            ],
            rows,
            _("No case yet."),
            notes=[
                _("%(case)s: no valid consent for the letter marathon.")
                % {"case": entry.petition.case}
                for entry in entries
                if not entry.petition.case.permits(CaseConsent.Scope.MARATHON)
            ],
        )

    def _messages(self, entries: list[EditionPetition]) -> Section:
        counts = self._message_counts()
        waits = solidarity.moderation(now=timezone.now(), edition=self.object)
        may_moderate = self.request.user.has_perm("petitions.moderate_message")
        rows = []
        for entry in entries:
            case, count = entry.petition.case, counts.get(entry.petition.case_id, {})
            is_allowed = solidarity.may_write_to(case)
            approved = count.get("approved", 0)
            print_url = (
                reverse("solidarity_messages:print", args=[self.object.pk, case.pk])
                if may_moderate and approved
                else ""
            )
            rows.append(
                [
                    Cell(case),
                    Cell(_("yes") if is_allowed else _("no"), mark="good" if is_allowed else ""),
                    Cell(count.get("unconfirmed", 0)),
                    Cell(count.get("waiting", 0), mark="wait" if count.get("waiting") else ""),
                    Cell(approved),
                    Cell(count.get("refused", 0)),
                    Cell(_("Print the approved ones") if print_url else "", print_url),
                ]
            )
        return Section(
            _("Messages of solidarity"),
            [
                *(_("Case"), _("Rules allow them"), _("Not confirmed"), _("To be read")),
                *(_("Approved"), _("Refused"), ""),
            ],
            rows,
            _("No case yet."),
            notes=waiting_words(waits) if waits.waiting else [],
        )

    def _message_counts(self) -> Mapping[int, Mapping[str, int]]:
        """By the key of the case."""
        confirmed = Q(confirmed_at__isnull=False)
        rows = (
            SolidarityMessage.objects.filter(edition=self.object)
            .order_by()
            .values("case")
            .annotate(
                unconfirmed=Count("pk", filter=~confirmed),
                waiting=Count("pk", filter=confirmed & Q(state=State.WAITING)),
                approved=Count("pk", filter=Q(state=State.APPROVED)),
                refused=Count("pk", filter=Q(state=State.REFUSED)),
            )
        )
        return {row["case"]: row for row in rows}


def waiting_words(waits: solidarity.Moderation) -> list[str]:
    """How many messages wait, and how many have waited too long, a sentence each."""
    said = [
        ngettext(
            "%(count)s message waits to be read.",
            "%(count)s messages wait to be read.",
            waits.waiting,
        )
        % {"count": waits.waiting}
    ]
    if waits.overdue:
        said.append(
            ngettext(
                "%(count)s message has been waiting for more than 48 hours.",
                "%(count)s messages have been waiting for more than 48 hours.",
                waits.overdue,
            )
            % {"count": waits.overdue}
        )
    return said
