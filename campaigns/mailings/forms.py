"""What staff type about mailings and audiences. Each refusal stands beside its field."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput, AdminPageChooser
from wagtail.models import Page

from campaigns.cases.choosers import case_chooser_viewset
from campaigns.letters.models import UrgentActionIssue, end_of_day
from campaigns.workspaces import TransitionForm

from . import words
from .drafts import look_at
from .labels import clock_words, language_words, moment_words
from .models import Audience, Mailing, ProofReader

# Mails that arrive at night are read the next day, under all that came after them.
NIGHT_FROM, NIGHT_UNTIL = 22, 7
# Less than this before a deadline, most readers come too late.
SHORT_NOTICE = timedelta(hours=24)
LONGEST_SEARCH = 254


class MailingForm(WagtailAdminModelForm):
    """Title, page, audience. Only pages that can be mailed can be chosen."""

    class Meta:
        model = Mailing
        fields = ("title", "page", "audience", "falls_back")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.page_types = tuple(words.source().page_types())
        chosen = forms.ModelChoiceField(
            queryset=Page.objects.all(),
            widget=AdminPageChooser(target_models=list(self.page_types)),
            label=self.fields["page"].label,
            help_text=self.fields["page"].help_text,
            error_messages={
                "required": _("Choose the page whose words are sent."),
                "invalid_choice": _("This page is gone. Choose another one."),
            },
        )
        self.fields["page"] = chosen
        self.fields["audience"].error_messages["required"] = _("Choose who gets it.")

    def clean_page(self) -> Page:
        page: Page = self.cleaned_data["page"]
        if not isinstance(page.specific, self.page_types):
            kinds = ", ".join(str(model._meta.verbose_name) for model in self.page_types)
            raise ValidationError(
                _now("“%(page)s” cannot be sent as a mail. These can: %(kinds)s.")
                % {"page": page, "kinds": kinds}
            )
        if not words.source().pages(str(page.translation_key)):
            raise ValidationError(
                _now(
                    "“%(page)s” is not published in any language, or its case may not be shown."
                    " Publish it first."
                )
                % {"page": page}
            )
        return page


class AudienceForm(WagtailAdminModelForm):
    """Whom it means. Countries are typed as codes."""

    class Meta:
        model = Audience
        fields = (
            *("title", "note", "formula", "languages", "countries"),
            *("theme", "case", "acted", "joined_since"),
        )
        widgets = {
            "case": case_chooser_viewset.widget_class,
            "acted": forms.RadioSelect,
            "note": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.label = capfirst(field.label or "")

    def clean_countries(self) -> str:
        typed = str(self.cleaned_data["countries"])
        codes = [code for code in typed.upper().replace(",", " ").split() if code]
        known = Locale.parse(settings.LANGUAGE_CODE).territories
        unknown = [code for code in codes if len(code) != 2 or code not in known]
        if unknown:
            raise ValidationError(
                _now("No country has the code %(codes)s. Write two letters for each: BE, FR.")
                % {"codes": ", ".join(unknown)}
            )
        return ", ".join(dict.fromkeys(codes))

    def clean_joined_since(self) -> Any:
        day = self.cleaned_data["joined_since"]
        if day and day > timezone.localdate():
            raise ValidationError(_now("Nobody has joined since then: this day is to come."))
        return day


def seal_of(mailing: Mailing) -> str:
    """Changes with every word of the frozen contents."""
    digests = mailing.contents.order_by("language").values_list("language", "digest", "frozen_at")
    return hashlib.sha256(repr(list(digests)).encode()).hexdigest()[:32]


class ApproveForm(TransitionForm):
    """Every language by name: whoever approves has read them all, as they are now."""

    languages = forms.MultipleChoiceField(
        label=_("I have read the words in"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please read each language, and tick it.")},
    )
    seal = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = look_at(self.instance).languages
        field: Any = self.fields["languages"]
        field.choices = [(code, language_words(code)) for code in codes]
        self.fields["seal"].initial = seal_of(self.instance)

    def clean_languages(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["languages"]
        field: Any = self.fields["languages"]
        missing = [str(name) for code, name in field.choices if code not in ticked]
        if missing:
            raise ValidationError(
                _now("Please read these, too, and tick them: %(languages)s.")
                % {"languages": ", ".join(missing)}
            )
        return ticked

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("seal") != seal_of(self.instance):
            self.add_error(
                None, _now("The words have changed since you opened this page: read them again.")
            )
            # The next press is about what is shown now.
            typed: Any = self.data
            fresh = typed.copy()
            fresh["seal"] = seal_of(self.instance)
            fresh.setlist("languages", [])
            self.data = fresh

    def arguments(self) -> dict[str, Any]:
        return {}


class ScheduleForm(TransitionForm):
    """When. Nights and short notices are asked about once more."""

    send_at = forms.DateTimeField(
        label=_("Send on"),
        widget=AdminDateTimeInput,
        error_messages={"required": _("Say on which day, and at what time.")},
    )
    sure = forms.BooleanField(
        label=_("Yes, at that time all the same"), required=False, widget=forms.HiddenInput
    )

    def clean_send_at(self) -> datetime:
        send_at: datetime = self.cleaned_data["send_at"]
        now = timezone.now()
        if send_at < now - timedelta(minutes=1):
            raise ValidationError(
                _now("This moment is past: it is %(now)s.") % {"now": moment_words(now)}
            )
        until = deadline_of(self.instance)
        if until and send_at >= until:
            raise ValidationError(
                _now("The action is over by then: its last moment is %(moment)s.")
                % {"moment": moment_words(until)}
            )
        return send_at

    def clean(self) -> None:
        super().clean()
        send_at = self.cleaned_data.get("send_at")
        if send_at is None:
            return
        doubts = doubts_about(self.instance, send_at)
        if doubts and not self.cleaned_data.get("sure"):
            self.fields["sure"].widget = forms.CheckboxInput()
            for doubt in doubts:
                self.add_error("send_at", doubt)

    def arguments(self) -> dict[str, Any]:
        return {"send_at": self.cleaned_data["send_at"]}


class SendNowForm(TransitionForm):
    """Nothing to type, unless the hour is a bad one."""

    sure = forms.BooleanField(label=_("Yes, now all the same"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.doubts = doubts_about(self.instance, timezone.now())
        if self.doubts:
            self.fields["sure"].help_text = " ".join(self.doubts)
        else:
            del self.fields["sure"]

    def clean(self) -> None:
        super().clean()
        if self.doubts and not self.cleaned_data.get("sure"):
            self.add_error("sure", _now("Tick this if it is to leave now."))

    def arguments(self) -> dict[str, Any]:
        return {}


def deadline_of(mailing: Mailing) -> datetime | None:
    """The moment after which nobody should act on it; None where it asks for nothing."""
    if not mailing.asks_to_act or mailing.issue_id is None:
        return None
    issue = UrgentActionIssue.objects.filter(pk=mailing.issue_id).first()
    return end_of_day(issue.act_before) if issue is not None and issue.act_before else None


def doubts_about(mailing: Mailing, send_at: datetime) -> list[str]:
    """What speaks against that moment, though it is possible."""
    doubts = []
    at_ours = timezone.localtime(send_at, timezone.get_default_timezone())
    if at_ours.hour >= NIGHT_FROM or at_ours.hour < NIGHT_UNTIL:
        doubts.append(
            _now("At %(clock)s most readers are asleep, and telephones ring.")
            % {"clock": clock_words(send_at)}
        )
    until = deadline_of(mailing)
    if until and timedelta(0) < until - send_at < SHORT_NOTICE:
        doubts.append(
            _now("The action ends on %(moment)s: many will read it too late.")
            % {"moment": moment_words(until)}
        )
    return doubts


class TestForm(TransitionForm):
    """Who reads a test, and in which languages."""

    languages = forms.MultipleChoiceField(
        label=_("To myself, in"), widget=forms.CheckboxSelectMultiple, required=False
    )
    to_list = forms.BooleanField(
        label=_("To the test readers, each in their language"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = look_at(self.instance).languages
        mine: Any = self.fields["languages"]
        mine.choices = [(code, language_words(code)) for code in codes]
        mine.initial = codes
        mine.help_text = self.user.email or _("Your account has no e-mail address yet.")
        readers = ProofReader.objects.filter(language__in=codes)
        self.fields["to_list"].help_text = ", ".join(
            f"{reader.name} ({language_words(reader.language)})" for reader in readers
        ) or _("Nobody on the list reads one of these languages.")

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if said.get("languages") and not self.user.email:
            self.add_error(
                "languages", _now("Your account has no e-mail address: add it to your profile.")
            )
        if "languages" in said and not said["languages"] and not said.get("to_list"):
            self.add_error("languages", _now("Tick who reads the test."))


class FindRecipientForm(forms.Form):
    """Somebody who asks whether they got it."""

    q = forms.CharField(
        label=_("Whose mail are you looking for?"),
        help_text=_("An e-mail address or a part of it, a name, or the number of the supporter."),
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type an address, a name or a number.")},
    )


class OccasionForm(forms.Form):
    """For which mailing an audience is counted."""

    mailing = forms.ModelChoiceField(
        label=_("As for the mailing"),
        queryset=Mailing.objects.filter(state__in=Mailing.UNSENT),
        required=False,
        empty_label=_("none: as if all languages had words"),
        error_messages={"invalid_choice": _("This mailing is no longer to be sent.")},
    )
