"""Somebody's own page: everything we know, and a small form for each thing to change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View

from campaigns.web import personal, public_form

from .. import forms_of_own_page as own_forms
from .. import services
from ..models import Consent, Formula, Subscription, Supporter
from ..own_page import section_called
from ..own_page_cookie import forget_page, page_of
from ..phones import written_phone
from ..selectors import own_data
from ..services import access, address_changes, preferences
from ..services.access import AccessRefused, OpenPage
from ..services.erasure import erase_supporter
from ..services.exporting import export_supporter
from ..wordings import Wording, subscription_wording

NOT_POSSIBLE = {
    "past": _("This day has passed. Please choose a later one."),
    "too_long": _("A pause lasts a year at most. You can begin another one then."),
    "too_young": _("This is for adults. You can choose it when you are 18."),
    "no_phone": _("This needs a phone number. Please add one below first."),
    "no_postal_address": _("This needs a postal address. Please add one below first."),
}


@method_decorator([public_form, personal], name="dispatch")
class OwnPageView(View):
    """A view of whoever has opened their page within the last half hour."""

    own: OpenPage

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        try:
            self.own = page_of(request)
        except AccessRefused:
            response = render(request, "campaigns/supporters/my_page_closed.html", status=410)
            forget_page(response)
            return response
        return super().dispatch(request, *args, **options)

    @property
    def supporter(self) -> Supporter:
        return self.own.supporter

    @staticmethod
    def back(saved: str, section: str) -> HttpResponse:
        """To the page, at the section that was changed."""
        address = f"{reverse('supporters:my_page')}?saved={saved}#{section}"
        return HttpResponseRedirect(address, status=303)


class MyPage(OwnPageView):
    """All of it. Reading changes nothing."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        change = CHANGES.get(request.GET.get("saved", ""))
        return show(request, self.own, saved=change.section if change else "")


def show(
    request: HttpRequest,
    own: OpenPage,
    *,
    wrong: forms.Form | None = None,
    saved: str = "",
) -> HttpResponse:
    """The page. `wrong` is a form to correct, in place of a fresh one; `saved` names a section."""
    supporter = own.supporter
    page = _PageForms(supporter, wrong)
    context = {
        "supporter": supporter,
        "saved": saved,
        "wrong": wrong,
        "mails": page,
        "forms": page.about_person(),
        "waiting_change": address_changes.waiting_change(supporter=supporter),
        "phone": written_phone(page.phone),
        "postal_lines": page.postal.lines(get_language() or "") if page.postal else [],
        "is_paused": bool(supporter.paused_until and supporter.paused_until > timezone.localdate()),
        "has_stopped_all": preferences.has_stopped_all(supporter=supporter),
        "wording": page.wording.text,
        "sections": own_data.filled_sections(supporter.pk),
        "notes": supporter.notes.all(),
        "consents": own_data.consent_lines(supporter.pk),
    }
    status = 422 if wrong else 200
    return render(request, "campaigns/supporters/my_page.html", context, status=status)


@dataclass(frozen=True)
class RunningFormula:
    """A formula that somebody gets, and the form to change it."""

    subscription: Subscription
    form: forms.Form
    chosen: list[str]


class _PageForms:
    """The forms of the page, each filled with what is known; one of them perhaps as it was sent."""

    def __init__(self, supporter: Supporter, wrong: forms.Form | None = None) -> None:
        self.supporter = supporter
        self.wrong = wrong
        self.phone = own_data.phone_of(supporter.pk)
        self.postal = own_data.postal_address_of(supporter.pk)
        self.wording: Wording = subscription_wording(get_language() or settings.LANGUAGE_CODE)
        self._shown = own_data.subscriptions_shown(supporter.pk)

    def _or_wrong(self, form: forms.Form) -> forms.Form:
        key = getattr(form, "key", "")
        return self.wrong if self.wrong is not None and self.wrong.key == key else form  # type: ignore[attr-defined]

    def about_person(self) -> dict[str, forms.Form]:
        return {
            code: self._or_wrong(self.make(code))
            for code in ("names", "language", "address", "phone", "postal", "pause", "limit")
        }

    def running(self) -> list[RunningFormula]:
        now = timezone.now()
        return [
            RunningFormula(
                subscription,
                self._or_wrong(self.change_form(subscription)),
                own_data.chosen_labels(subscription, now=now),
            )
            for subscription in self._shown
        ]

    def offered(self) -> list[forms.Form]:
        return [
            self._or_wrong(self.add_form(formula))
            for formula in own_data.formulas_to_add(self._shown)
        ]

    def make(self, code: str, data: Any = None) -> forms.Form:
        """The form of that code, with what is known or what was sent."""
        supporter, postal = self.supporter, self.postal
        if code == "names":
            names = {"given_name": supporter.given_name, "family_name": supporter.family_name}
            return own_forms.NamesForm(data, key=code, initial=names)
        if code == "language":
            return own_forms.LanguageForm(data, key=code, initial={"language": supporter.language})
        if code == "address":
            return own_forms.AddressForm(data, key=code)
        if code == "phone":
            return own_forms.PhoneForm(
                data, key=code, is_mobile=self._gets_sms(), initial={"phone": self.phone}
            )
        if code == "postal":
            known = postal.as_json() if postal else {}
            initial = {"family_name": supporter.family_name, **known}
            return own_forms.PostalForm(data, key=code, initial=initial)
        if code == "pause":
            until = preferences.three_months_after(timezone.localdate())
            return own_forms.PauseForm(
                data, key=code, initial={"until": supporter.paused_until or until}
            )
        return own_forms.LimitForm(
            data, key=code, initial={"most": supporter.most_mails_a_month or ""}
        )

    def _gets_sms(self) -> bool:
        return any(Formula.Channel.SMS in row.formula.channels for row in self._shown)

    def change_form(self, subscription: Subscription, data: Any = None) -> own_forms.FormulaForm:
        """To change a formula that runs."""
        initial: dict[str, Any] = {"language": subscription.language}
        for choice in subscription.choices.all():
            name = f"choice_{choice.kind}"
            if subscription.formula.choosing(choice.kind) == Formula.Choosing.ONE:
                initial[name] = choice.code
            else:
                initial.setdefault(name, []).append(choice.code)
        return own_forms.FormulaForm(
            data,
            key=f"formula-{subscription.pk}",
            formula=subscription.formula,
            known=frozenset({"PHONE", "POSTAL"}),
            initial=initial,
        )

    def add_form(self, formula: Formula, data: Any = None) -> own_forms.FormulaForm:
        """To begin another one."""
        known = {"PHONE"} if self.phone else set()
        known |= {"POSTAL"} if self.postal else set()
        return own_forms.FormulaForm(
            data,
            key=f"add-{formula.pk}",
            formula=formula,
            known=frozenset(known),
            initial={"language": self.supporter.language},
        )


class ChangeView(OwnPageView):
    """One small form of the page. `code` says which; a form that does not fit comes back."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        change = CHANGES.get(code)
        if change is None:
            raise Http404("No such change.")
        wrong = change.act(self, request)
        if wrong is not None:
            return show(request, self.own, wrong=wrong)
        return self.back(code, change.section)


Act = Callable[[ChangeView, HttpRequest], forms.Form | None]


@dataclass(frozen=True)
class Change:
    """What a form of the page does, and where it stands. `act` returns a form to correct."""

    section: str
    act: Act


def _with_form(save: Callable[[Supporter, dict[str, Any]], None], code: str) -> Act:
    """Clean the form of that code and save what it says."""

    def act(view: ChangeView, request: HttpRequest) -> forms.Form | None:
        form = _PageForms(view.supporter).make(code, request.POST)
        return _save(form, "until", lambda: save(view.supporter, form.cleaned_data))

    return act


def _save(form: forms.Form, field_name: str, save: Callable[[], None]) -> forms.Form | None:
    """Save a form that holds together; what is not possible is said beside the field."""
    if not form.is_valid():
        return form
    try:
        save()
    except preferences.NotPossible as refusal:
        beside = field_name if field_name in form.fields else None
        form.add_error(beside, NOT_POSSIBLE[refusal.code])
        return form
    return None


def _save_names(supporter: Supporter, data: dict[str, Any]) -> None:
    preferences.change_names(
        supporter_id=supporter.pk, given_name=data["given_name"], family_name=data["family_name"]
    )


def _save_language(supporter: Supporter, data: dict[str, Any]) -> None:
    preferences.change_language(supporter_id=supporter.pk, language=data["language"])


def _save_address(supporter: Supporter, data: dict[str, Any]) -> None:
    address_changes.request_address_change(
        supporter=supporter,
        email=data["email"],
        language=get_language() or supporter.language,
        now=timezone.now(),
    )


def _save_phone(supporter: Supporter, data: dict[str, Any]) -> None:
    preferences.change_phone(supporter=supporter, phone=data["number"], now=timezone.now())


def _save_postal(supporter: Supporter, data: dict[str, Any]) -> None:
    preferences.change_names(
        supporter_id=supporter.pk,
        given_name=supporter.given_name,
        family_name=data["family_name"],
    )
    preferences.change_postal_address(
        supporter=supporter, address=data["postal"], now=timezone.now()
    )


def _save_pause(supporter: Supporter, data: dict[str, Any]) -> None:
    preferences.pause_mails(
        supporter_id=supporter.pk, until=data["until"], today=timezone.localdate()
    )


def _save_limit(supporter: Supporter, data: dict[str, Any]) -> None:
    preferences.limit_mails(supporter_id=supporter.pk, most_a_month=data["most"])


def _change_formula(view: ChangeView, request: HttpRequest) -> forms.Form | None:
    subscription = _own_subscription(view, request)
    if subscription is None:
        return None
    form = _PageForms(view.supporter).change_form(subscription, request.POST)
    return _save(
        form,
        "language",
        lambda: preferences.change_formula(
            subscription=subscription,
            language=form.cleaned_data["language"],
            choices=form.cleaned_data["choices"],
            now=timezone.now(),
        ),
    )


def _add_formula(view: ChangeView, request: HttpRequest) -> forms.Form | None:
    typed = request.POST.get("formula", "")
    formula = next((row for row in Formula.objects.offered() if str(row.pk) == typed), None)
    if formula is None:
        return None
    page = _PageForms(view.supporter)
    form = page.add_form(formula, request.POST)
    return _save(
        form,
        "",
        lambda: preferences.add_formula(
            supporter=view.supporter,
            formula=formula,
            language=form.cleaned_data["language"],
            choices=form.cleaned_data["choices"],
            phone=form.cleaned_data["number"],
            postal=form.cleaned_data["postal"],
            wording=page.wording,
            now=timezone.now(),
        ),
    )


def _own_subscription(view: ChangeView, request: HttpRequest) -> Subscription | None:
    """The subscription that was named, if it is theirs and has not ended."""
    typed = request.POST.get("subscription", "")
    shown = own_data.subscriptions_shown(view.supporter.pk)
    return next((row for row in shown if str(row.pk) == typed), None)


def _stop_formula(view: ChangeView, request: HttpRequest) -> None:
    subscription = _own_subscription(view, request)
    if subscription is not None:
        services.end_subscription(
            subscription=subscription, method=Consent.Method.SELF_SERVICE, now=timezone.now()
        )


def _stop_all(view: ChangeView, _request: HttpRequest) -> None:
    preferences.stop_all_mails(
        supporter=view.supporter, method=Consent.Method.SELF_SERVICE, now=timezone.now()
    )


def _start_again(view: ChangeView, _request: HttpRequest) -> None:
    preferences.undo_stop_all(
        supporter=view.supporter, method=Consent.Method.SELF_SERVICE, now=timezone.now()
    )


def _end_pause(view: ChangeView, _request: HttpRequest) -> None:
    preferences.end_pause(supporter_id=view.supporter.pk)


def _forget_phone(view: ChangeView, _request: HttpRequest) -> None:
    preferences.change_phone(supporter=view.supporter, phone="", now=timezone.now())


def _forget_postal(view: ChangeView, _request: HttpRequest) -> None:
    preferences.change_postal_address(supporter=view.supporter, address=None, now=timezone.now())


def _keep_address(view: ChangeView, _request: HttpRequest) -> None:
    address_changes.take_back_address_change(supporter=view.supporter)


def _withdraw(view: ChangeView, request: HttpRequest) -> None:
    section = section_called(request.POST.get("section", ""))
    if section is not None and section.withdraw is not None:
        section.withdraw(
            supporter_id=view.supporter.pk,
            key=request.POST.get("row", ""),
            now=timezone.now(),
        )


CHANGES = {
    "names": Change("about", _with_form(_save_names, "names")),
    "address": Change("about", _with_form(_save_address, "address")),
    "keep-address": Change("about", _keep_address),
    "phone": Change("about", _with_form(_save_phone, "phone")),
    "forget-phone": Change("about", _forget_phone),
    "postal": Change("about", _with_form(_save_postal, "postal")),
    "forget-postal": Change("about", _forget_postal),
    "language": Change("mails", _with_form(_save_language, "language")),
    "formula": Change("mails", _change_formula),
    "add": Change("mails", _add_formula),
    "stop": Change("mails", _stop_formula),
    "pause": Change("rest", _with_form(_save_pause, "pause")),
    "end-pause": Change("rest", _end_pause),
    "limit": Change("rest", _with_form(_save_limit, "limit")),
    "stop-all": Change("rest", _stop_all),
    "start-again": Change("rest", _start_again),
    "withdraw": Change("acts", _withdraw),
}


class ClosePage(OwnPageView):
    """Nobody who comes to this browser later finds the page open."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        access.close_page(request_id=self.own.request.pk, now=timezone.now())
        response = HttpResponseRedirect(reverse("supporters:page_closed"), status=303)
        forget_page(response)
        return response


class Download(OwnPageView):
    """Everything as one JSON file."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        data = export_supporter(supporter=self.supporter, now=timezone.now())
        response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
        response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return response


class ReadAll(OwnPageView):
    """The same as a page to read or print."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        data = export_supporter(supporter=self.supporter, now=timezone.now())
        context = {"parts": own_data.readable(data)}
        return render(request, "campaigns/supporters/my_data.html", context)


class Erase(OwnPageView):
    """First what will happen, then the button."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "campaigns/supporters/my_page_erase.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        erase_supporter(supporter=self.supporter, now=timezone.now())
        response = HttpResponseRedirect(reverse("supporters:forgotten"), status=303)
        forget_page(response)
        return response
