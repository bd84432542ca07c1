"""The workspaces of cases, urgent actions and issues: from the top, where all facts meet."""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Page

from campaigns.cases.models import Case, CaseConsent
from campaigns.cases.selectors import badge, date_words
from campaigns.letters import dashboard
from campaigns.letters.links import code_of_action
from campaigns.letters.models import UrgentAction, UrgentActionIssue
from campaigns.letters.selectors import content, with_content
from campaigns.letters.services import reasons_not_to_open
from campaigns.letters.viewsets.model_letters import model_letters_section
from campaigns.letters.viewsets.replies import replies_section
from campaigns.petitions.models import Petition
from campaigns.petitions.workspaces import EditionWorkspaceView
from campaigns.workspaces import Cell, Section, WorkspaceView

from . import selectors
from .mailing_links import mailings_section
from .models import CasePage, MarathonPage
from .translations import PageTexts, texts_of

LANGUAGE_CODES = [code for code, _name in settings.LANGUAGES]


def _day(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else "–"


def _languages(labels: dict[str, str]) -> Cell:
    """In which languages a label has words."""
    missing = [code for code in LANGUAGE_CODES if not labels.get(code)]
    if len(missing) == len(LANGUAGE_CODES):
        return Cell("–")
    if missing:
        return Cell(_("missing: %(codes)s") % {"codes": ", ".join(missing)}, mark="wait")
    return Cell(_("all languages"), mark="good")


class CaseWorkspaceView(WorkspaceView):
    """One case: what blocks it, its events, actions, consents, texts and persons."""

    def get_object(self, queryset: Any = None) -> Case:
        super().get_object(queryset)  # 404 where there is none.
        return selectors.case_facts(self.pk)

    def sections(self) -> list[Section]:
        pages = list(
            selectors.pages_about(self.object)
            .select_related("locale", "content_type")
            .order_by("path")
        )
        texts = texts_of(pages)
        return [
            self._state(),
            Section(
                _("What stands in the way"),
                notes=blockers(self.object, texts),
                empty="" if blockers(self.object, texts) else _("Nothing."),
            ),
            self._events(),
            self._actions(),
            self._petitions(),
            self._consents(),
            self._persons(),
            texts_section(texts),
            self._names_in_words(),
        ]

    def _state(self) -> Section:
        case = self.object
        shown = badge(case)
        is_public = case.is_public()
        rows = [
            [Cell(_("State")), Cell(case.get_state_display())],
            [
                Cell(_("The public can read about it")),
                Cell(_("yes") if is_public else _("no"), mark="good" if is_public else "wait"),
            ],
            [
                Cell(_("Situation")),
                Cell(f"{shown.words}, {shown.since_words}" if shown else _("no event yet")),
            ],
            [Cell(_("Shown as")), Cell(case.name)],
            [Cell(_("Short address")), Cell(selectors.short_address(case.reference))],
        ]
        if case.embargo_until:
            until = timezone.localtime(case.embargo_until)
            rows.append([Cell(_("Embargo until")), Cell(date_format(until, "DATETIME_FORMAT"))])
        if case.closing_reason:
            rows.append([Cell(_("Closed because")), Cell(case.get_closing_reason_display())])
        return Section(_("Now"), rows=rows)

    def _events(self) -> Section:
        events = self.object.situation_events.prefetch_related("subjects").order_by(
            "-occurred_on", "-pk"
        )
        return Section(
            _("Events"),
            [_("Date"), _("What happened"), _("Situation"), _("Whom"), _("Words"), _("Public")],
            [
                [
                    Cell(date_words(event.occurred_on, event.precision)),
                    Cell(
                        next(iter(event.title.values()), "") or _("(no title)"),
                        reverse("situation_events:edit", args=[event.pk]),
                    ),
                    Cell(event.get_situation_display() if event.situation else _("no change")),
                    Cell(", ".join(map(str, event.subjects.all())) or _("everybody")),
                    _languages(event.title),
                    Cell(_("yes") if event.is_visible else _("no")),
                ]
                for event in events
            ],
            _("Nothing has been recorded yet."),
        )

    def _actions(self) -> Section:
        actions: Any = UrgentAction.objects.with_latest_issue().filter(case=self.object)
        return Section(
            _("Urgent actions"),
            [_("Number"), _("State"), _("Act before"), _("Letters in")],
            [
                [
                    Cell(action, reverse("urgent_actions:inspect", args=[action.pk])),
                    state_cell(action.issue_state),
                    Cell(_day(action.act_before)),
                    Cell(_letter_languages(action.issue_id)),
                ]
                for action in actions
            ],
            _("None yet."),
        )

    def _petitions(self) -> Section:
        petitions = Petition.objects.filter(case=self.object).select_related("tally", "case")
        now = timezone.now()
        return Section(
            _("Petitions"),
            [_("Reference"), _("State"), _("Received"), _("Confirmed"), _("Goal")],
            [
                [
                    Cell(petition, reverse("staff_petitions:edit", args=[petition.pk])),
                    Cell(
                        _("open") if petition.is_open(at=now) else _("closed"),
                        mark="good" if petition.is_open(at=now) else "",
                    ),
                    Cell(petition.tally.received if hasattr(petition, "tally") else 0),
                    Cell(petition.tally.confirmed if hasattr(petition, "tally") else 0),
                    Cell(petition.goal),
                ]
                for petition in petitions
            ],
            _("None."),
        )

    def _consents(self) -> Section:
        consents = self.object.consents.select_related("subject").order_by("scope", "-given_on")
        return Section(
            _("Consents"),
            [_("Covers"), _("For"), _("Given by"), _("From"), _("Review by"), _("State"), ""],
            [
                [
                    Cell(consent.get_scope_display()),
                    Cell(consent.subject or _("everybody")),
                    Cell(consent.get_given_by_display()),
                    Cell(_day(consent.given_on)),
                    Cell(_day(consent.review_by)),
                    consent_cell(consent),
                    _withdrawal(consent),
                ]
                for consent in consents
            ],
            _("Nobody has consented to anything: nothing may be shown."),
        )

    def _persons(self) -> Section:
        return Section(
            _("Persons and communities"),
            [_("Name"), _("Who"), _("Joined"), _("Left")],
            [
                [
                    Cell(subject),
                    Cell(next(iter(subject.description.values()), "")),
                    Cell(_day(subject.joined_on)),
                    Cell(_day(subject.left_on)),
                ]
                for subject in self.object.subjects.all()
            ],
            _("Nobody is named here."),
        )

    def _names_in_words(self) -> Section:
        """Pages whose words hold a name that may not be shown: concealed, and to be rewritten."""
        found = selectors.pages_naming(self.object)
        return Section(
            _("Words to rewrite"),
            rows=[
                [Cell(page.title, reverse("wagtailadmin_pages:edit", args=[page.pk]))]
                for page in found
            ],
            empty=_("No page holds a name of this case that may not be shown."),
            notes=[_("These pages hold names that may not be shown. The site leaves them out.")]
            if found
            else [],
        )


def _letter_languages(issue_id: int | None) -> str:
    issue = UrgentActionIssue.objects.filter(pk=issue_id).prefetch_related("letters").first()
    letters = issue.letters.all() if issue else []
    return ", ".join(letter.language for letter in letters if letter.approved_at) or "–"


def state_cell(state: str | None) -> Cell:
    """The state of an issue as a word."""
    if not state:
        return Cell(_("not out yet"), mark="wait")
    is_open = state == UrgentActionIssue.State.OPEN
    return Cell(UrgentActionIssue.State(state).label, mark="good" if is_open else "")


def consent_cell(consent: CaseConsent) -> Cell:
    """Whether a consent holds today, and what is due."""
    today = timezone.localdate()
    if consent.withdrawn_at:
        return Cell(_("withdrawn"), mark="bad")
    if not consent.is_valid(on=today):
        return Cell(_("no longer valid") if consent.given_on <= today else _("not yet"), mark="bad")
    if consent.review_by and consent.review_by < today:
        return Cell(_("valid, review overdue"), mark="wait")
    return Cell(_("valid"), mark="good")


def _withdrawal(consent: CaseConsent) -> Cell:
    if consent.withdrawn_at:
        return Cell("")
    return Cell(
        _("Withdraw"), reverse("consents_of_cases:transition", args=[consent.pk, "withdraw"])
    )


def texts_section(texts: list[PageTexts]) -> Section:
    """A table of pages by language."""
    return Section(
        _("Texts"),
        [_("Page"), _("Type"), *LANGUAGE_CODES],
        [
            [
                Cell(text.title),
                Cell(text.kind),
                *(Cell(state.words, state.edit_url, state.mark) for state in text.languages),
            ]
            for text in texts
        ],
        _("No page tells this story yet."),
    )


def blockers(case: Case, texts: list[PageTexts]) -> list[str]:
    """What keeps a case from the public, or its page from being whole, in words."""
    Scope = CaseConsent.Scope
    found = []
    if case.state not in Case.PUBLIC_STATES:
        found.append(
            _("The case is %(state)s: pages about it do not stay published.")
            % {"state": case.get_state_display()}
        )
    if not case.permits(Scope.WORK):
        found.append(_("No valid consent to work on this case."))
    if not case.permits(Scope.WEB):
        found.append(_("No valid consent to show it on the website."))
    if not case.shows_name and not case.alias:
        found.append(_("No name may be shown, and nothing says how to call them instead."))
    if case.embargo_until and case.embargo_until > timezone.now():
        found.append(_("Under embargo."))
    if not any(text.kind == str(CasePage._meta.verbose_name) for text in texts):
        found.append(_("There is no case page."))
    for text in texts:
        behind = [state.code for state in text.languages if state.is_behind]
        if behind:
            found.append(
                _("“%(title)s” is not published and up to date in: %(codes)s.")
                % {"title": text.title, "codes": ", ".join(behind)}
            )
    for page in CasePage.objects.filter(case=case).select_related("locale").defer("body"):
        language = page.locale.language_code
        if page.petition_id and not page.demand.strip():
            found.append(_("The petition has no demand in: %(code)s.") % {"code": language})
        if page.portrait_id and not page.portrait_alt.strip():
            found.append(_("The portrait has no words in: %(code)s.") % {"code": language})
        if page.portrait_id and not case.shows_image:
            found.append(_("The portrait is not shown: no valid consent for the image."))
    return list(dict.fromkeys(found))


class UrgentActionWorkspaceView(WorkspaceView):
    """One urgent action: its chain of issues, its pages, and the letters it has led to."""

    template_name = "campaigns/staff/letters/urgent_action.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(charts=dashboard.charts_of(self.object), **more)

    def sections(self) -> list[Section]:
        action = self.object
        pages = Page.objects.filter(
            pk__in=_pages_of_action(action).values_list("pk", flat=True)
        ).select_related("locale", "content_type")
        signatures = Petition.objects.filter(case=action.case_id).select_related("tally")
        return [
            Section(
                _("Now"),
                rows=[
                    [
                        Cell(_("Case")),
                        Cell(action.case, reverse("cases:inspect", args=[action.case_id])),
                    ],
                    [Cell(_("Index")), Cell(action.external_index or "–")],
                    [
                        Cell(_("Signatures so far")),
                        Cell(
                            sum(
                                petition.tally.confirmed
                                for petition in signatures
                                if hasattr(petition, "tally")
                            )
                        ),
                    ],
                    [
                        Cell(_("Short address")),
                        Cell(selectors.short_address(code_of_action(action.number, action.year))),
                    ],
                ],
            ),
            Section(
                _("Issues"),
                [_("Issue"), _("State"), _("Issued"), _("Act before"), _("Ended"), _("Letters in")],
                [
                    [
                        Cell(
                            f"{issue.ordinal}. {issue.get_kind_display()}",
                            reverse("urgent_action_issues:inspect", args=[issue.pk]),
                        ),
                        Cell(
                            issue.get_state_display(),
                            mark="good" if issue.state == issue.State.OPEN else "",
                        ),
                        Cell(_day(issue.issued_on)),
                        Cell(_day(issue.act_before)),
                        Cell(_day(issue.ended_on)),
                        Cell(_letter_languages(issue.pk)),
                    ]
                    for issue in action.issues.order_by("-ordinal")
                ],
                _("No issue yet. Prepare the first one."),
            ),
            *replies_section(action, self.request.user),
            texts_section(texts_of(pages)),
            *mailings_section(
                action, _pages_of_action(action).order_by("pk").first(), self.request.user
            ),
            *dashboard.sections_of(action),
        ]


def _pages_of_action(action: UrgentAction) -> Any:
    from .models import UrgentActionPage

    return UrgentActionPage.objects.filter(urgent_action=action)


class MarathonWorkspaceView(EditionWorkspaceView):
    """The same with the pages of the edition, in each language."""

    def sections(self) -> list[Section]:
        pages = Page.objects.filter(
            pk__in=MarathonPage.objects.filter(edition=self.object).values_list("pk", flat=True)
        ).select_related("locale", "content_type")
        return [*super().sections(), texts_section(texts_of(pages))]


class IssueWorkspaceView(WorkspaceView):
    """One issue: what it asks for, of whom, and what is missing before it can open."""

    def get_object(self, queryset: Any = None) -> UrgentActionIssue:
        found = super().get_object(queryset)
        return (
            with_content(UrgentActionIssue.objects.filter(pk=found.pk))
            .select_related("urgent_action__case", "author", "reviewer")
            .get()
        )

    def sections(self) -> list[Section]:
        issue = self.object
        now = timezone.now()
        asked = content(issue, country_id=issue.urgent_action.case.country_id, now=now)
        is_waiting = issue.state in UrgentActionIssue.UNISSUED
        reasons = reasons_not_to_open(issue=issue, now=now) if is_waiting else []
        return [
            Section(
                _("Now"),
                rows=[
                    [Cell(_("State")), Cell(issue.get_state_display())],
                    [
                        Cell(_("Urgent action")),
                        Cell(
                            issue.urgent_action,
                            reverse("urgent_actions:inspect", args=[issue.urgent_action_id]),
                        ),
                    ],
                    [Cell(_("Act before")), Cell(_day(issue.act_before))],
                    [Cell(_("Author")), Cell(issue.author or "–")],
                    [Cell(_("Reviewer")), Cell(issue.reviewer or "–")],
                    [Cell(_("Languages wanted")), Cell(issue.languages_wanted or "–")],
                    [Cell(_("What changed")), Cell(asked.what_changed or "–")],
                    [Cell(_("Words on the end")), Cell(asked.words or "–")],
                ],
            ),
            *(
                [
                    Section(
                        _("Before it can open"),
                        notes=reasons,
                        empty="" if reasons else _("Nothing is missing."),
                    )
                ]
                if is_waiting
                else []
            ),
            Section(
                _("Demands"),
                rows=[[Cell(demand)] for demand in asked.demands],
                empty=_("None yet."),
            ),
            Section(
                _("Addressees"),
                [_("Role"), _("Office"), _("Can be reached"), _("Checked on")],
                [
                    [
                        Cell(target.get_role_display()),
                        Cell(target.office, reverse("offices:edit", args=[target.office_id]))
                        if target.office_id
                        else Cell(_("follows from the country")),
                        Cell(_("yes") if not target.office or target.office.is_usable else _("no")),
                        Cell(_day(target.office.verified_on if target.office else None)),
                    ]
                    for target in issue.targets.all()
                ],
                _("None yet."),
            ),
            model_letters_section(issue),
        ]
