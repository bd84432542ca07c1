"""The parts of a mailing's page: how far it is, what it says, who gets it, what became of it."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.workspaces import Cell, Section

from . import selectors, services
from .audience_rows import AudienceCount, Occasion, language_chain
from .drafts import Look, changed_since
from .freezing import LARGE
from .labels import (
    MARKS,
    STATE_MARKS,
    audience_words,
    clock_words,
    duration_words,
    language_words,
    moment_words,
    number_words,
    people_words,
    place_of,
    problem_words,
    state_words,
)
from .models import Audience, Delivery, Mailing
from .selectors import STATES, Ledger, Progress
from .sending_site import refuses_here

State = Mailing.State
DeliveryState = Delivery.State
LANGUAGES = [code for code, _name in settings.LANGUAGES]
# What changes by itself, so that the page shows it anew.
LIVELY = frozenset({State.PREPARING, State.PREPARED, State.SENDING})


def progress_context(mailing: Mailing, counted: Ledger | None) -> dict[str, Any]:
    """What `progress.html` shows: the state, what is wrong, the figures and the sum."""
    now = timezone.now()
    context: dict[str, Any] = {
        "mailing": mailing,
        "state": state_words(mailing),
        "mark": MARKS.get(State(mailing.state), ""),
        "problem": problem_words(mailing),
        "is_lively": mailing.state in LIVELY,
        "progress_url": reverse("mailings_of_staff:progress", args=[mailing.pk]),
    }
    if counted is None:
        return context
    found = selectors.progress(mailing, counted, now=now)
    return {
        **context,
        "progress": found,
        "shows_bar": mailing.state in {State.SENDING, State.PAUSED} and found.total,
        "bar": _("%(done)s of %(total)s mails are accounted for (%(percent)s %%)")
        % {
            "done": number_words(found.done),
            "total": number_words(found.total),
            "percent": found.percent,
        },
        "speed": speed_words(mailing, counted, found),
        "sum": ledger_words(counted),
        "is_explained": counted.unexplained == 0,
        "figures": figures_section(counted),
    }


def ledger_words(counted: Ledger) -> str:
    """Everybody accounted for, in one line."""
    parts = [
        f"{number_words(counted.by_state.get(state, 0))} {state.label}"
        for state in STATES
        if counted.by_state.get(state) or state == DeliveryState.ACCEPTED
    ]
    return _("%(candidates)s candidates = %(parts)s; %(unexplained)s unexplained") % {
        "candidates": number_words(counted.candidates),
        "parts": " + ".join(parts),
        "unexplained": number_words(counted.unexplained),
    }


def speed_words(mailing: Mailing, counted: Ledger, found: Progress) -> list[str]:
    """How fast it goes and how long the rest takes, or why nothing moves."""
    if mailing.state != State.SENDING or not counted.waiting:
        return []
    said = []
    if found.waits_until is not None:
        said.append(
            _("Nothing is handed over before %(clock)s: the provider wants a pause.")
            % {"clock": clock_words(found.waits_until)}
        )
    if found.left is not None:
        said.append(
            _("%(count)s mails a minute, %(left)s to go.")
            % {"count": number_words(found.per_minute), "left": duration_words(found.left)}
        )
    elif found.waits_until is None:
        said.append(
            _("Nothing has left in the last two minutes. If this lasts, no worker is running.")
        )
    if found.note:
        said.append(_("The last answer that was none: %(note)s") % {"note": found.note})
    return said


def figures_section(counted: Ledger) -> Section:
    """Each language of the mail with what became of its mails."""
    shown = [
        state
        for state in STATES
        if state != DeliveryState.EXCLUDED
        and (counted.by_state.get(state) or state == DeliveryState.ACCEPTED)
    ]
    rows = [
        [
            Cell(language_words(language)),
            *(
                Cell(
                    number_words(people.get(state, 0)),
                    mark=STATE_MARKS.get(state, "") if people.get(state) else "",
                )
                for state in shown
            ),
            Cell(number_words(sum(people.values()))),
        ]
        for language, people in sorted(
            counted.by_language.items(), key=lambda each: place_of(each[0])
        )
    ]
    if len(rows) > 1:
        rows.append(
            [
                Cell(_("Together")),
                *(Cell(number_words(counted.by_state.get(state, 0))) for state in shown),
                Cell(number_words(counted.recipients)),
            ]
        )
    return Section(
        _("Mails by language"),
        [_("Mail in"), *(str(state.label) for state in shown), _("Recipients")],
        rows,
        _("There are no recipients yet."),
    )


def before_it_leaves(look: Look, counted: AudienceCount) -> Section:
    """What stands against it, as things are now."""
    mailing = look.mailing
    now = timezone.now()
    if mailing.is_editable:
        reasons = services.reasons_not_to_submit(mailing, look.frozen, now=now)
    else:
        reasons = services.reasons_to_stop(mailing, now=now)
    reasons = [*reasons, *refuses_here()]
    if not counted.recipients:
        reasons.append(_("The audience is nobody: see below who is left out and why."))
    return Section(
        _("What stands in the way"),
        notes=reasons,
        empty="" if reasons else _("Nothing."),
    )


def words_section(look: Look, url_of: Any) -> Section:
    """Each language of the site: what is said in it, or that nothing is."""
    rows = []
    for code in LANGUAGES:
        frozen = look.of(code)
        if frozen is None:
            rows.append(
                [Cell(language_words(code)), Cell(_("missing"), mark="wait"), *(Cell("–"),) * 2]
            )
            continue
        content = frozen.content
        kilobytes = f"{max(round(content.size / 1000), 1)}\N{NO-BREAK SPACE}KB"
        remarks = [*frozen.problems, *frozen.warnings]
        rows.append(
            [
                Cell(language_words(code), url_of(code)),
                Cell("\n".join(filter(None, [content.subject, content.preheader]))),
                Cell(kilobytes, mark="wait" if content.size >= LARGE else ""),
                Cell(
                    "\n".join(remarks) or _("fine"),
                    mark="bad" if frozen.problems else "wait" if frozen.warnings else "good",
                ),
            ]
        )
    notes = (
        [_("As the pages are now. They are frozen when it is sent to review.")]
        if look.mailing.is_editable
        else [_("As they were sent to review, and as they are sent.")]
    )
    changed = changed_since(look)
    if changed:
        notes.append(
            _(
                "The page has changed since, in: %(languages)s. Whoever wants the new words in"
                " sends the mailing back and submits it again."
            )
            % {"languages": ", ".join(map(language_words, changed))}
        )
    return Section(
        _("What it says"),
        [_("Language"), _("Subject and preview text"), _("Size"), _("To look at")],
        rows,
        notes=notes,
    )


def audience_sections(
    audience: Audience, occasion: Occasion, counted: AudienceCount
) -> list[Section]:
    """Whom it means in words, how many they are now, in which languages, and who is left out."""
    return [
        Section(
            _("Who gets it"),
            [_("Readers of"), _("get it in"), _("People")],
            _language_rows(counted, occasion),
            notes=[audience_words(audience), count_words(counted)],
        ),
        Section(
            _("Who is left out, as of now"),
            [_("Why"), _("People")],
            [
                [Cell(_reason_words(reason)), Cell(number_words(people))]
                for reason, people in sorted(counted.excluded.items(), key=lambda each: -each[1])
            ],
            _("Nobody."),
        ),
    ]


def count_words(counted: AudienceCount) -> str:
    """The sum that everything has to come to."""
    return _("%(candidates)s found = %(recipients)s who get it + %(excluded)s left out") % {
        "candidates": people_words(counted.candidates),
        "recipients": number_words(counted.recipients),
        "excluded": number_words(counted.candidates - counted.recipients),
    }


def _language_rows(counted: AudienceCount, occasion: Occasion) -> list[list[Cell]]:
    rows = []
    for code in LANGUAGES:
        got = language_chain(code, available=occasion.languages, falls_back=occasion.falls_back)
        people = sum(counted.by_language.get(code, {}).values())
        if not got:
            cell = Cell(_("nothing: there are no words for them"), mark="bad")
        elif got != code:
            cell = Cell(
                _("%(language)s, since there is no text in their own")
                % {"language": language_words(got)},
                mark="wait",
            )
        else:
            cell = Cell(_("their own"), mark="good")
        rows.append([Cell(language_words(code)), cell, Cell(number_words(people))])
    return rows


def _reason_words(reason: str) -> str:
    return str(Delivery.Reason(reason).label) if reason else _("no reason noted")


def not_reached_section(mailing: Mailing, counted: Ledger, *, leads_to_people: bool) -> Section:
    """Everybody who did not get it, by what happened and why."""

    def url(state: str, reason: str) -> str:
        if not leads_to_people:
            return ""
        return reverse("mailings_of_staff:people", args=[mailing.pk, state, reason or "-"])

    return Section(
        _("Who did not get it, and why"),
        [_("What happened"), _("Why"), _("People")],
        [
            [
                Cell(DeliveryState(state).label, mark=STATE_MARKS.get(DeliveryState(state), "")),
                Cell(_reason_words(reason)),
                Cell(number_words(people), url(state, reason)),
            ]
            for (state, reason), people in sorted(
                counted.by_reason.items(), key=lambda each: (each[0][0], -each[1])
            )
        ],
        _("Nobody."),
    )


def reports_sections(mailing: Mailing) -> list[Section]:
    """What the provider told of mails that it had accepted."""
    if mailing.started_at is None:
        return []
    told = services.reports(mailing)
    return [
        Section(
            _("What the provider reported afterwards"),
            rows=[
                [Cell(_("Came back")), Cell(number_words(told["bounced"]))],
                [Cell(_("Reported as spam")), Cell(number_words(told["complained"]))],
            ],
        )
    ]


def uncertain_sections(mailing: Mailing) -> list[Section]:
    """Mails of which nobody knows whether they left, and what speaks for which."""
    found = selectors.uncertain_chunks(mailing, now=timezone.now())
    if not found:
        return []
    return [
        Section(
            _("Uncertain mails"),
            [
                *(_("Chunk"), _("Mail in"), _("People"), _("Given to the provider")),
                *(_("What went wrong"), _("Reports since"), _("Seems")),
            ],
            [
                [
                    Cell(each.chunk.number),
                    Cell(language_words(each.chunk.language)),
                    Cell(number_words(each.people)),
                    Cell(moment_words(each.chunk.first_submitted_at)),
                    Cell(each.chunk.error or "–"),
                    Cell(number_words(each.reported)),
                    _verdict(each),
                ]
                for each in found
            ],
            notes=[
                _(
                    "The provider's answer never came: these mails have left, all of them or none."
                    " Nobody is written to twice before you have decided."
                ),
                _(
                    "The provider's own list of sent mails says it for certain: look for the"
                    " reference %(reference)s there."
                )
                % {"reference": mailing.reference},
            ],
        )
    ]


def _verdict(found: selectors.UncertainChunk) -> Cell:
    if found.reported:
        return Cell(
            _("reports have come in: what they prove is counted as sent within a minute"),
            mark="good",
        )
    if found.is_likely_not_sent:
        return Cell(_("not sent: the others were reported on, and none of these"), mark="bad")
    return Cell(_("not known yet: reports may still come"), mark="wait")
